# SPDX-License-Identifier: Apache-2.0

"""Which certificates of a site are refused, and what is said of it."""

import socket
import ssl
import threading
import warnings

import ddt
import fixtures

from glint import interrupt
from glint.image import failure
from glint.image import images
from glint.stream import download
from glint.tests import base
from glint.tests.unit.image import certificates
from glint.tests.unit.image import cloud

#: How the server's certificate is made, and what the failure has to tell.
REFUSED = (
    ({'days': (-3, -2)}, ('has expired', 'renew')),
    ({'days': (2, 3)}, ('not valid yet', 'clocks')),
    ({'address': '127.0.0.9'}, ('another host', 'not valid for', 'Name')),
    ({'address': '::1'}, ('another host', 'not valid for', 'Name')),
)


@ddt.ddt
class TlsTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.authority = certificates.Authority()

    def start(self, **fields):
        directory = self.useFixture(fixtures.TempDir()).path
        return self.serve(self.authority.serve(directory, **fields))

    def serve(self, context):
        made = self.useFixture(cloud.Cloud(context))
        made.reply('GET', '/v2/images', 200, {'images': []})
        made.reply('GET', cloud.FILE, 200, b'data')
        return made

    def refused(self, function, *args):
        error = self.assertRaises(failure.SiteFailure, function, *args)
        self.assertEqual('tls_failed', error.code)
        self.assertFalse(error.retryable)
        return error.detail

    @ddt.data(*REFUSED)
    @ddt.unpack
    def test_keystone_with_wrong_certificate(self, fields, words):
        west = self.start(**fields)
        session = west.session(ca_cert=self.authority.pem)
        detail = self.refused(session.token)
        for word in words:
            self.assertIn(word, detail)
        self.assertEqual([], west.requests)

    @ddt.data(*REFUSED)
    @ddt.unpack
    def test_glance_with_wrong_certificate(self, fields, words):
        west, glance = self.start(), self.start(**fields)
        url, west.url = west.url, glance.url
        session = west.session(auth_url=url, ca_cert=self.authority.pem)
        for call in (
            lambda: images.find_by_name(session, 'x'),
            lambda: self.data(session),
        ):
            detail = self.refused(call)
            for word in words:
                self.assertIn(word, detail)
        self.assertEqual([], glance.requests)

    def data(self, session):
        stopping = interrupt.Interrupt()
        return download.open_source(
            session, cloud.IMAGE_ID, interrupt=stopping, timeout=5
        )

    def test_self_signed_certificate(self):
        west = self.start(itself=True)
        for ca_cert in (None, certificates.Authority().pem):
            session = west.session(ca_cert=ca_cert)
            detail = self.refused(session.token)
            self.assertIn('ca_cert', detail)
        self.assertEqual([], west.requests)

    def test_self_signed_certificate_given_as_ca_is_accepted(self):
        west = self.start(itself=True)
        session = west.session(ca_cert=self.authority.pem)
        self.assertTrue(session.token())

    def test_unknown_authority(self):
        west = self.start()
        for ca_cert in (None, certificates.Authority().pem):
            detail = self.refused(west.session(ca_cert=ca_cert).token)
            self.assertIn('CA certificate', detail)
        self.assertEqual([], west.requests)

    def test_one_of_several_authorities_is_enough(self):
        west = self.start()
        others = [certificates.Authority().pem for _number in range(2)]
        for pem in (
            others[0] + self.authority.pem + others[1],
            'Our roots:\n' + self.authority.pem + '\n' + others[0],
        ):
            session = west.session(ca_cert=pem)
            self.assertTrue(session.token())
            self.assertEqual([], images.find_by_name(session, 'x'))
            self.data(session).close()

    def test_authority_of_one_site_is_none_of_another(self):
        east = certificates.Authority()
        self.assertTrue(
            self.start().session(ca_cert=self.authority.pem).token()
        )
        west = self.start()
        self.refused(west.session(ca_cert=east.pem).token)

    def test_old_tls(self):
        directory = self.useFixture(fixtures.TempDir()).path
        context = self.authority.serve(directory)
        with warnings.catch_warnings():
            warnings.simplefilter('ignore', DeprecationWarning)
            context.minimum_version = ssl.TLSVersion.TLSv1
            context.maximum_version = ssl.TLSVersion.TLSv1_1
        context.set_ciphers('ALL:@SECLEVEL=0')
        west = self.serve(context)
        session = west.session(ca_cert=self.authority.pem)
        self.assertIn('TLS 1.2', self.refused(session.token))
        self.assertEqual([], west.requests)

    def test_plain_server_where_tls_was_expected(self):
        west = self.serve(None)
        url = west.url.replace('http:', 'https:')
        detail = self.refused(west.session(auth_url=url).token)
        self.assertIn('without TLS where its URL says https', detail)
        self.assertEqual([], west.requests)

    def fails(self, url):
        session = self.serve(None).session(auth_url=url)
        error = self.assertRaises(failure.SiteFailure, session.token)
        return error.code, error.detail

    def test_server_that_hangs_up_on_tls(self):
        # As uWSGI does on its port for http.
        code, detail = self.fails(self.listen('https', b''))
        self.assertEqual('unreachable', code)
        self.assertIn('hangs up when TLS begins', detail)
        self.assertIn('http', detail)

    def test_server_of_tls_where_none_was_expected(self):
        west = self.start()
        code, detail = self.fails(west.url.replace('https:', 'http:'))
        self.assertEqual('unreachable', code)
        self.assertIn('If the port has TLS, correct the URL to https', detail)
        self.assertEqual([], west.requests)

    def test_server_of_tls_that_says_so(self):
        code, detail = self.fails(
            self.listen('http', b'\x15\x03\x01\x00\x02\x02\x46')
        )
        self.assertEqual('tls_failed', code)
        self.assertIn('wants TLS where its URL says http', detail)

    def listen(self, scheme, answer):
        """Answer the same to anybody, and hang up."""
        listener = socket.create_server(('127.0.0.1', 0))

        def serve():
            line, _address = listener.accept()
            line.recv(65536)
            line.sendall(answer)
            line.shutdown(socket.SHUT_WR)
            # What is not read would reset the connection, answer and all.
            while line.recv(65536):
                pass
            line.close()

        thread = threading.Thread(target=serve)
        thread.start()
        self.addCleanup(listener.close)
        self.addCleanup(thread.join)
        return f'{scheme}://127.0.0.1:{listener.getsockname()[1]}'
