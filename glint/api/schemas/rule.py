# SPDX-License-Identifier: Apache-2.0

"""Schemas of the calls on rules."""

from typing import Any

from glint import states
from glint.api.schemas import execution
from glint.api.schemas import replication
from glint.api.schemas import types
from glint.order import rule as rules

Schema = types.Schema

#: The most patterns, tags or values that a part of ``select`` has.
_MOST = 50
_YEAR = 366 * 24 * 3600
_COLUMN = {'type': 'integer', 'minimum': 0, 'maximum': 2**31 - 1}


def _list(items: Schema, most: int = _MOST, least: int = 0) -> Schema:
    return {
        'type': 'array',
        'items': items,
        'minItems': least,
        'maxItems': most,
        'uniqueItems': True,
    }


_WORD: Schema = {'type': 'string', 'minLength': 1, 'maxLength': 255}
_WORDS = _list(_WORD)
_DESCRIPTION: Schema = {'type': ['string', 'null'], 'maxLength': 1000}

_SELECT = types.struct(
    {
        'names': {**_WORDS, 'uniqueItems': False},
        'tags': types.struct({'all': _WORDS, 'any': _WORDS, 'none': _WORDS}),
        'properties': {
            'type': 'object',
            'propertyNames': _WORD,
            'additionalProperties': _list(_WORD, least=1),
            'maxProperties': _MOST,
        },
        'visibility': _list(
            types.enum('private', 'shared', 'community', 'public')
        ),
        'owner': types.nullable(types.enum('own')),
        'disk_formats': _WORDS,
        'max_size': types.nullable({**types.COUNT, 'maximum': 2**63 - 1}),
        'hidden': types.nullable(types.BOOLEAN),
        'copies': types.BOOLEAN,
        'newest': types.nullable(
            types.struct(
                {
                    'count': {
                        'type': 'integer',
                        'minimum': 1,
                        'maximum': 1000,
                    },
                    'family': _WORDS,
                },
                'count',
            )
        ),
    }
)

_TRIGGER: dict[str, Schema] = {
    'every': {'type': ['integer', 'null'], 'minimum': 60, 'maximum': _YEAR},
    'cron': types.nullable(_WORD),
    'timezone': _WORD,
    'events': types.BOOLEAN,
}

_OPTIONS: dict[str, Schema] = {
    key: replication.OPTIONS[key]
    for key in (
        'visibility',
        'preserve_id',
        'properties',
        'members',
        'on_conflict',
    )
}

_ON_REMOVED: dict[str, Schema] = {
    'action': types.enum('keep', 'hide', 'deactivate', 'delete'),
    'deselected': types.enum('keep', 'same'),
    'grace': {'type': 'integer', 'minimum': 0, 'maximum': 10 * _YEAR},
    'max_count': _COLUMN,
    'max_percent': {'type': 'integer', 'minimum': 0, 'maximum': 100},
}

_KEEP = types.enum('report', 'restore')


def _words(make: Any) -> dict[str, Schema]:
    """Make the types of what a rule says.

    :param make: makes that of an object of its properties.
    """
    return {
        'name': types.NAME,
        'description': _DESCRIPTION,
        'enabled': types.BOOLEAN,
        'priority': types.enum(*states.PRIORITIES),
        'source_site_id': types.UUID,
        'target_site_ids': replication.SITE_IDS,
        'credential_ids': _list(types.UUID, most=1000),
        'select': _SELECT,
        'trigger': make(_TRIGGER),
        'options': make(_OPTIONS),
        'follow': _list(types.enum(*rules.FOLLOWED)),
        'on_drift': _KEEP,
        'on_missing': _KEEP,
        'on_removed': make(_ON_REMOVED),
        'publish': types.enum('each', 'together'),
        'max_active': {'type': 'integer', 'minimum': 1, 'maximum': 500},
    }


index_request_query = types.index_query(
    ('name', 'created_at', 'updated_at', 'next_execution_at', 'enabled'),
    {
        'name': types.NAME,
        'enabled': types.BOOLEAN,
        'user_id': types.KEYSTONE_ID,
        'project_id': types.KEYSTONE_ID,
        'all_projects': types.BOOLEAN,
    },
)

create_request_body = types.struct(
    _words(types.struct), 'name', 'target_site_ids'
)

update_request_body = types.struct(_words(types.struct)) | {'minProperties': 1}

execute_request_body = types.struct({'dry_run': types.BOOLEAN})

show_response_body = types.answer(
    {
        'id': types.UUID,
        **_words(types.answer),
        'state': types.enum(*states.RULE_STATES),
        'state_detail': types.nullable(types.TEXT),
        'next_execution_at': types.nullable(types.TIME),
        'last_execution': types.nullable(types.answer(execution.BRIEF)),
        'replicas_summary': types.answer(
            dict.fromkeys(('total', *states.REPLICA_STATES), types.COUNT)
        ),
        'generation': types.COUNT,
        'user_id': types.KEYSTONE_ID,
        'project_id': types.KEYSTONE_ID,
        'created_at': types.TIME,
        'updated_at': types.nullable(types.TIME),
    }
)

index_response_body = types.index_answer('rules', show_response_body)
