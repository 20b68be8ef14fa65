# SPDX-License-Identifier: Apache-2.0

"""conn.image_replication."""

from keystoneauth1 import session
from keystoneauth1 import token_endpoint
from openstack import connection

from glintclient.tests.unit import base
from glintclient.v1 import _proxy


class TestService(base.TestCase):
    def test_version_is_found(self) -> None:
        self.assertIsInstance(self.client, _proxy.Proxy)
        self.assertEqual(f'{base.V1}/', self.client.get_endpoint())

    def test_vendor_hook(self) -> None:
        conn = connection.Connection(
            session=session.Session(auth=token_endpoint.Token(base.URL, 't')),
            image_replication_endpoint_override=base.URL,
            vendor_hook='glintclient.image_replication_service:add_to',
        )
        self.addCleanup(conn.close)
        self.assertIsInstance(conn.image_replication, _proxy.Proxy)

    def test_microversion_is_sent(self) -> None:
        self.server.get(
            f'{base.V1}/sites', json=base.sample('site-index-response')
        )
        list(self.client.sites())
        self.assertEqual(
            'image-replication 1.0',
            self.server.last_request.headers['OpenStack-API-Version'],
        )
