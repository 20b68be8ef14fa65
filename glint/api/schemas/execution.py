# SPDX-License-Identifier: Apache-2.0

"""Schemas of the calls on the executions of rules."""

from glint import states
from glint.api.schemas import types
from glint.rule import terms

_STATE = types.enum(*states.EXECUTION_STATES)
_TRIGGER = types.enum(*states.TRIGGERS)

index_request_query = types.index_query(
    ('created_at', 'started_at', 'finished_at', 'state'),
    {
        'state': _STATE,
        'trigger': _TRIGGER,
        'dry_run': types.BOOLEAN,
    },
)

#: The marker is the number of an item in the plan.
show_request_query = types.struct(
    {
        'limit': {'type': 'integer', 'minimum': 1},
        'marker': {'type': 'integer', 'minimum': 0, 'maximum': 2**31 - 1},
    }
)

_ITEM = types.answer(
    {
        'source_image_id': types.UUID,
        'name': types.nullable(types.TEXT),
        'target_site_id': types.UUID,
        'target_image_id': types.nullable(types.UUID),
        'action': types.enum(*terms.ACTIONS),
        'changes': {
            'type': 'object',
            'additionalProperties': {
                'type': 'array',
                'minItems': 2,
                'maxItems': 2,
            },
        },
        'bytes': types.COUNT,
        'reason': types.nullable(types.TEXT),
        'replication_id': types.nullable(types.UUID),
        'state': types.enum(*states.ITEM_STATES),
    }
)

#: What a rule tells of its last execution.
BRIEF = {
    'id': types.UUID,
    'trigger': _TRIGGER,
    'state': _STATE,
    'complete': types.nullable(types.BOOLEAN),
    'created_at': types.TIME,
    'started_at': types.nullable(types.TIME),
    'finished_at': types.nullable(types.TIME),
}

_FIELDS = {
    **BRIEF,
    'rule_id': types.UUID,
    'dry_run': types.BOOLEAN,
    'generation': types.COUNT,
    'counts': {'type': 'object', 'additionalProperties': types.COUNT},
    'bytes': types.COUNT,
    'warnings': {'type': 'array', 'items': types.TEXT},
    'error': types.nullable(
        types.answer({'code': types.TEXT, 'detail': types.TEXT})
    ),
}

response_body = types.answer(_FIELDS)

index_response_body = types.index_answer('executions', response_body)

show_response_body = types.answer(
    {**_FIELDS, **types.index_answer('items', _ITEM)['properties']}
)
