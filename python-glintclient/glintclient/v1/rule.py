# SPDX-License-Identifier: Apache-2.0

"""Rules: which images of one site are to be at which sites."""

from typing import Any
from typing import Literal

from openstack import resource

from glintclient.v1 import _base


class Rule(_base.Resource):
    """Which images of a site are to be at others, and what keeps them so."""

    _max_microversion = '1.1'

    resources_key = 'rules'
    base_path = '/rules'

    allow_create = True
    allow_fetch = True
    allow_commit = True
    allow_delete = True
    allow_list = True

    commit_method: Literal['POST', 'PATCH', 'PUT'] = 'PATCH'

    _query_mapping = resource.QueryParameters(
        'name',
        'enabled',
        'user_id',
        'project_id',
        'all_projects',
        'sort_key',
        'sort_dir',
    )

    #: The generation that a change is meant for: the service refuses the
    #: change if the rule has another one. It is only sent.
    if_match: str | None = resource.Header('If-Match')
    #: Text for people.
    description: str | None = resource.Body('description')
    #: Whether it is executed.
    enabled: bool = resource.Body('enabled', type=bool)
    #: Of its replications: ``high``, ``normal`` or ``low``.
    priority: str = resource.Body('priority')
    #: The site whose images it is about.
    source_site_id: str = resource.Body('source_site_id')
    #: The sites that are to have them.
    target_site_ids: list[str] = resource.Body('target_site_ids', type=list)
    #: The credentials to use, where those of the sites are not to be chosen
    #: by the service.
    credential_ids: list[str] | None = resource.Body(
        'credential_ids', type=list
    )
    #: Which images: ``names``, ``tags``, ``properties``, ``visibility``,
    #: ``owner``, ``disk_formats``, ``max_size``, ``hidden``, ``copies`` and
    #: ``newest``. What it does not say selects all.
    select: dict[str, Any] = resource.Body('select', type=dict)
    #: When it is executed: ``every`` so many seconds, or by ``cron`` and
    #: ``timezone``, and on ``events``.
    trigger: dict[str, Any] = resource.Body('trigger', type=dict)
    #: What changes on the way, as of replications.
    options: dict[str, Any] = resource.Body('options', type=dict)
    #: What of an image the replicas follow.
    follow: list[str] = resource.Body('follow', type=list)
    #: ``report`` or ``restore`` what was changed at a target.
    on_drift: str = resource.Body('on_drift')
    #: ``report`` or ``restore`` what was deleted at a target.
    on_missing: str = resource.Body('on_missing')
    #: What becomes of replicas whose image is gone: ``action``,
    #: ``deselected``, ``grace`` in seconds, ``max_count``, ``max_percent``.
    on_removed: dict[str, Any] = resource.Body('on_removed', type=dict)
    #: When a new image becomes visible at the targets: ``each`` for itself.
    publish: str = resource.Body('publish')
    #: How many of its replications there are at a time.
    max_active: int = resource.Body('max_active', type=int)
    #: ``ok``, ``degraded``, ``blocked`` or ``disabled``.
    state: str = resource.Body('state')
    #: The reason of the state.
    state_detail: Any = resource.Body('state_detail')
    #: When it is executed next, in UTC as ISO 8601.
    next_execution_at: str | None = resource.Body('next_execution_at')
    #: What is known of its last execution.
    last_execution: dict[str, Any] | None = resource.Body(
        'last_execution', type=dict
    )
    #: How many replicas are in each state.
    replicas_summary: dict[str, int] = resource.Body(
        'replicas_summary', type=dict
    )
    #: One more with each change.
    generation: int = resource.Body('generation', type=int)
    #: The user with whose credentials it works.
    user_id: str = resource.Body('user_id')
    #: The project that it belongs to.
    project_id: str = resource.Body('project_id')
    #: When it was made, in UTC as ISO 8601.
    created_at: str = resource.Body('created_at')
    #: When it was changed last.
    updated_at: str | None = resource.Body('updated_at')
