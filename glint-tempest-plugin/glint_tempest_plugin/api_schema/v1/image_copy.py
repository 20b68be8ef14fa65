# SPDX-License-Identifier: Apache-2.0

"""Answers about copies."""

from typing import Any

from glint_tempest_plugin.api_schema.v1 import types

STATE = types.enum(
    'queued', 'copying', 'cancelling', 'completed', 'error', 'cancelled'
)
ERROR = types.struct(
    code=types.TEXT,
    detail=types.TEXT,
    retryable=types.BOOLEAN,
    http_status=types.nullable(types.COUNT),
)
WAIT = types.struct(
    reason=types.enum(
        'credential_refused',
        'site_silent',
        'source_full',
        'target_full',
        'project_full',
        'backoff',
        'reservation',
        'turn',
    ),
    detail=types.TEXT,
    site_id=types.nullable(types.UUID),
    credential_id=types.nullable(types.UUID),
    replication_id=types.nullable(types.UUID),
    running=types.nullable(types.COUNT),
    limit=types.nullable(types.COUNT),
    ahead=types.nullable(types.COUNT),
    until=types.nullable(types.TIME),
)
_FIELDS: dict[str, Any] = {
    'id': types.UUID,
    'target_site_id': types.UUID,
    'target_site_name': types.TEXT,
    'target_image_id': types.nullable(types.UUID),
    'state': STATE,
    'phase': types.nullable(
        types.enum('preparing', 'reading', 'sending', 'verifying')
    ),
    'outcome': types.nullable(types.enum('copied', 'adopted', 'skipped')),
    'bytes_sent': types.COUNT,
    'bytes_total': types.nullable(types.COUNT),
    'rate': types.nullable(types.COUNT),
    'eta': types.nullable(types.COUNT),
    'attempts': types.COUNT,
    'next_attempt_at': types.nullable(types.TIME),
    'error': types.nullable(ERROR),
    'waits_for': types.listed(WAIT),
    'notes': types.listed(types.TEXT),
    'conductor': types.nullable(types.TEXT),
    'started_at': types.nullable(types.TIME),
    'finished_at': types.nullable(types.TIME),
}
_ATTEMPT = types.struct(
    number=types.COUNT,
    conductor=types.TEXT,
    state=types.TEXT,
    bytes_sent=types.COUNT,
    error=types.nullable(ERROR),
    started_at=types.TIME,
    finished_at=types.nullable(types.TIME),
)

COPY = types.struct(**_FIELDS)

index = types.index('copies', COPY)
show = types.answer(
    200, types.struct(**_FIELDS, history=types.listed(_ATTEMPT))
)
update = types.answer(202, COPY)
