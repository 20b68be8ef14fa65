# SPDX-License-Identifier: Apache-2.0

"""Schemas of the calls on copies."""

from glint import states
from glint.api.schemas import types

_STATE = types.enum(*states.ALL)

_ERROR = types.struct(
    {
        'code': types.TEXT,
        'detail': types.TEXT,
        'retryable': types.BOOLEAN,
        'http_status': {'type': ['integer', 'null']},
    },
    'code',
    'detail',
    'retryable',
    'http_status',
)

index_request_query = types.index_query(
    ('created_at', 'updated_at', 'started_at', 'finished_at', 'state'),
    {
        'target_site_id': types.UUID,
        'target_image_id': types.UUID,
        'state': _STATE,
        'phase': types.enum(*states.PHASES),
        'outcome': types.enum(*states.OUTCOMES),
    },
)

_ATTEMPT = types.answer(
    {
        'number': types.COUNT,
        'conductor': types.TEXT,
        'state': types.enum(*states.ATTEMPT_STATES),
        'bytes_sent': types.COUNT,
        'error': types.nullable(_ERROR),
        'started_at': types.TIME,
        'finished_at': types.nullable(types.TIME),
    }
)

WAIT = types.answer(
    {
        'reason': types.enum(*states.WAITS),
        'detail': types.TEXT,
        'site_id': types.nullable(types.UUID),
        'credential_id': types.nullable(types.UUID),
        'replication_id': types.nullable(types.UUID),
        'running': types.nullable(types.COUNT),
        'limit': types.nullable(types.COUNT),
        'ahead': types.nullable(types.COUNT),
        'until': types.nullable(types.TIME),
    }
)

#: A copy wherever it is shown, but for its history.
response_body = types.answer(
    {
        'id': types.UUID,
        'target_site_id': types.UUID,
        'target_site_name': types.TEXT,
        'target_image_id': types.nullable(types.UUID),
        'state': _STATE,
        'phase': types.nullable(types.enum(*states.PHASES)),
        'outcome': types.nullable(types.enum(*states.OUTCOMES)),
        'bytes_sent': types.COUNT,
        'bytes_total': types.nullable(types.COUNT),
        'rate': types.nullable(types.COUNT),
        'eta': types.nullable(types.COUNT),
        'attempts': types.COUNT,
        'next_attempt_at': types.nullable(types.TIME),
        'error': types.nullable(_ERROR),
        'waits_for': {'type': 'array', 'items': WAIT},
        'notes': {'type': 'array', 'items': types.TEXT},
        'conductor': types.nullable(types.TEXT),
        'started_at': types.nullable(types.TIME),
        'finished_at': types.nullable(types.TIME),
    }
)

show_response_body = types.answer(
    response_body['properties']
    | {'history': {'type': 'array', 'items': _ATTEMPT}}
)

index_response_body = types.index_answer('copies', response_body)
