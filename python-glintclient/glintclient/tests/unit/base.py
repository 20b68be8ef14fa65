# SPDX-License-Identifier: Apache-2.0

"""A connection to a service that requests-mock stands in for."""

import json
import pathlib
from typing import Any

from keystoneauth1 import session
from keystoneauth1 import token_endpoint
from openstack import connection
from oslotest import base
from requests_mock.contrib import fixture

from glintclient import image_replication_service

#: The examples of the API reference, which are tested on the server's side.
SAMPLES = pathlib.Path(__file__).parents[4] / 'api-ref' / 'source' / 'samples'

URL = 'https://cloud.example.org/image-replication'
V1 = f'{URL}/v1'


def sample(name: str) -> Any:
    """Read an example of the API reference."""
    return json.loads((SAMPLES / f'{name}.json').read_text())


class TestCase(base.BaseTestCase):
    """Has a proxy, and a server that only answers what it is told to."""

    def setUp(self) -> None:
        super().setUp()
        self.server = self.useFixture(fixture.Fixture())
        self.server.get(URL, json=sample('version-index-response'))
        self.server.get(f'{V1}/', json=sample('version-show-response'))
        auth = token_endpoint.Token(URL, 'token')
        self.conn = connection.Connection(
            session=session.Session(auth=auth),
            image_replication_endpoint_override=URL,
        )
        self.addCleanup(self.conn.close)
        image_replication_service.add_to(self.conn)
        self.client: Any = self.conn.image_replication

    def refuse(
        self, method: str, path: str, status: int, code: str, detail: str
    ) -> None:
        """Answer a call with an error."""
        error = sample('error-response')
        error['errors'][0] |= {
            'status': status,
            'code': f'image-replication.{code}',
            'detail': detail,
        }
        self.server.request(
            method, f'{V1}{path}', status_code=status, json=error
        )

    def last_query(self) -> dict[str, list[str]]:
        return self.server.last_request.qs
