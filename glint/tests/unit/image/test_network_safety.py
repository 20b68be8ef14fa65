# SPDX-License-Identifier: Apache-2.0

"""Where a session goes when its site sends it elsewhere, on real sockets.

The site is on 127.0.0.1, the only address that may be contacted. Servers
that must hear nothing are on one port of 127.0.0.1, 127.0.0.2 and ::1; of
what no server can be put at here, the watch on connect() tells.
"""

import contextlib
import select
import socket
from unittest import mock

import ddt

from glint import interrupt
from glint.image import failure
from glint.image import images
from glint.image import network
from glint.stream import download
from glint.tests import base
from glint.tests.unit.image import cloud
from glint.tests.unit.image import watch

DENIED = 'address_denied'
INVALID = 'endpoint_invalid'
ANY = None

#: The host of a URL; the failure where it is the auth_url or another URL that
#: a user gives, and where it is in a catalog.
HOSTS = (
    # 127.0.0.2 in all its spellings.
    ('127.0.0.2', DENIED, DENIED),
    ('2130706434', DENIED, DENIED),
    ('0x7f000002', DENIED, DENIED),
    ('0177.0.0.2', DENIED, DENIED),
    ('0x7f.2', DENIED, DENIED),
    ('127.2', DENIED, DENIED),
    ('127.0.0.2.', ANY, ANY),
    ('\u2460\u2461\u2466.0.0.2', ANY, INVALID),
    ('127\u3002' + '0\u3002' + '0\u3002' + '2', ANY, INVALID),
    # IPv6, and IPv4 within.
    ('[::1]', DENIED, DENIED),
    ('[0:0:0:0:0:0:0:1]', DENIED, DENIED),
    ('[::ffff:127.0.0.2]', DENIED, DENIED),
    ('[::ffff:7f00:2]', DENIED, DENIED),
    ('[::127.0.0.2]', DENIED, DENIED),
    ('[64:ff9b::7f00:2]', DENIED, DENIED),
    ('[64:ff9b:1::7f00:2]', DENIED, DENIED),
    ('[2002:7f00:2::]', DENIED, DENIED),
    ('[2001:0:7f00:2::]', DENIED, DENIED),
    # Any address of the own host.
    ('0.0.0.0', DENIED, DENIED),
    ('0', DENIED, DENIED),
    ('[::]', DENIED, DENIED),
    # Metadata services and platforms.
    ('169.254.169.254', DENIED, DENIED),
    ('2852039166', DENIED, DENIED),
    ('[::ffff:169.254.169.254]', DENIED, DENIED),
    ('[64:ff9b::a9fe:a9fe]', DENIED, DENIED),
    ('[fd00:ec2::254]', DENIED, DENIED),
    ('100.100.100.200', DENIED, DENIED),
    ('192.0.0.192', DENIED, DENIED),
    ('168.63.129.16', DENIED, DENIED),
    # What else is not the internet.
    ('10.0.0.1', DENIED, DENIED),
    ('172.16.0.1', DENIED, DENIED),
    ('192.168.0.1', DENIED, DENIED),
    ('100.64.0.1', DENIED, DENIED),
    ('198.18.0.1', DENIED, DENIED),
    ('224.0.0.1', DENIED, DENIED),
    ('240.0.0.1', DENIED, DENIED),
    ('255.255.255.255', DENIED, DENIED),
    ('[fe80::1]', DENIED, DENIED),
    ('[fec0::1]', DENIED, DENIED),
    ('[ff02::1]', DENIED, DENIED),
    ('[2001:db8::1]', DENIED, DENIED),
    # Who reads them how.
    ('127.0.0.1@127.0.0.2', DENIED, INVALID),
    ('127.0.0.1:80@127.0.0.2', DENIED, INVALID),
    ('127.0.0.1%40127.0.0.2', ANY, ANY),
    ('127.0.0.1\\@127.0.0.2', ANY, INVALID),
    ('127.0.0.2\\@127.0.0.1', ANY, INVALID),
    ('127.0.0.2#@127.0.0.1', ANY, INVALID),
    ('127.0.0.2?@127.0.0.1', ANY, INVALID),
    ('127.0.0.2\r\nX-Auth-Token: x', ANY, INVALID),
    ('127.0.0.2 127.0.0.1', ANY, INVALID),
    ('127.0.0.2\x00.example.org', ANY, INVALID),
    ('127.0.0.2%00.example.org', ANY, ANY),
    ('', ANY, INVALID),
)

#: The same of whole URLs; ``{port}`` is that of the silent servers.
URLS = (
    ('file:///etc/passwd', ANY, INVALID),
    ('ftp://127.0.0.2:{port}/', ANY, INVALID),
    ('gopher://127.0.0.2:{port}/_x', ANY, INVALID),
    ('unix:///run/docker.sock', ANY, INVALID),
    ('//127.0.0.2:{port}', ANY, INVALID),
    ('127.0.0.2:{port}', ANY, INVALID),
    ('http:127.0.0.2:{port}', ANY, INVALID),
    ('http:///127.0.0.2:{port}', ANY, INVALID),
    ('HTTP://127.0.0.2:{port}', DENIED, DENIED),
    ('https://127.0.0.2:{port}', DENIED, DENIED),
    ('http://127.0.0.2:0', ANY, INVALID),
    ('http://127.0.0.1:99999', ANY, INVALID),
    ('http://127.0.0.1:-1', ANY, INVALID),
    ('http://127.0.0.1:{port}{port}', ANY, INVALID),
    ('http://127.0.0.1:x', ANY, INVALID),
    ('http://[127.0.0.2]:{port}', ANY, ANY),
    ('http://[::1:{port}', ANY, ANY),
)

CASES = (*((f'http://{host}:{{port}}', *rest) for host, *rest in HOSTS), *URLS)

ADMITTED = ('127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]')

REDIRECTS = (301, 302, 303, 305, 307, 308)

OIDC = {
    'client_id': 'c',
    'client_secret': cloud.PASSWORD,
    'identity_provider': 'idp',
    'protocol': 'openid',
    'project_id': cloud.PROJECT_ID,
}
OIDC_TOKEN = '/token'
FEDERATION = '/v3/OS-FEDERATION/identity_providers/idp/protocols/openid/auth'


class TestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.cloud = self.useFixture(cloud.Cloud())
        self.cloud.reply('GET', '/v2/images', 200, {'images': []})
        self.policy = network.AddressPolicy(['127.0.0.1/32'])
        self.silent, self.port = self.listeners()
        self.watch = self.useFixture(watch.Watch())

    def listeners(self):
        """Listen on one port of all addresses that must hear nothing."""
        while True:
            with contextlib.ExitStack() as undo:
                made = [socket.create_server(('127.0.0.2', 0))]
                undo.callback(made[0].close)
                port = made[0].getsockname()[1]
                try:
                    for address in ('127.0.0.1', '::1'):
                        family = socket.AF_INET6 if ':' in address else None
                        made.append(
                            socket.create_server(
                                (address, port),
                                family=family or socket.AF_INET,
                            )
                        )
                        undo.callback(made[-1].close)
                except OSError:
                    continue
                self.addCleanup(undo.pop_all().close)
                return made, port

    def session(self, **kwargs):
        return self.cloud.session(
            policy=self.policy, answer_timeout=5, connect_timeout=5, **kwargs
        )

    def oidc(self, **kwargs):
        return self.session(
            auth_type='v3oidcclientcredentials', auth={**OIDC, **kwargs}
        )

    def heard(self):
        """Whether any of the silent servers was connected to."""
        return bool(select.select(self.silent, (), (), 0)[0])

    def refused(self, code, function, *args):
        """A call fails, with a code if one is given, and reaches nothing."""
        error = self.assertRaises(failure.SiteFailure, function, *args)
        if code is not None:
            self.assertEqual(code, error.code, error.detail)
        self.assertNotIn(cloud.PASSWORD, error.detail)
        self.assertFalse(self.heard(), 'A silent server was connected to.')
        self.assertLessEqual(self.watch.hosts, {'127.0.0.1'})

    def data(self, session):
        """Ask for an image's data, as the copier does."""
        return download.open_source(
            session,
            cloud.IMAGE_ID,
            interrupt=interrupt.Interrupt(),
            timeout=5,
        )

    def named_by_catalog(self, url, **kwargs):
        """A session at the cloud, whose catalog names a URL for Glance."""
        auth_url, self.cloud.url = self.cloud.url, url
        self.addCleanup(setattr, self.cloud, 'url', auth_url)
        session = self.session(auth_url=auth_url, **kwargs)
        session.token()
        self.cloud.url = auth_url
        return session


@ddt.ddt
class UrlTestCase(TestCase):
    """A URL that leads, or seems to lead, to a forbidden address."""

    @ddt.data(*CASES)
    @ddt.unpack
    def test_as_auth_url(self, url, given, _named):
        url = url.format(port=self.port)
        self.refused(given, self.session(auth_url=url).token)

    @ddt.data(*CASES)
    @ddt.unpack
    def test_in_catalog(self, url, _given, named):
        session = self.named_by_catalog(url.format(port=self.port))
        before = len(self.cloud.requests)
        self.refused(named, images.find_by_name, session, 'x')
        self.refused(named, self.data, session)
        self.assertEqual(before, len(self.cloud.requests))

    @ddt.data(*CASES)
    @ddt.unpack
    def test_as_token_endpoint(self, url, given, _named):
        session = self.oidc(access_token_endpoint=url.format(port=self.port))
        self.refused(given, session.token)

    @ddt.data(*CASES)
    @ddt.unpack
    def test_as_discovery_endpoint(self, url, given, _named):
        session = self.oidc(discovery_endpoint=url.format(port=self.port))
        self.refused(given, session.token)

    @ddt.data(*CASES)
    @ddt.unpack
    def test_in_discovery_document(self, url, given, _named):
        self.cloud.reply(
            'GET',
            '/discovery',
            200,
            {'token_endpoint': url.format(port=self.port)},
        )
        session = self.oidc(discovery_endpoint=self.cloud.url + '/discovery')
        self.refused(given, session.token)

    @ddt.data(*ADMITTED)
    def test_admitted_address_is_reached(self, host):
        url = self.cloud.url.replace('127.0.0.1', host)
        self.assertTrue(self.session(auth_url=url).token())
        session = self.named_by_catalog(url)
        self.assertEqual([], images.find_by_name(session, 'x'))
        session.connect(interrupt.Interrupt()).close()

    def test_silent_servers_would_hear_a_connection(self):
        for policy in ('127.0.0.2/32', '127.0.0.1/32', '::1/128'):
            self.policy = network.AddressPolicy([policy])
            host = policy.partition('/')[0]
            host = '[%s]' % host if ':' in host else host
            made = self.session(auth_url=f'http://{host}:{self.port}')
            stopping = interrupt.Interrupt()
            self.cloud.url = made.site.auth_url
            made.image_endpoint = made.site.auth_url
            made.connect(stopping).close()
            self.assertTrue(self.heard())
            for server in select.select(self.silent, (), (), 0)[0]:
                server.accept()[0].close()

    def test_port_that_is_not_listed_is_not_connected_to(self):
        port = int(self.cloud.url.rpartition(':')[2])
        self.policy = network.AddressPolicy(['127.0.0.1/32'], ports=[port])
        url = f'http://127.0.0.1:{self.port}'
        self.refused(DENIED, self.session(auth_url=url).token)
        session = self.named_by_catalog(url)
        self.refused(DENIED, images.find_by_name, session, 'x')
        self.refused(DENIED, self.data, session)
        # The catalog was got through the port that is listed.
        self.assertTrue(self.cloud.requests)


@ddt.ddt
class NameTestCase(TestCase):
    """A host name whose answers are the attacker's."""

    def resolve(self, *answers):
        """Have the next look-ups of a name find these lists of addresses."""
        look_up = mock.patch.object(
            socket,
            'getaddrinfo',
            autospec=True,
            side_effect=[
                [
                    (socket.AF_INET, socket.SOCK_STREAM, 6, '', (host, port))
                    for host, port in answer
                ]
                for answer in answers
            ],
        )
        self.addCleanup(look_up.stop)
        return look_up.start()

    def setUp(self):
        super().setUp()
        port = int(self.cloud.url.rpartition(':')[2])
        self.good = ('127.0.0.1', port)
        self.bad = ('127.0.0.2', self.port)
        self.url = f'http://rebinding.example:{port}'

    def test_second_answer_is_checked_again(self):
        self.resolve([self.good], [self.bad], [self.bad])
        session = self.session(auth_url=self.url)
        self.assertTrue(session.token())
        # A new connection, as each of those for data is.
        session.close()
        self.refused(DENIED, session.fresh_token)

    def test_catalog_that_names_the_same_name_is_checked_again(self):
        self.resolve([self.good], [self.bad])
        url, self.cloud.url = self.cloud.url, self.url
        session = self.session(auth_url=self.url)
        session.token()
        self.cloud.url = url
        self.refused(DENIED, self.data, session)

    def test_name_is_looked_up_once_for_a_connection(self):
        look_up = self.resolve([self.good])
        self.assertTrue(self.session(auth_url=self.url).token())
        self.assertEqual(1, look_up.call_count)

    @ddt.data(('good', 'bad'), ('bad', 'good'), ('bad', 'bad', 'good'))
    def test_denied_address_among_several_is_passed_over(self, names):
        self.resolve([getattr(self, name) for name in names])
        self.assertTrue(self.session(auth_url=self.url).token())
        self.assertFalse(self.heard())
        self.assertEqual({'127.0.0.1'}, self.watch.hosts)

    def test_denied_address_is_not_taken_when_the_other_one_fails(self):
        closed = socket.create_server(('127.0.0.1', 0))
        refusing = closed.getsockname()
        closed.close()
        self.resolve([refusing, self.bad])
        self.refused(DENIED, self.session(auth_url=self.url).token)


@ddt.ddt
class RedirectTestCase(TestCase):
    """An answer that sends the session to a forbidden address."""

    def setUp(self):
        super().setUp()
        self.away = 'http://127.0.0.1:%d/' % self.port

    def redirect(self, method, path, status):
        self.cloud.reply(method, path, status, Location=self.away)

    @ddt.data(*REDIRECTS)
    def test_of_keystone(self, status):
        self.redirect('POST', '/v3/auth/tokens', status)
        self.refused('redirected', self.session().token)

    @ddt.data(*REDIRECTS)
    def test_of_record(self, status):
        self.redirect('GET', '/v2/images/.*', status)
        session = self.session()
        self.refused('redirected', images.get, session, cloud.IMAGE_ID)

    @ddt.data(*REDIRECTS)
    def test_of_list(self, status):
        self.redirect('GET', '/v2/images', status)
        self.refused('redirected', images.find_by_name, self.session(), 'x')

    @ddt.data(*REDIRECTS)
    def test_of_create(self, status):
        self.redirect('POST', '/v2/images', status)
        self.refused('redirected', images.create, self.session(), {})

    @ddt.data(*REDIRECTS)
    def test_of_data(self, status):
        self.redirect('GET', cloud.FILE, status)
        self.refused('redirected', self.data, self.session())

    @ddt.data(*REDIRECTS)
    def test_of_token_endpoint(self, status):
        self.redirect('POST', OIDC_TOKEN, status)
        url = self.cloud.url + OIDC_TOKEN
        session = self.oidc(access_token_endpoint=url)
        self.refused('redirected', session.token)

    @ddt.data(*REDIRECTS)
    def test_of_discovery_endpoint(self, status):
        self.redirect('GET', '/discovery', status)
        url = self.cloud.url + '/discovery'
        self.refused('redirected', self.oidc(discovery_endpoint=url).token)

    @ddt.data(*REDIRECTS)
    def test_of_federation(self, status):
        self.cloud.on(
            'POST',
            OIDC_TOKEN,
            lambda r: r.body() and r.reply(200, {'access_token': 'a'}),
        )
        self.redirect('POST', FEDERATION, status)
        url = self.cloud.url + OIDC_TOKEN
        session = self.oidc(access_token_endpoint=url)
        self.refused('redirected', session.token)
