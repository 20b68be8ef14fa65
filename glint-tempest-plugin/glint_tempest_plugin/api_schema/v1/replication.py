# SPDX-License-Identifier: Apache-2.0

"""Answers about replications."""

from typing import Any

from glint_tempest_plugin.api_schema.v1 import image_copy
from glint_tempest_plugin.api_schema.v1 import types

_OPTIONS = types.struct(
    image_name=types.nullable(types.TEXT),
    visibility=types.nullable(
        types.enum('private', 'shared', 'community', 'public')
    ),
    preserve_id=types.BOOLEAN,
    members=types.BOOLEAN,
    on_conflict=types.nullable(types.enum('skip', 'rename', 'fail')),
    on_difference=types.enum('copy', 'amend', 'adopt'),
    properties=types.struct(
        set={'type': 'object', 'additionalProperties': types.TEXT},
        remove=types.listed(types.TEXT),
    ),
)
_FIELDS: dict[str, Any] = {
    'id': types.UUID,
    'image_id': types.UUID,
    'image_name': types.nullable(types.TEXT),
    'source_site_id': types.UUID,
    'source_site_name': types.TEXT,
    'target_site_ids': types.listed(types.UUID),
    'target_site_names': types.listed(types.TEXT),
    'state': image_copy.STATE,
    'priority': types.enum('high', 'normal', 'low'),
    'size': types.nullable(types.COUNT),
    'progress': {'type': 'integer', 'minimum': 0, 'maximum': 100},
    'bytes_sent': types.COUNT,
    'bytes_total': types.nullable(types.COUNT),
    'copies_summary': types.struct(
        total=types.COUNT,
        queued=types.COUNT,
        copying=types.COUNT,
        cancelling=types.COUNT,
        completed=types.COUNT,
        error=types.COUNT,
        cancelled=types.COUNT,
    ),
    'waits_for': types.listed(image_copy.WAIT),
    'options': _OPTIONS,
    'client_token': types.nullable(types.TEXT),
    'user_id': types.KEYSTONE_ID,
    'project_id': types.KEYSTONE_ID,
    'created_at': types.TIME,
    'updated_at': types.nullable(types.TIME),
    'started_at': types.nullable(types.TIME),
    'finished_at': types.nullable(types.TIME),
}
_REPLICATION = types.struct(**_FIELDS, copies=types.listed(image_copy.COPY))

index = types.index('replications', types.struct(**_FIELDS))
show = types.answer(200, _REPLICATION)
create = types.answer(202, _REPLICATION, location=types.TEXT)
update = types.answer(202, _REPLICATION)
delete = types.NOTHING
