# SPDX-License-Identifier: Apache-2.0

"""Other clouds, as clouds.yaml describes them."""

import json
import pathlib
from typing import Any

import ddt
import fixtures
from osc_lib import exceptions
from oslotest import base

from glintclient.osc.v1 import cloud


@ddt.ddt
class TestCloud(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)

    def _cloud(self, **fields: Any) -> cloud.Cloud:
        north = {
            'auth': {
                'auth_url': 'https://north/v3',
                'username': 'alice',
                'password': 'a secret',
                'user_domain_name': 'Default',
                'project_name': 'demo',
                'project_domain_name': 'Default',
            },
            'region_name': 'RegionOne',
            **fields,
        }
        path = self.folder / 'clouds.yaml'
        path.write_text(json.dumps({'clouds': {'north': north}}))
        self.useFixture(
            fixtures.EnvironmentVariable('OS_CLIENT_CONFIG_FILE', str(path))
        )
        return cloud.Cloud('north')

    def test_site(self) -> None:
        authority = self.folder / 'ca.pem'
        authority.write_text('PEM')
        found = self._cloud(interface='internal', cacert=str(authority))
        self.assertEqual(
            {
                'auth_url': 'https://north/v3',
                'region_name': 'RegionOne',
                'interface': 'internal',
                'ca_cert': 'PEM',
            },
            found.site,
        )

    @ddt.data(
        ({'interface': 'publicURL'}, 'public'),
        ({'interface': 'internalURL'}, 'internal'),
        ({'interface': 'adminURL'}, 'admin'),
        ({'endpoint_type': 'internalURL'}, 'internal'),
        ({'interface': ['internal', 'public']}, 'internal'),
        ({'interface': 'public', 'image_interface': 'admin'}, 'admin'),
    )
    @ddt.unpack
    def test_interface(self, fields: dict[str, Any], interface: str) -> None:
        self.assertEqual(interface, self._cloud(**fields).site['interface'])

    def test_region_of_the_images(self) -> None:
        found = self._cloud(image_region_name='RegionTwo')
        self.assertEqual('RegionTwo', found.site['region_name'])

    def test_authority_that_cannot_be_read(self) -> None:
        found = self._cloud(cacert='/does/not/exist')
        self.assertRaises(exceptions.CommandError, lambda: found.site)

    def test_auth_has_no_address(self) -> None:
        found = self._cloud()
        self.assertEqual('v3password', found.auth_type)
        self.assertEqual(
            {
                'username': 'alice',
                'password': 'a secret',
                'user_domain_name': 'Default',
                'project_name': 'demo',
                'project_domain_name': 'Default',
            },
            found.auth,
        )

    def test_type_that_cannot_be_handed_on(self) -> None:
        found = self._cloud(auth_type='v3totp')
        error = self.assertRaises(
            exceptions.CommandError, lambda: found.auth_type
        )
        self.assertIn('authenticates by v3totp', str(error))

    def test_unknown_cloud_names_the_known_ones(self) -> None:
        self._cloud()
        error = self.assertRaises(
            exceptions.CommandError, cloud.Cloud, 'south'
        )
        self.assertIn('There is no cloud south in clouds.yaml', str(error))
        self.assertIn('north', str(error))
