# SPDX-License-Identifier: Apache-2.0

"""Schemas of the calls on credentials."""

from glint import states
from glint.api.schemas import auth
from glint.api.schemas import types

#: Made by Glint itself for the home site, never registered by users.
TRUST = 'trust'

_STATE = types.enum(*states.CREDENTIAL_STATES)

index_request_query = types.index_query(
    ('name', 'created_at', 'checked_at', 'expires_at', 'state'),
    {
        'site_id': types.UUID,
        'name': types.NAME,
        'auth_type': types.enum(*auth.TYPES, TRUST),
        'shared': types.BOOLEAN,
        'state': _STATE,
        'user_id': types.KEYSTONE_ID,
    },
)

create_request_body = {
    **types.struct(
        {
            'site_id': types.UUID,
            'name': types.NAME,
            'auth_type': types.enum(*auth.TYPES),
            'auth': {'type': 'object'},
            'shared': types.BOOLEAN,
            'check': types.BOOLEAN,
        },
        'site_id',
        'name',
        'auth_type',
        'auth',
    ),
    'allOf': [
        {
            'if': {
                'properties': {'auth_type': {'const': name}},
                'required': ['auth_type'],
            },
            'then': {'properties': {'auth': schema}},
        }
        for name, schema in auth.TYPES.items()
    ],
}

_CHANGES = ('name', 'shared', 'auth')

update_request_body = {
    **types.struct(
        {
            'name': types.NAME,
            'shared': types.BOOLEAN,
            'auth': {'type': 'object'},
            'check': types.BOOLEAN,
        }
    ),
    'anyOf': [{'required': [key]} for key in _CHANGES],
    'dependentRequired': {'check': ['auth']},
}

#: What replaces the secret, for each type: which one it is, the row says.
update_auth = {
    name: {'properties': {'auth': schema}}
    for name, schema in auth.TYPES.items()
}

show_response_body = types.answer(
    {
        'id': types.UUID,
        'site_id': types.UUID,
        'name': types.TEXT,
        'auth_type': types.enum(*auth.TYPES, TRUST),
        'shared': types.BOOLEAN,
        'state': _STATE,
        'checked_at': types.nullable(types.TIME),
        'detail': types.nullable(types.TEXT),
        'expires_at': types.nullable(types.TIME),
        'user_id': types.KEYSTONE_ID,
        'project_id': types.KEYSTONE_ID,
        'created_at': types.TIME,
    }
)

index_response_body = types.index_answer('credentials', show_response_body)
