# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

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
