# SPDX-License-Identifier: Apache-2.0

"""Users of a real Keystone of the lab, and what ends their rights."""

import re
import threading
from typing import Any
import uuid

import fixtures
from keystoneauth1 import session as ksa_session
from keystoneauth1.identity import v3

from glint.tests.functional import faults
from glint.tests.functional import faulty
from glint.tests.integration import lab as labs


class Guest(fixtures.Fixture):
    """A user of a cloud, with the role member in the member's project."""

    def __init__(self, cloud: labs.Cloud) -> None:
        self._cloud = cloud
        self._admin = cloud.admin.session()
        self._url = cloud.auth_url

    def _setUp(self) -> None:
        self.password = uuid.uuid4().hex
        user = {
            'name': f'guest-{uuid.uuid4().hex}',
            'domain_id': 'default',
            'password': self.password,
        }
        answer = self._admin.post(f'{self._url}/users', json={'user': user})
        self.id = answer.json()['user']['id']
        self.addCleanup(self._admin.delete, f'{self._url}/users/{self.id}')
        [role] = self._admin.get(f'{self._url}/roles?name=member').json()[
            'roles'
        ]
        self._role = (
            f'{self._url}/projects/{self._cloud.member.project_id}'
            f'/users/{self.id}/roles/{role["id"]}'
        )
        self.permit()

    def permit(self) -> None:
        """Give the user the role."""
        self._admin.put(self._role)

    def forbid(self) -> None:
        """Take the role away."""
        self._admin.delete(self._role)

    @property
    def auth(self) -> dict[str, str]:
        """How the user logs in."""
        return {
            'user_id': self.id,
            'password': self.password,
            'project_id': self._cloud.member.project_id,
        }

    def key(self) -> dict[str, str]:
        """Make an application credential."""
        answer = (
            self._session()
            .post(
                f'{self._url}/users/{self.id}/application_credentials',
                json={'application_credential': {'name': 'key'}},
            )
            .json()['application_credential']
        )
        # Keystone on SQLite leaves rows of it behind when the user goes.
        self.addCleanup(self._forget, answer['id'])
        return {
            'application_credential_id': answer['id'],
            'application_credential_secret': answer['secret'],
        }

    def _forget(self, key_id: str) -> None:
        self._admin.delete(
            f'{self._url}/users/{self.id}/application_credentials/{key_id}'
        )

    def _session(self) -> ksa_session.Session:
        return ksa_session.Session(v3.Password(self._url, **self.auth))


class Revoke(faults.Fault):
    """The token of a request is revoked before the request arrives.

    :param cloud: whose token it is.
    :param times: how many requests come at once with the token, and wait.
    """

    def __init__(
        self, requests: str, cloud: labs.Cloud, times: int = 1
    ) -> None:
        super().__init__(requests, times)
        self._cloud = cloud
        self._lock = threading.Lock()
        self._revoked = False

    def request_head(self, head: bytes) -> bytes:
        token = re.search(rb'(?i)x-auth-token: *([^\r]+)', head)[1].decode()
        with self._lock:
            if not self._revoked:
                self._cloud.admin.session().delete(
                    f'{self._cloud.auth_url}/auth/tokens',
                    headers={'X-Subject-Token': token},
                )
            self._revoked = True
        return head


class TestCase(faulty.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.lab.clouds[1]

    def make_site(self, **fields: Any) -> str:
        body = {
            'name': 'w',
            'auth_url': self.cloud.auth_url,
            'region_name': self.cloud.region_name,
            **fields,
        }
        site_id: str = self.call('POST', '/v1/sites', 201, **body).json['id']
        return site_id

    def make_credential(
        self, site_id: str, auth_type: str, auth: Any, status: int = 201
    ) -> Any:
        return self.call(
            'POST',
            '/v1/credentials',
            status,
            site_id=site_id,
            name='key',
            auth_type=auth_type,
            auth=auth,
        ).json

    def credential(self, credential_id: str) -> Any:
        return self.call('GET', f'/v1/credentials/{credential_id}', 200).json

    def check(self, credential_id: str) -> Any:
        path = f'/v1/credentials/{credential_id}/check'
        return self.call('POST', path, 200).json

    def parked(self, site_id: str) -> tuple[dict[str, Any], Any]:
        """Ask for a copy, and wait until it waits for its credential.

        :returns: the replication, and what its copy says.
        """
        image = self.make_random_image(1000)
        replication = self.start(image.id, site_id)
        [copy] = self.until(
            lambda: [
                copy
                for copy in self.copies(replication)
                if copy['error'] is not None
            ],
            'error of the copy',
        )
        self.assertEqual(
            ('queued', 0, 'credential_unauthorized'),
            (copy['state'], copy['attempts'], copy['error']['code']),
        )
        self.assertIn('register another', copy['error']['detail'])
        return replication, copy['error']['detail']
