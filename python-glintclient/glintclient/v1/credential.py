# SPDX-License-Identifier: Apache-2.0

"""Credentials: how users authenticate at sites."""

from typing import Literal
from typing import Self

from keystoneauth1 import adapter
from openstack import resource
from openstack import utils

from glintclient.v1 import _base


class Credential(_base.Resource):
    """How a user authenticates at a site."""

    resources_key = 'credentials'
    base_path = '/credentials'

    allow_create = True
    allow_fetch = True
    allow_commit = True
    allow_delete = True
    allow_list = True

    commit_method: Literal['POST', 'PATCH', 'PUT'] = 'PATCH'

    _query_mapping = resource.QueryParameters(
        'site_id',
        'name',
        'auth_type',
        'shared',
        'state',
        'user_id',
        'sort_key',
        'sort_dir',
    )

    #: The site that it is for.
    site_id: str = resource.Body('site_id')
    #: A type of keystoneauth, as ``v3applicationcredential``, or ``trust``.
    auth_type: str = resource.Body('auth_type')
    #: What the type wants, with the secret. It is only sent, and neither kept
    #: nor answered.
    auth: dict[str, str] | None = resource.Body('auth', type=dict)
    #: Whether to try ``auth`` at its site before it is stored. It is only
    #: sent.
    check: bool = resource.Body('check', type=bool)
    #: Whether all members of the project may copy with it.
    shared: bool = resource.Body('shared', type=bool)
    #: What the last check said: ``ok``, ``unauthorized``, ``unreachable`` or
    #: ``unknown``.
    state: str = resource.Body('state')
    #: When it was checked last, in UTC as ISO 8601.
    checked_at: str | None = resource.Body('checked_at')
    #: The reason of the state.
    detail: str | None = resource.Body('detail')
    #: When it expires at its site.
    expires_at: str | None = resource.Body('expires_at')
    #: The user that it belongs to.
    user_id: str = resource.Body('user_id')
    #: The project that it is used in.
    project_id: str = resource.Body('project_id')
    #: When it was registered, in UTC as ISO 8601.
    created_at: str = resource.Body('created_at')

    @property
    def label(self) -> str:
        return f'{self.id} (site {self.site_id}, user {self.user_id})'

    def forget_secret(self) -> None:
        """Drop what it was registered with."""
        self._body.attributes.pop('auth', None)
        self.pop('auth', None)

    def try_again(self, session: adapter.Adapter) -> Self:
        """Try it at its site.

        :param session: the proxy.
        :returns: itself, with what the site said in ``state`` and
            ``detail``.
        """
        url = utils.urljoin(self.base_path, self.given_id(self), 'check')
        self._translate_response(
            session.post(url, microversion=self._get_microversion(session))
        )
        return self
