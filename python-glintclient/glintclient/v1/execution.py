# SPDX-License-Identifier: Apache-2.0

"""Executions: the passes of a rule."""

from typing import Any
from typing import Self

from keystoneauth1 import adapter
from openstack import resource

from glintclient.v1 import _base

#: States in which nothing is left to do.
FINAL = ('completed', 'partial', 'error', 'cancelled')
#: The state in which nothing happens before a user says so.
NEEDS_APPROVAL = 'needs_approval'


class Execution(_base.Resource):
    """One pass of a rule: it looks, compares, plans and does."""

    _max_microversion = '1.1'

    resources_key = 'executions'
    base_path = '/rules/%(rule_id)s/executions'

    allow_fetch = True
    allow_list = True

    _query_mapping = resource.QueryParameters(
        'state', 'trigger', 'dry_run', 'sort_key', 'sort_dir'
    )

    #: The rule that it is of.
    rule_id: str = resource.URI('rule_id')
    #: Why it is: ``manual``, ``schedule``, ``event`` or ``change``.
    trigger: str = resource.Body('trigger')
    #: Whether it only tells what would be done.
    dry_run: bool = resource.Body('dry_run', type=bool)
    #: Of the rule when it was triggered.
    generation: int = resource.Body('generation', type=int)
    #: ``queued``, ``running``, ``copying``, ``needs_approval``,
    #: ``completed``, ``partial``, ``error`` or ``cancelled``.
    state: str = resource.Body('state')
    #: Whether all sites listed all their images.
    complete: bool | None = resource.Body('complete', type=bool)
    #: How many items there are of each action.
    counts: dict[str, int] | None = resource.Body('counts', type=dict)
    #: Bytes to copy.
    bytes: int = resource.Body('bytes', type=int)
    #: What a person should know of it.
    warnings: list[str] | None = resource.Body('warnings', type=list)
    #: Why nothing was done: ``code`` and ``detail``.
    error: dict[str, Any] | None = resource.Body('error', type=dict)
    #: When it was triggered, in UTC as ISO 8601.
    created_at: str | None = resource.Body('created_at')
    #: When it began.
    started_at: str | None = resource.Body('started_at')
    #: When it ended.
    finished_at: str | None = resource.Body('finished_at')

    @property
    def is_final(self) -> bool:
        """Whether it has ended, or waits for a user."""
        return self.state in (*FINAL, NEEDS_APPROVAL)

    def approve(self, session: adapter.Adapter) -> Self:
        """Let it take away what it found to be too much.

        :param session: the proxy.
        :returns: itself, as it is then.
        """
        return self.act(session, 'approve')

    def cancel(self, session: adapter.Adapter) -> Self:
        """Stop it.

        :param session: the proxy.
        :returns: itself, as it is then.
        """
        return self.act(session, 'cancel')
