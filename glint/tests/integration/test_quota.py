# SPDX-License-Identifier: Apache-2.0

"""Quotas that a real Keystone keeps."""

from concurrent import futures
from typing import Any

from glint.tests.integration import base
from glint.tests.integration import identity
from glint.tests.integration import lab as labs
from glint.tests.integration import stack as stacks


class QuotaTest(base.TestCase):
    """Glint has an endpoint of its own, for limits belong to a service."""

    def settings(self) -> str:
        home = self.lab.home
        self.identity = self.useFixture(identity.Identity(home))
        project = self.identity.add_project()
        self.account = self.identity.add_user(project, 'member')
        looker = self.identity.add_user(project)
        self.identity.let_read_all(looker)
        service = self.identity.add(
            'service', type='image-replication', name=looker.username
        )
        endpoint = self.identity.add(
            'endpoint',
            service_id=service['id'],
            interface='public',
            url='http://127.0.0.1:1',
            region_id=home.region_name,
        )
        self.of_service = {
            'service_id': service['id'],
            'region_id': home.region_name,
        }
        return _settings(looker, endpoint['id'])

    def setUp(self) -> None:
        super().setUp()
        self.member = stacks.client(self.account, self.url)

    def add(self, name: str) -> Any:
        return self.member.post(
            '/v1/sites',
            json={'name': name, 'auth_url': 'https://site.example.org'},
        )

    def refusal(self, name: str) -> Any:
        """:returns: the error that says that there are too many sites."""
        answer = self.add(name)
        self.assertEqual(403, answer.status_code, answer.text)
        (error,) = answer.json()['errors']
        self.assertEqual('image-replication.quota.exceeded', error['code'])
        return {
            name: error[name]
            for name in ('resource', 'limit', 'used', 'requested')
        }

    def numbers(self, limit: int, used: int) -> dict[str, Any]:
        return {
            'resource': 'sites',
            'limit': limit,
            'used': used,
            'requested': 1,
        }

    def test_limits_of_keystone_are_kept(self) -> None:
        # What is not registered is not allowed.
        self.assertEqual(self.numbers(0, 0), self.refusal('none'))
        self.identity.add_limit(
            'registered_limits',
            **self.of_service,
            resource_name='sites',
            default_limit=1,
        )
        first = self.add('first')
        self.assertEqual(201, first.status_code, first.text)
        self.assertEqual(self.numbers(1, 1), self.refusal('second'))
        path = self.identity.add_limit(
            'limits',
            **self.of_service,
            project_id=self.account.project_id,
            resource_name='sites',
            resource_limit=5,
        )
        # Both processes of the API, several threads each.
        with futures.ThreadPoolExecutor(12) as pool:
            answers = list(pool.map(self.add, [f's{n}' for n in range(12)]))
        codes = [answer.status_code for answer in answers]
        said = [answer.text for answer in answers]
        self.assertEqual([201] * 4 + [403] * 8, sorted(codes), said)
        self.assertEqual(self.numbers(5, 5), self.refusal('more'))
        self.identity.change(path, limit={'resource_limit': 6})
        self.assertEqual(201, self.add('sixth').status_code)
        # Another project has its own.
        self.assertEqual(1, self._sites_of_another_project())

    def _sites_of_another_project(self) -> int:
        account = self.identity.add_user(self.identity.add_project(), 'member')
        self.member = stacks.client(account, self.url)
        codes = [self.add(name).status_code for name in ('a', 'b')]
        return codes.count(201)


def _settings(looker: labs.Account, endpoint_id: str) -> str:
    return f"""\
[quota]
driver = unified_limits
[oslo_limit]
auth_type = password
auth_url = {looker.auth_url}
username = {looker.username}
password = {looker.password}
user_domain_name = {looker.user_domain_name}
system_scope = all
endpoint_id = {endpoint_id}
"""
