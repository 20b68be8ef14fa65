# SPDX-License-Identifier: Apache-2.0

import time

import ddt
import fixtures

from glint import interrupt
from glint.image import failure
from glint.image import network
from glint.tests import base
from glint.tests.unit.image import certificates
from glint.tests.unit.image import cloud

#: What a catalog is not.
ENDPOINT = {'interface': 'public', 'region': 'RegionOne', 'url': 'http://x'}
CATALOGS = (
    5,
    [5],
    [None],
    [{'type': 5}],
    [{'type': ['image']}],
    [{'type': 'image', 'endpoints': 5}],
    [{'type': 'image', 'endpoints': None}],
    [{'type': 'image', 'endpoints': [5]}],
    [{'type': 'image', 'endpoints': [{}]}],
    [{'type': 'image', 'endpoints': [{**ENDPOINT, 'url': 5}]}],
    [{'type': 'image', 'endpoints': [{**ENDPOINT, 'url': [5]}]}],
)


@ddt.ddt
class SessionTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.cloud = self.useFixture(cloud.Cloud())

    def fails(self, code, function, *args, **kwargs):
        error = self.assertRaises(
            failure.SiteFailure, function, *args, **kwargs
        )
        self.assertEqual(code, error.code)
        self.assertIn('west', error.detail)
        self.assertNotIn(cloud.PASSWORD, error.detail + repr(error))
        return error

    def test_token_is_kept(self):
        session = self.cloud.session()
        self.assertEqual('token-1', session.token())
        self.assertEqual('token-1', session.token())

    def test_fresh_token_is_new_and_kept(self):
        session = self.cloud.session()
        self.assertEqual('token-1', session.token())
        self.assertEqual('token-2', session.fresh_token())
        self.assertEqual('token-2', session.token())

    def test_auth_url_may_lack_or_have_its_version(self):
        for end in ('', '/', '/v3', '/v3/'):
            session = self.cloud.session(auth_url=self.cloud.url + end)
            self.assertTrue(session.token())

    def test_image_endpoint_has_no_version(self):
        for path in ('', '/', '/v2', '/v2.9/', '/image/v2', '/image'):
            self.cloud.catalog_path = path
            self.assertEqual(
                self.cloud.url + ('/image' if 'image' in path else ''),
                self.cloud.session().image_endpoint,
            )

    def test_file_path_is_below_endpoint_and_quoted(self):
        self.cloud.catalog_path = '/image/v2'
        session = self.cloud.session()
        self.assertEqual(
            '/image/v2/images/a%2F..%2Fb/file', session.file_path('a/../b')
        )

    def test_missing_region_is_told(self):
        session = self.cloud.session(region_name='nowhere')
        error = self.fails('no_image_endpoint', lambda: session.image_endpoint)
        # Which there are instead.
        self.assertIn('RegionOne (public)', error.detail)

    def test_missing_interface_is_told(self):
        session = self.cloud.session(interface='internal')
        error = self.fails('no_image_endpoint', lambda: session.image_endpoint)
        self.assertIn('RegionOne (public)', error.detail)

    def _offer(self, **regions):
        self.cloud.catalog = [
            {
                'type': 'image',
                'endpoints': [
                    {'interface': 'public', 'region': name, 'url': url}
                    for name, url in regions.items()
                ],
            }
        ]

    def test_region_is_not_chosen_for_the_user(self):
        self._offer(b='http://127.0.0.1:1', a='http://127.0.0.1:2')
        session = self.cloud.session(region_name=None)
        error = self.fails('region_needed', lambda: session.image_endpoint)
        self.assertIn('several regions: a, b. Set', error.detail)
        self.assertFalse(error.retryable)
        named = self.cloud.session(region_name='b')
        self.assertEqual('http://127.0.0.1:1', named.image_endpoint)

    def test_regions_with_one_glance_need_no_choice(self):
        self._offer(b='http://127.0.0.1:1', a='http://127.0.0.1:1')
        session = self.cloud.session(region_name=None)
        self.assertEqual('http://127.0.0.1:1', session.image_endpoint)

    def test_only_region_need_not_be_named(self):
        session = self.cloud.session(region_name=None)
        self.assertEqual(self.cloud.url, session.image_endpoint)

    @ddt.data(*CATALOGS)
    def test_malformed_catalog_is_told_in_a_sentence(self, catalog):
        self.cloud.catalog = catalog
        session = self.cloud.session()
        error = self.fails('bad_answer', lambda: session.image_endpoint)
        self.assertIn('its catalog is not as Keystone makes it', error.detail)
        self.assertNotIn('Traceback', self.logs.output)

    @ddt.data('', '/v3', '/image')
    def test_glance_is_not_a_keystone(self, path):
        self.cloud.reply(
            'POST',
            '.*/v3/auth/tokens',
            300,
            {
                'versions': [
                    {
                        'id': 'v2.17',
                        'status': 'CURRENT',
                        'links': [{'rel': 'self', 'href': 'http://x:9/v2/'}],
                    }
                ]
            },
        )
        session = self.cloud.session(auth_url=self.cloud.url + path)
        error = self.fails('not_keystone', session.token)
        self.assertIn('is a Glance, not a Keystone', error.detail)

    def test_wrong_password_is_told(self):
        session = self.cloud.session(password='wrong')
        error = self.fails('unauthorized', session.token)
        self.assertEqual(401, error.http_status)
        self.assertFalse(error.retryable)

    def test_no_keystone_is_told(self):
        session = self.cloud.session(auth_url=self.cloud.url + '/other')
        self.fails('not_keystone', session.token)

    def test_redirect_is_not_followed(self):
        self.cloud.reply(
            'POST', '/moved/v3/auth/tokens', 302, Location=self.cloud.url
        )
        session = self.cloud.session(auth_url=self.cloud.url + '/moved')
        self.fails('redirected', session.token)
        self.assertEqual(1, len(self.cloud.requests))

    def test_denied_address_is_told(self):
        session = self.cloud.session(policy=network.AddressPolicy())
        self.fails('address_denied', session.token)
        self.assertEqual([], self.cloud.requests)

    def test_endpoint_of_catalog_is_checked_too(self):
        inner = self.useFixture(cloud.Cloud())
        port = int(inner.url.rpartition(':')[2])
        self.cloud.url, url = 'http://127.0.0.9:%d' % port, self.cloud.url
        session = self.cloud.session(
            auth_url=url, policy=network.AddressPolicy(['127.0.0.1/32'])
        )
        stopping = interrupt.Interrupt()
        self.assertRaises(network.AddressDenied, session.connect, stopping)

    def test_other_scheme_in_catalog_is_refused(self):
        url, self.cloud.url = self.cloud.url, 'file:///etc/passwd'
        session = self.cloud.session(auth_url=url)
        self.fails('endpoint_invalid', lambda: session.image_endpoint)

    def test_parameters_that_do_not_fit_are_told_without_secret(self):
        self.fails(
            'credential_incomplete',
            self.cloud.session,
            auth={cloud.PASSWORD: 'x'},
        )
        self.fails('credential_incomplete', self.cloud.session, auth_type='v2')

    def test_secret_in_answer_is_not_repeated(self):
        self.cloud.on(
            'POST',
            '/v3/auth/tokens',
            lambda r: r.reply(
                401, {'error': {'message': 'No: ' + r.body().decode()}}
            ),
        )
        self.fails('unauthorized', self.cloud.session().token)

    def test_token_in_answer_is_neither_repeated_nor_logged(self):
        self.cloud.on(
            'GET',
            '/v2/images',
            lambda r: r.reply(418, {'message': r.headers['X-Auth-Token'] * 2}),
        )
        session = self.cloud.session()
        for _number in range(2):
            error = self.fails('refused', cloud.ask, session, '/v2/images')
            self.assertIn('******', error.detail)
            self.assertNotIn(session.fresh_token(), self.logs.output)
        self.assertIn('GET /v2/images with HTTP 418', self.logs.output)
        self.assertNotIn('token-1', self.logs.output)

    def test_token_of_before_is_not_repeated(self):
        self.cloud.reply('GET', '/v2/images', 418, {'message': 'token-1'})
        session = self.cloud.session()
        self.assertEqual('token-1', session.token())
        self.assertEqual('token-2', session.fresh_token())
        error = self.fails('refused', cloud.ask, session, '/v2/images')
        self.assertNotIn('token-1', error.detail)

    def test_repr_shows_no_secret(self):
        self.assertEqual(
            '<SiteSession west v3password>', repr(self.cloud.session())
        )

    def test_interrupt_cuts_request(self):
        stopping = interrupt.Interrupt()

        def answer(request):
            stopping.set('Cancelled.')
            self.cloud.stopping.wait(20)

        self.cloud.on('POST', '/v3/auth/tokens', answer)
        started = time.monotonic()
        session = self.cloud.session(interrupt=stopping)
        self.assertRaises(interrupt.Interrupted, session.token)
        self.assertLess(time.monotonic() - started, 5)

    def test_silent_site_times_out(self):
        self.cloud.on(
            'POST', '/v3/auth/tokens', lambda r: self.cloud.stopping.wait(20)
        )
        session = self.cloud.session(answer_timeout=0.2)
        error = self.fails('timeout', session.token)
        self.assertTrue(error.retryable)

    def test_refused_connection_is_told(self):
        session = self.cloud.session(auth_url='http://127.0.0.1:1')
        error = self.fails('unreachable', session.token)
        self.assertIn('Connection refused', error.detail)
        self.assertTrue(error.retryable)

    def test_nothing_secret_is_logged(self):
        session = self.cloud.session()
        token = session.fresh_token()
        self.fails('not_found', cloud.ask, session, '/nothing')
        self.assertIn('/v3/auth/tokens', self.logs.output)
        self.assertNotIn(cloud.PASSWORD, self.logs.output)
        self.assertNotIn(token, self.logs.output)


class TlsTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.authority = certificates.Authority()
        directory = self.useFixture(fixtures.TempDir()).path
        self.cloud = self.useFixture(
            cloud.Cloud(self.authority.serve(directory))
        )

    def test_certificate_of_own_authority_is_accepted(self):
        others = certificates.Authority().pem
        session = self.cloud.session(ca_cert=others + self.authority.pem)
        self.assertEqual('token-1', session.token())
        connection = session.connect(interrupt.Interrupt())
        self.addCleanup(connection.close)
        self.assertTrue(connection.is_verified)

    def test_certificate_of_other_authority_is_refused(self):
        for ca_cert in (None, certificates.Authority().pem):
            session = self.cloud.session(ca_cert=ca_cert)
            error = self.assertRaises(failure.SiteFailure, session.token)
            self.assertEqual('tls_failed', error.code)
            self.assertFalse(error.retryable)
        self.assertEqual([], self.cloud.requests)

    def test_certificate_of_other_host_is_refused(self):
        session = self.cloud.session(
            auth_url=self.cloud.url.replace('127.0.0.1', 'localhost'),
            ca_cert=self.authority.pem,
            policy=network.AddressPolicy(['127.0.0.0/8', '::1/128']),
        )
        error = self.assertRaises(failure.SiteFailure, session.token)
        self.assertEqual('tls_failed', error.code)

    def test_text_that_is_no_certificate_is_refused(self):
        for text in ('nonsense', '-----BEGIN CERTIFICATE-----\nAA\n'):
            error = self.assertRaises(
                failure.SiteFailure, self.cloud.session, ca_cert=text
            )
            self.assertEqual('ca_invalid', error.code)
