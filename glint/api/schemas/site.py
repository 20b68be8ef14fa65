# SPDX-License-Identifier: Apache-2.0

"""Schemas of the calls on sites."""

from glint import states
from glint.api.schemas import types

_INTERFACE = types.enum('public', 'internal', 'admin')

_DESCRIPTION: types.Schema = {'type': ['string', 'null'], 'maxLength': 1000}

_AUTH_URL: types.Schema = {
    'type': 'string',
    'maxLength': 1000,
    'format': 'auth-url',
}

_CA_CERT: types.Schema = {
    'type': ['string', 'null'],
    'maxLength': 65536,
    'format': 'ca-cert',
}

_CHANGEABLE = {
    'name': types.NAME,
    'description': _DESCRIPTION,
    'auth_url': _AUTH_URL,
    'region_name': types.nullable(types.NAME),
    'interface': _INTERFACE,
    'ca_cert': _CA_CERT,
    'enabled': types.BOOLEAN,
    'shared': types.BOOLEAN,
}

index_request_query = types.index_query(
    ('name', 'created_at', 'updated_at', 'region_name', 'enabled', 'shared'),
    {
        'name': types.NAME,
        'auth_url': {'type': 'string', 'maxLength': 1000},
        'region_name': types.NAME,
        'interface': _INTERFACE,
        'enabled': types.BOOLEAN,
        'home': types.BOOLEAN,
        'shared': types.BOOLEAN,
        'project_id': types.KEYSTONE_ID,
        'all_projects': types.BOOLEAN,
    },
)

create_request_body = types.struct(_CHANGEABLE, 'name', 'auth_url')

update_request_body = types.struct(_CHANGEABLE) | {'minProperties': 1}

delete_request_query = types.struct({'cascade': types.BOOLEAN})

show_response_body = types.answer(
    {
        'id': types.UUID,
        'name': types.TEXT,
        'description': types.nullable(types.TEXT),
        'auth_url': types.TEXT,
        'region_name': types.nullable(types.TEXT),
        'interface': _INTERFACE,
        'ca_cert': types.nullable(types.TEXT),
        'enabled': types.BOOLEAN,
        'home': types.BOOLEAN,
        'shared': types.BOOLEAN,
        'project_id': types.nullable(types.KEYSTONE_ID),
        'health': types.answer(
            {
                'state': types.enum(*states.SITE_STATES),
                'checked_at': types.nullable(types.TIME),
                'detail': types.nullable(types.TEXT),
            }
        ),
        'created_at': types.TIME,
        'updated_at': types.nullable(types.TIME),
    }
)

index_response_body = types.index_answer('sites', show_response_body)
