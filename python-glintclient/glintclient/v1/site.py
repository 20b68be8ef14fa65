# SPDX-License-Identifier: Apache-2.0

"""Sites: the clouds that images are copied from and to."""

from typing import Any
from typing import Literal

from keystoneauth1 import adapter
from openstack import resource
from openstack import utils

from glintclient.v1 import _base


class Site(_base.Resource):
    """A Keystone and a Glance that images can be copied from or to."""

    resources_key = 'sites'
    base_path = '/sites'

    allow_create = True
    allow_fetch = True
    allow_commit = True
    allow_delete = True
    allow_list = True

    commit_method: Literal['POST', 'PATCH', 'PUT'] = 'PATCH'

    _query_mapping = resource.QueryParameters(
        'name',
        'auth_url',
        'region_name',
        'interface',
        'enabled',
        'home',
        'shared',
        'project_id',
        'all_projects',
        'sort_key',
        'sort_dir',
    )

    #: Text for people.
    description: str | None = resource.Body('description')
    #: The address of its Keystone.
    auth_url: str = resource.Body('auth_url')
    #: The region of its Glance; none if it has only one.
    region_name: str | None = resource.Body('region_name')
    #: The endpoint to use: ``public``, ``internal`` or ``admin``.
    interface: str = resource.Body('interface')
    #: Certificates of the authorities that sign its own, in PEM.
    ca_cert: str | None = resource.Body('ca_cert')
    #: Whether images may be copied from and to it.
    enabled: bool = resource.Body('enabled', type=bool)
    #: Whether it is the site that Glint belongs to. *Type: bool*
    home: bool = resource.Body('home', type=bool)
    #: Whether all projects see it.
    shared: bool = resource.Body('shared', type=bool)
    #: The project that it belongs to; none for the home site.
    project_id: str | None = resource.Body('project_id')
    #: What the last contact with it said: ``state`` is ``ok``,
    #: ``unreachable`` or ``unknown``, with ``checked_at`` and ``detail``.
    health: dict[str, Any] = resource.Body('health', type=dict)
    #: When it was added, in UTC as ISO 8601.
    created_at: str = resource.Body('created_at')
    #: When it was changed last.
    updated_at: str | None = resource.Body('updated_at')

    @property
    def label(self) -> str:
        return f'{self.id} ({self.auth_url})'

    def remove(self, session: adapter.Adapter, cascade: bool) -> None:
        """Delete it; openstacksdk passes no arguments on.

        :param session: the proxy.
        :param cascade: whether all credentials for it are deleted as well.
        """
        session.delete(
            utils.urljoin(self.base_path, self.given_id(self)),
            params={} if cascade else {'cascade': 'false'},
            microversion=self._get_microversion(session),
        )
