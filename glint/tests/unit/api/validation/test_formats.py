# SPDX-License-Identifier: Apache-2.0

import ddt

from glint.api.validation import formats
from glint.tests import base
from glint.tests.unit.api import certificates


@ddt.ddt
class AuthUrlTest(base.TestCase):
    def _conforms(self, value):
        return formats.CHECKER.conforms(value, 'auth-url')

    @ddt.data(
        'https://keystone.example.org/v3',
        'http://keystone',
        'https://keystone.example.org:5000/identity/v3/',
        'https://192.0.2.1:5000',
        'https://[2001:db8::1]:5000/v3',
        'HTTPS://KEYSTONE.EXAMPLE.ORG',
        'https://keystone_1.example.org.',
        'https://xn--bcher-kva.example.org',
    )
    def test_good_address_is_taken(self, value):
        self.assertTrue(self._conforms(value))

    @ddt.data(
        '',
        'keystone.example.org',
        '//keystone.example.org',
        'ftp://keystone.example.org',
        'file:///etc/passwd',
        'gopher://keystone.example.org',
        'javascript:alert(1)',
        'https://',
        'https:///v3',
        'https://user@keystone.example.org',
        'https://user:pw@keystone.example.org',
        'https://keystone.example.org?x=1',
        'https://keystone.example.org?',
        'https://keystone.example.org#x',
        'https://keystone.example.org:x',
        'https://keystone.example.org:0',
        'https://keystone.example.org:70000',
        'https://keystone.example.org/a b',
        'https://keystone.example.org/\r\nX-Header: y',
        ' https://keystone.example.org',
        'https://keystone.example.org\n',
        'https://keystone\\.example.org',
        'https://key stone',
        'https://bücher.example.org',
        'https://[2001:db8::1',
        'https://[192.0.2.1]',
        'https://[fe80::1%25eth0]',
        'https://-',
    )
    def test_bad_address_is_refused(self, value):
        self.assertFalse(self._conforms(value))


class CaCertTest(base.TestCase):
    def setUp(self):
        super().setUp()
        self.certificate, self.key = certificates.make()

    def _conforms(self, value):
        return formats.CHECKER.conforms(value, 'ca-cert')

    def test_certificates_are_taken(self):
        for value in (
            self.certificate,
            self.certificate * 2,
            f'# the CA of the west\n{self.certificate}',
        ):
            self.assertTrue(self._conforms(value))

    def test_anything_else_is_refused(self):
        for value in (
            '',
            'certificate',
            '/etc/ssl/ca.pem',
            self.certificate[:-40],
            self.certificate.replace('M', '!'),
            self.key,
            self.certificate + self.key,
            '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
        ):
            self.assertFalse(self._conforms(value), value)
