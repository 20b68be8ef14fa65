# SPDX-License-Identifier: Apache-2.0

"""Types that the schemas of several resources use."""

from collections.abc import Sequence
from typing import Any

Schema = dict[str, Any]

UUID: Schema = {
    'type': 'string',
    'pattern': r'^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\Z',
}

#: What moves a terminal's cursor, ends a line, or turns its direction so that
#: the eye reads another name than there is.
_CONTROL = r'\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069'

#: A line of text with something in it.
NAME: Schema = {
    'type': 'string',
    'minLength': 1,
    'maxLength': 255,
    'pattern': rf'^[^{_CONTROL}]*[^\s{_CONTROL}][^{_CONTROL}]*\Z',
}

#: The name of an image, which its cloud may have given any characters.
FOREIGN_NAME: Schema = {
    'type': 'string',
    'minLength': 1,
    'maxLength': 255,
    'pattern': r'^[^\x00]*\Z',
}

#: Keystone's ids are up to 64 characters long.
KEYSTONE_ID: Schema = {'type': 'string', 'minLength': 1, 'maxLength': 64}

BOOLEAN: Schema = {'type': 'boolean'}

TIME: Schema = {
    'type': 'string',
    'pattern': r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z\Z',
}

TEXT: Schema = {'type': 'string'}

COUNT: Schema = {'type': 'integer', 'minimum': 0}


def nullable(schema: Schema) -> Schema:
    """Let a value be null as well."""
    result = {**schema, 'type': [schema['type'], 'null']}
    if 'enum' in schema:
        result['enum'] = [*schema['enum'], None]
    return result


def enum(*values: str) -> Schema:
    """Make the type of one word out of several."""
    return {'type': 'string', 'enum': list(values)}


def struct(properties: dict[str, Schema], *required: str) -> Schema:
    """Make the type of an object with these keys and no others.

    :param properties: the keys and their types.
    :param required: the keys that must be there.
    """
    return {
        'type': 'object',
        'properties': properties,
        'required': list(required),
        'additionalProperties': False,
    }


def answer(properties: dict[str, Schema]) -> Schema:
    """Make the type of an answer: all keys are always there."""
    return struct(properties, *properties)


def index_query(
    sort_keys: Sequence[str], filters: dict[str, Schema]
) -> Schema:
    """Make the type of the query of a list.

    :param sort_keys: what the list can be sorted by.
    :param filters: the fields that it can be filtered by.
    """
    return struct(
        {
            'limit': {'type': 'integer', 'minimum': 1},
            'marker': UUID,
            'sort_key': enum(*sort_keys),
            'sort_dir': enum('asc', 'desc'),
            **filters,
        }
    )


def index_answer(name: str, item: Schema) -> Schema:
    """Make the type of the answer to a list."""
    link = answer({'rel': enum('next'), 'href': TEXT})
    return answer(
        {
            name: {'type': 'array', 'items': item},
            'links': {'type': 'array', 'items': link, 'maxItems': 1},
        }
    )
