# SPDX-License-Identifier: Apache-2.0

"""Projects, users and limits of a test's own in a cloud of the lab."""

import os
from typing import Any

import fixtures
from keystoneauth1 import adapter

from glint.tests.integration import lab as labs


class Identity(fixtures.Fixture):
    """The administrator of a Keystone, who puts away what was made.

    :param cloud: the cloud that it is of.
    """

    def __init__(self, cloud: labs.Cloud) -> None:
        self._cloud = cloud

    def _setUp(self) -> None:
        self._keystone = adapter.Adapter(
            self._cloud.admin.session(), endpoint_override=self._cloud.auth_url
        )

    def add(self, kind: str, collection: str = '', **fields: Any) -> Any:
        """Make something, until the end of the test.

        :param kind: as project.
        :param collection: the path of its kind, with an s by default.
        :returns: what Keystone answered.
        """
        path = f'/{collection or kind + "s"}'
        made = self._keystone.post(path, json={kind: fields}).json()[kind]
        self.addCleanup(self._keystone.delete, f'{path}/{made["id"]}')
        return made

    def add_limit(self, collection: str, **fields: Any) -> str:
        """Make a limit; they come in lists.

        :param collection: registered_limits or limits.
        :returns: its path.
        """
        answer = self._keystone.post(
            f'/{collection}', json={collection: [fields]}
        )
        (made,) = [
            item
            for item in answer.json()[collection]
            if fields.items() <= item.items()
        ]
        path = f'/{collection}/{made["id"]}'
        self.addCleanup(self._keystone.delete, path)
        return path

    def change(self, path: str, **fields: Any) -> None:
        """Change something."""
        self._keystone.patch(path, json=fields)

    def add_project(self) -> Any:
        return self.add('project', name=_unique('p'), domain_id='default')

    def add_role(self) -> str:
        return str(self.add('role', name=_unique('role'))['name'])

    def add_user(self, project: Any, *roles: str) -> labs.Account:
        """Make a user with roles in a project."""
        name, password = _unique('user'), _unique('canary')
        user = self.add(
            'user', name=name, password=password, domain_id='default'
        )
        for role in roles:
            self._keystone.put(
                f'/projects/{project["id"]}/users/{user["id"]}'
                f'/roles/{self._role_id(role)}'
            )
        return labs.Account(
            auth_url=self._cloud.auth_url,
            region_name=self._cloud.region_name,
            username=name,
            password=password,
            user_id=user['id'],
            user_domain_name='Default',
            project_id=project['id'],
            project_name=project['name'],
            project_domain_name='Default',
        )

    def let_read_all(self, account: labs.Account) -> None:
        """Give a user the role reader in the whole system."""
        self._keystone.put(
            f'/system/users/{account.user_id}/roles/{self._role_id("reader")}'
        )

    def _role_id(self, name: str) -> str:
        (role,) = self._keystone.get(f'/roles?name={name}').json()['roles']
        return str(role['id'])


def _unique(prefix: str) -> str:
    return f'{prefix}-{os.urandom(6).hex()}'
