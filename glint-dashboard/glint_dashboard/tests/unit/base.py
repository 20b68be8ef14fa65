# SPDX-License-Identifier: Apache-2.0

"""What the tests of the panels have in common."""

from collections.abc import Sequence
import re
from typing import Any

from openstack_dashboard.test import helpers
import requests_mock

from glint_dashboard.tests.unit import data

GLINT = 'http://glint.example.org'
MEMBER = ('member', 'reader')
READER = ('reader',)
ADMIN = ('admin', 'member', 'reader')


class TestCase(helpers.TestCase):
    """A user of a project, and a service that requests-mock stands for."""

    def setUp(self) -> None:
        super().setUp()
        self.glint = requests_mock.Mocker()
        self.glint.start()
        self.addCleanup(self.glint.stop)
        self.become(MEMBER)

    def _setup_test_data(self) -> None:
        super()._setup_test_data()
        self.service_catalog.append(
            {
                'type': 'image-replication',
                'name': 'glint',
                'endpoints': [
                    {
                        'region': 'RegionOne',
                        'region_id': 'RegionOne',
                        'interface': 'public',
                        'url': GLINT,
                    }
                ],
            }
        )

    def become(self, roles: Sequence[str]) -> None:
        """Log in with other roles."""
        self._setup_user(roles=[{'id': name, 'name': name} for name in roles])

    def answer(
        self, method: str, path: str, body: Any = None, status: int = 200
    ) -> Any:
        """Let the service answer a call.

        :param path: below ``/v1/``.
        """
        return self.glint.register_uri(
            method, f'{GLINT}/v1/{path}', json=body, status_code=status
        )

    def refuse(self, method: str, path: str, status: int, text: str) -> Any:
        """Let the service refuse a call."""
        error = {
            'status': status,
            'code': 'image-replication.test',
            'title': 'Refused',
            'detail': text,
            'request_id': 'req-1',
            'links': [],
        }
        return self.answer(method, path, {'errors': [error]}, status)

    def answer_sites(self, *more: dict[str, Any]) -> Any:
        sites = [data.HOME, data.WEST, *more]
        return self.answer('GET', 'sites', {'sites': sites, 'links': []})

    def answer_projects(self) -> None:
        """Let Keystone name the project of the operator's lists."""
        url = r'/v3/projects'
        project = {'id': data.PROJECT_ID, 'name': 'the-project'}
        body = {'projects': [project], 'links': {}}
        self.glint.get(re.compile(url), json=body)

    def answer_user(self, user_id: str, name: str) -> None:
        """Let Keystone name a user."""
        body = {'user': {'id': user_id, 'name': name}}
        self.glint.get(re.compile(f'/v3/users/{user_id}$'), json=body)

    def answer_replications(
        self, *found: dict[str, Any], links: Sequence[dict[str, str]] = ()
    ) -> Any:
        """Let the service list replications, and show each of them."""
        for item in found:
            self.answer('GET', f'replications/{item["id"]}', item)
        body = {'replications': list(found), 'links': list(links)}
        return self.answer('GET', 'replications', body)

    def messages(self, response: Any) -> list[str]:
        """Return what Horizon tells the user."""
        return [str(item.message) for item in response.context['messages']]
