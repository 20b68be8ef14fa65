# SPDX-License-Identifier: Apache-2.0

"""Tests of the home site."""

import ddt
import fixtures

from glint import home
from glint.tests import base
from glint.tests import ports
from glint.tests.unit.image import cloud


@ddt.ddt
class HomeTestCase(base.TestCase):
    @ddt.data(
        ('http://x:5000/v3', 'http://x:5000/v3'),
        ('http://x:5000/v3/', 'http://x:5000/v3'),
        ('https://x/identity', 'https://x/identity/v3'),
        ('https://x/identity/', 'https://x/identity/v3'),
    )
    @ddt.unpack
    def test_address_has_its_version(self, given: str, expected: str) -> None:
        self.config(group='home', auth_url=given)
        self.assertEqual(expected, home.auth_url())

    def test_address_is_by_default_that_of_the_middleware(self) -> None:
        self.config(
            group='keystone_authtoken', www_authenticate_uri='http://x'
        )
        self.assertEqual('http://x/v3', home.auth_url())
        self.config(group='home', auth_url='http://y/v3')
        self.assertEqual('http://y/v3', home.auth_url())

    def test_no_address_is_refused_with_the_option_to_set(self) -> None:
        error = self.assertRaises(ValueError, home.columns)
        self.assertRegex(str(error), r'auth_url .*\[home\].*\.$')

    def test_row_is_what_the_options_say(self) -> None:
        path = self.useFixture(fixtures.TempDir()).join('ca.pem')
        with open(path, 'w') as f:
            f.write('certificate')
        self.config(
            group='home',
            name='here',
            auth_url='http://x/v3',
            region_name='R',
            interface='internal',
            cafile=path,
        )
        self.assertEqual(
            {
                'name': 'here',
                'auth_url': 'http://x/v3',
                'region_name': 'R',
                'interface': 'internal',
                'ca_cert': 'certificate',
            },
            home.columns(),
        )

    def test_file_of_certificates_that_is_missing_is_refused(self) -> None:
        self.config(group='home', auth_url='http://x', cafile='/no/ca.pem')
        error = self.assertRaises(OSError, home.columns)
        self.assertIn('/no/ca.pem', str(error))


class AwayTestCase(base.TestCase):
    def test_keystone_that_is_away_is_told_in_a_sentence(self) -> None:
        url = f'http://127.0.0.1:{ports.free_port()}/v3'
        self.config(group='home', auth_url=url)
        home.tell_if_away()
        told = self.logs.output
        self.assertIn(f'The home Keystone at {url} does not answer', told)
        self.assertIn('nothing answers there', told)
        self.assertNotIn('HTTPConnection', told)
        self.assertIn('auth_url in [home]', told)
        self.assertNotIn('Traceback', told)

    def test_keystone_that_answers_is_not_told(self) -> None:
        keystone = self.useFixture(cloud.Cloud())
        keystone.reply('GET', '/v3', 200, {})
        self.config(group='home', auth_url=keystone.url)
        home.tell_if_away()
        self.assertNotIn('does not answer', self.logs.output)
