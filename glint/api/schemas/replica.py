# SPDX-License-Identifier: Apache-2.0

"""Schemas of the calls on the replicas of rules."""

from glint import states
from glint.api.schemas import types

_STATE = types.enum(*states.REPLICA_STATES)

index_request_query = types.index_query(
    ('created_at', 'updated_at', 'name', 'state'),
    {
        'state': _STATE,
        'target_site_id': types.UUID,
        'source_image_id': types.UUID,
    },
)

_REPLICA = types.answer(
    {
        'id': types.UUID,
        'rule_id': types.UUID,
        'source_image_id': types.UUID,
        'name': types.nullable(types.TEXT),
        'target_site_id': types.UUID,
        'target_image_id': types.nullable(types.UUID),
        'state': _STATE,
        'adopted': types.BOOLEAN,
        'drift': {
            'type': 'object',
            'additionalProperties': {
                'type': 'array',
                'minItems': 2,
                'maxItems': 2,
            },
        },
        'error': types.nullable(
            types.answer({'code': types.TEXT, 'detail': types.TEXT})
        ),
        'replication_id': types.nullable(types.UUID),
        'next_try_at': types.nullable(types.TIME),
        'verified_at': types.nullable(types.TIME),
        'created_at': types.TIME,
        'updated_at': types.nullable(types.TIME),
    }
)

index_response_body = types.index_answer('replicas', _REPLICA)
