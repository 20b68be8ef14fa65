# SPDX-License-Identifier: Apache-2.0

"""Schemas of the calls on replications."""

from glint import states
from glint.api.schemas import image_copy
from glint.api.schemas import types

_STATE = types.enum(*states.ALL)

_PRIORITY = types.enum(*states.PRIORITIES)

SITE_IDS: types.Schema = {
    'type': 'array',
    'items': types.UUID,
    'minItems': 1,
    'uniqueItems': True,
}

_PROPERTY_NAME: types.Schema = {
    'type': 'string',
    'minLength': 1,
    'maxLength': 255,
}

OPTIONS = {
    'image_name': types.nullable(types.NAME),
    'visibility': types.nullable(
        types.enum('private', 'shared', 'community', 'public')
    ),
    'preserve_id': types.BOOLEAN,
    'properties': types.struct(
        {
            'set': {
                'type': 'object',
                'propertyNames': _PROPERTY_NAME,
                'additionalProperties': {
                    'type': 'string',
                    'maxLength': 65535,
                },
                'maxProperties': 128,
            },
            'remove': {
                'type': 'array',
                'items': _PROPERTY_NAME,
                'maxItems': 128,
                'uniqueItems': True,
            },
        }
    ),
    'members': types.BOOLEAN,
    'on_conflict': types.nullable(types.enum('skip', 'rename', 'fail')),
    'on_difference': types.enum('copy', 'amend', 'adopt'),
}

index_request_query = types.index_query(
    (
        'created_at',
        'updated_at',
        'started_at',
        'finished_at',
        'image_name',
        'size',
        'state',
    ),
    {
        'image_id': types.UUID,
        'image_name': types.FOREIGN_NAME,
        'source_site_id': types.UUID,
        'target_site_id': types.UUID,
        'state': _STATE,
        'client_token': types.NAME,
        'user_id': types.KEYSTONE_ID,
        'project_id': types.KEYSTONE_ID,
        'all_projects': types.BOOLEAN,
    },
)

create_request_query = types.struct({'dry_run': types.BOOLEAN})

create_request_body = types.struct(
    {
        'image_id': types.UUID,
        'image_name': types.nullable(types.FOREIGN_NAME),
        'source_site_id': types.UUID,
        'target_site_ids': SITE_IDS,
        'credential_ids': {
            'type': 'array',
            'items': types.UUID,
            'uniqueItems': True,
        },
        'options': types.struct(OPTIONS),
        'client_token': types.nullable(types.NAME),
        'priority': _PRIORITY,
    },
    'image_id',
    'target_site_ids',
)

update_request_body = types.struct({'priority': _PRIORITY}, 'priority')

_FIELDS = {
    'id': types.UUID,
    'image_id': types.UUID,
    'image_name': types.nullable(types.TEXT),
    'source_site_id': types.UUID,
    'source_site_name': types.TEXT,
    'target_site_ids': SITE_IDS,
    'target_site_names': {'type': 'array', 'items': types.TEXT},
    'state': _STATE,
    'priority': _PRIORITY,
    'size': types.nullable(types.COUNT),
    'progress': {'type': 'integer', 'minimum': 0, 'maximum': 100},
    'bytes_sent': types.COUNT,
    'bytes_total': types.nullable(types.COUNT),
    'copies_summary': types.answer(
        dict.fromkeys(('total', *states.ALL), types.COUNT)
    ),
    'waits_for': {'type': 'array', 'items': image_copy.WAIT},
    'options': types.answer(
        OPTIONS | {'image_name': types.nullable(types.TEXT)}
    ),
    'client_token': types.nullable(types.TEXT),
    'user_id': types.KEYSTONE_ID,
    'project_id': types.KEYSTONE_ID,
    'created_at': types.TIME,
    'updated_at': types.nullable(types.TIME),
    'started_at': types.nullable(types.TIME),
    'finished_at': types.nullable(types.TIME),
}

show_response_body = types.answer(
    _FIELDS | {'copies': {'type': 'array', 'items': image_copy.response_body}}
)

index_response_body = types.index_answer('replications', types.answer(_FIELDS))
