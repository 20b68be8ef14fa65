# SPDX-License-Identifier: Apache-2.0

"""Items of executions: what is done with one image at one target."""

from typing import Any

from openstack import resource

from glintclient.v1 import _base

#: Actions of a plan that does not bring an image where it is to be.
BAD = ('conflict', 'blocked')


class ExecutionItem(_base.Resource):
    """What an execution does with one image at one target."""

    _max_microversion = '1.1'

    resources_key = 'items'
    # An execution is answered with a page of its items.
    base_path = '/rules/%(rule_id)s/executions/%(execution_id)s'

    allow_list = True

    _query_mapping = resource.QueryParameters()

    #: The rule of the execution.
    rule_id: str = resource.URI('rule_id')
    #: The execution that it belongs to.
    execution_id: str = resource.URI('execution_id')
    #: The image at the source.
    source_image_id: str = resource.Body('source_image_id')
    #: The site that it is about.
    target_site_id: str = resource.Body('target_site_id')
    #: The image there, as soon as there is one.
    target_image_id: str | None = resource.Body('target_image_id')
    #: ``copy``, ``adopt``, ``amend``, ``hide``, ``show``, ``deactivate``,
    #: ``reactivate``, ``delete``, ``keep``, ``skip``, ``conflict``,
    #: ``blocked`` or ``wait``.
    action: str = resource.Body('action')
    #: What is there and what it becomes, by the name of the field.
    changes: dict[str, list[Any]] | None = resource.Body('changes', type=dict)
    #: Bytes to copy.
    bytes: int | None = resource.Body('bytes', type=int)
    #: Why.
    reason: str | None = resource.Body('reason')
    #: The replication that brings it there.
    replication_id: str | None = resource.Body('replication_id')
    #: ``planned``, ``copying``, ``done``, ``unapproved`` or ``error``; what
    #: is unapproved waits for a user.
    state: str = resource.Body('state')
