# SPDX-License-Identifier: Apache-2.0

"""Replications: requests to copy one image to other sites."""

from typing import Any
from typing import Literal

from openstack import resource

from glintclient.v1 import _action
from glintclient.v1 import image_copy

#: States in which nothing is left to do.
FINAL = ('completed', 'error', 'cancelled')


class Replication(_action.Resource):
    """A request to copy one image of one site to others."""

    resources_key = 'replications'
    base_path = '/replications'

    allow_create = True
    allow_fetch = True
    allow_commit = True
    allow_delete = True
    allow_list = True

    commit_method: Literal['POST', 'PATCH', 'PUT'] = 'PATCH'

    _query_mapping = resource.QueryParameters(
        'image_id',
        'image_name',
        'source_site_id',
        'target_site_id',
        'state',
        'client_token',
        'user_id',
        'project_id',
        'all_projects',
        'sort_key',
        'sort_dir',
    )

    #: The image at its source.
    image_id: str = resource.Body('image_id')
    #: Its name there. When it is sent, it is what the user calls the image,
    #: which is shown until Glint has read the name.
    image_name: str | None = resource.Body('image_name')
    #: The site that it is read from.
    source_site_id: str = resource.Body('source_site_id')
    #: What that was called when the replication was made.
    source_site_name: str = resource.Body('source_site_name')
    #: The credentials to use, where those of the sites are not to be chosen
    #: by the service. They are only sent.
    credential_ids: list[str] | None = resource.Body(
        'credential_ids', type=list
    )
    #: The sites that it is copied to.
    target_site_ids: list[str] = resource.Body('target_site_ids', type=list)
    #: What these were called when the replication was made, in their order.
    target_site_names: list[str] = resource.Body(
        'target_site_names', type=list
    )
    #: ``queued``, ``copying``, ``cancelling``, ``completed``, ``error`` or
    #: ``cancelled``.
    state: str = resource.Body('state')
    #: ``high``, ``normal`` or ``low``; only admins choose another one than
    #: ``normal``.
    priority: str | None = resource.Body('priority')
    #: Bytes of the image.
    size: int | None = resource.Body('size', type=int)
    #: How much of all copies is done, in percent.
    progress: int = resource.Body('progress', type=int)
    #: Bytes that the targets have.
    bytes_sent: int = resource.Body('bytes_sent', type=int)
    #: Bytes to send to all targets.
    bytes_total: int | None = resource.Body('bytes_total', type=int)
    #: How many copies are in each state, and ``total``.
    copies_summary: dict[str, int] = resource.Body('copies_summary', type=dict)
    #: Why copies of it are queued: ``reason``, ``detail`` and more, as the
    #: ``waits_for`` of the copies, each reason once.
    waits_for: list[dict[str, Any]] | None = resource.Body(
        'waits_for', type=list
    )
    #: What changes on the way: ``image_name``, ``visibility``,
    #: ``preserve_id``, ``properties`` with ``set`` and ``remove``,
    #: ``members``, ``on_conflict``, ``on_difference``.
    options: dict[str, Any] = resource.Body('options', type=dict)
    #: The word by which a repeated request is answered the same.
    client_token: str | None = resource.Body('client_token')
    #: The user who asked for it.
    user_id: str = resource.Body('user_id')
    #: The project that it belongs to.
    project_id: str = resource.Body('project_id')
    #: When it was asked for, in UTC as ISO 8601.
    created_at: str = resource.Body('created_at')
    #: When it moved last.
    updated_at: str | None = resource.Body('updated_at')
    #: When the first copy was started.
    started_at: str | None = resource.Body('started_at')
    #: When the last copy ended.
    finished_at: str | None = resource.Body('finished_at')
    #: A copy for each target, unless it comes from a list.
    copies: list[image_copy.ImageCopy] | None = resource.Body(
        'copies', type=list, list_type=image_copy.ImageCopy
    )

    @property
    def is_final(self) -> bool:
        """Whether nothing is left to do."""
        return self.state in FINAL

    @property
    def label(self) -> str:
        # To the second, as the command has it elsewhere.
        return f'{self.id} ({self.state}, {self.created_at[:19]}Z)'
