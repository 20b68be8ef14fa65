# SPDX-License-Identifier: Apache-2.0

"""Users, projects, catalog and the first image of a cloud.

Each function is what an operator types as one ``openstack`` command; the
contributor guide has them side by side.
"""

import os
from typing import Any

from cloudlab import plan
from cloudlab import web

SEED_BYTES = 1024 * 1024


class Admin:
    """A cloud's administrator at work.

    :param cloud: it must be running.
    """

    def __init__(self, cloud: plan.Cloud) -> None:
        self.cloud = cloud
        self.token, identity = self.authenticate(cloud.admin)
        cloud.admin.user_id = identity['user']['id']
        cloud.admin.project_id = identity['project']['id']
        self.projects = {'admin': cloud.admin.project_id}

    def authenticate(self, account: plan.Account) -> tuple[str, Any]:
        """Get a token and what Keystone says about it."""
        user = {
            'name': account.username,
            'password': account.password,
            'domain': {'name': account.user_domain_name},
        }
        project = {
            'name': account.project_name,
            'domain': {'name': account.project_domain_name},
        }
        headers, answer = web.call(
            'POST',
            f'{self.cloud.auth_url}/auth/tokens',
            body={
                'auth': {
                    'identity': {
                        'methods': ['password'],
                        'password': {'user': user},
                    },
                    'scope': {'project': project},
                }
            },
        )
        return headers['X-Subject-Token'], answer['token']

    def _identity(self, method: str, path: str, body: Any = None) -> Any:
        url = f'{self.cloud.auth_url}/{path}'
        return web.call(method, url, self.token, body)[1]

    def use_project(self, account: plan.Account) -> None:
        """Let more users be created in the project of one that is there."""
        self.projects[account.project_name] = account.project_id

    def create_project(self, name: str) -> None:
        body = {'project': {'name': name, 'domain_id': 'default'}}
        answer = self._identity('POST', 'projects', body)
        self.projects[name] = answer['project']['id']

    def create_user(self, account: plan.Account, *roles: str) -> None:
        """Create a user with roles in its project, and note the ids."""
        account.project_id = self.projects[account.project_name]
        user = {
            'name': account.username,
            'password': account.password,
            'domain_id': 'default',
            'default_project_id': account.project_id,
        }
        answer = self._identity('POST', 'users', {'user': user})
        account.user_id = answer['user']['id']
        known = self._identity('GET', 'roles')['roles']
        ids = {role['name']: role['id'] for role in known}
        for role in roles:
            self._identity(
                'PUT',
                f'projects/{account.project_id}/users/{account.user_id}'
                f'/roles/{ids[role]}',
            )

    def register(self, service_type: str, name: str, url: str) -> None:
        """Create a service and its three endpoints."""
        body: dict[str, Any] = {
            'service': {'type': service_type, 'name': name}
        }
        service = self._identity('POST', 'services', body)['service']
        for interface in ('public', 'internal', 'admin'):
            endpoint = {
                'service_id': service['id'],
                'interface': interface,
                'url': url,
                'region_id': self.cloud.region_name,
            }
            self._identity('POST', 'endpoints', {'endpoint': endpoint})

    def create_image(self, name: str, data: bytes) -> str:
        """Create a public raw image and return its id."""
        url = f'{self.cloud.image_url}/v2/images'
        image = {
            'name': name,
            'disk_format': 'raw',
            'container_format': 'bare',
            'visibility': 'public',
        }
        created = web.call('POST', url, self.token, image)[1]
        web.call('PUT', f'{url}/{created["id"]}/file', self.token, data)
        return str(created['id'])


def populate(cloud: plan.Cloud, glint: plan.Glint | None) -> None:
    """Give a new cloud its projects, users, catalog and image.

    :param glint: to be registered in this cloud's catalog, too.
    """
    admin = Admin(cloud)
    for project in ('service', 'demo', 'other'):
        admin.create_project(project)
    admin.create_user(cloud.service_user, 'service')
    admin.create_user(cloud.member, 'member')
    admin.create_user(cloud.reader, 'reader')
    admin.create_user(cloud.other, 'member')
    admin.register('image', 'glance', cloud.image_url)
    if glint:
        admin.create_user(glint, 'member', 'service')
        admin.register('image-replication', 'glint', glint.endpoint)
    # Without the signature of a boot sector, which Glance looks into.
    seed = os.urandom(SEED_BYTES).replace(b'\x55\xaa', b'\0\0')
    cloud.seed_image_id = admin.create_image(f'{cloud.name}-seed', seed)


def forget_glint(cloud: plan.Cloud) -> None:
    """Remove Glint from a cloud that it was registered in.

    Whatever registers it anew, as an operator does, then begins with nothing.
    """
    token = Admin(cloud).token
    for kind, query in (
        ('services', 'type=image-replication'),
        ('users', 'name=glint'),
    ):
        url = f'{cloud.auth_url}/{kind}'
        for item in web.call('GET', f'{url}?{query}', token)[1][kind]:
            web.call('DELETE', f'{url}/{item["id"]}', token)
