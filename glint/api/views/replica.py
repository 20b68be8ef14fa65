# SPDX-License-Identifier: Apache-2.0

"""How replicas of rules look in answers."""

from typing import Any

from glint.api.views import moment


def view(replica: Any) -> dict[str, Any]:
    """:param replica: a row of the table of replicas."""
    return {
        'id': replica.id,
        'rule_id': replica.rule_id,
        'source_image_id': replica.source_image_id,
        'name': replica.name,
        'target_site_id': replica.target_site_id,
        'target_image_id': replica.target_image_id,
        'state': replica.state,
        'adopted': replica.adopted,
        'drift': replica.drift or {},
        'error': replica.error,
        'replication_id': replica.replication_id,
        'next_try_at': moment.view(replica.next_try_at),
        'verified_at': moment.view(replica.verified_at),
        'created_at': moment.view(replica.created_at),
        'updated_at': moment.view(replica.updated_at),
    }
