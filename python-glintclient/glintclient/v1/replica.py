# SPDX-License-Identifier: Apache-2.0

"""Replicas: the images that a rule keeps like those of its source."""

from typing import Any

from openstack import resource

from glintclient.v1 import _base


class Replica(_base.Resource):
    """An image at a target that a rule keeps like its source."""

    _max_microversion = '1.1'

    resources_key = 'replicas'
    base_path = '/rules/%(rule_id)s/replicas'

    allow_list = True

    _query_mapping = resource.QueryParameters(
        'state', 'target_site_id', 'source_image_id', 'sort_key', 'sort_dir'
    )

    #: The rule that keeps it.
    rule_id: str = resource.URI('rule_id')
    #: The image at the source.
    source_image_id: str = resource.Body('source_image_id')
    #: The site that it is at.
    target_site_id: str = resource.Body('target_site_id')
    #: The image there, as soon as there is one.
    target_image_id: str | None = resource.Body('target_image_id')
    #: ``pending``, ``copying``, ``in_sync``, ``drifted``, ``missing``,
    #: ``retiring``, ``retired``, ``declined``, ``conflict`` or ``failed``.
    state: str = resource.Body('state')
    #: Whether it was there before the rule.
    adopted: bool = resource.Body('adopted', type=bool)
    #: What somebody changed at the target, by the name of the field.
    drift: dict[str, Any] | None = resource.Body('drift', type=dict)
    #: Why it is not in step: ``code`` and ``detail``.
    error: dict[str, Any] | None = resource.Body('error', type=dict)
    #: The replication that last brought it there.
    replication_id: str | None = resource.Body('replication_id')
    #: When it is tried again, in UTC as ISO 8601.
    next_try_at: str | None = resource.Body('next_try_at')
    #: When all its data was last read and found right.
    verified_at: str | None = resource.Body('verified_at')
    #: When the rule began to keep it.
    created_at: str = resource.Body('created_at')
    #: When it changed last.
    updated_at: str | None = resource.Body('updated_at')
