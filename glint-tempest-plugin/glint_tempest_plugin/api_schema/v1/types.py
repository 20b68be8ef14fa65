# SPDX-License-Identifier: Apache-2.0

"""Types that the answers of several resources use."""

from typing import Any

Schema = dict[str, Any]

TEXT: Schema = {'type': 'string'}
BOOLEAN: Schema = {'type': 'boolean'}
COUNT: Schema = {'type': 'integer', 'minimum': 0}
KEYSTONE_ID: Schema = {'type': 'string', 'minLength': 1, 'maxLength': 64}
UUID: Schema = {
    'type': 'string',
    'pattern': '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$',
}
TIME: Schema = {
    'type': 'string',
    'pattern': r'^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$',
}


def nullable(schema: Schema) -> Schema:
    """Let a value be null as well."""
    return {'anyOf': [schema, {'type': 'null'}]}


def enum(*values: str) -> Schema:
    """Make the type of one word out of several."""
    return {'type': 'string', 'enum': list(values)}


def listed(items: Schema) -> Schema:
    """Make the type of a list."""
    return {'type': 'array', 'items': items}


def struct(**properties: Schema) -> Schema:
    """Make the type of an object with exactly these keys."""
    return {
        'type': 'object',
        'properties': properties,
        'required': list(properties),
        'additionalProperties': False,
    }


def answer(status: int, body: Schema, **headers: Schema) -> Schema:
    """Make the type of an answer, as Tempest's clients check it."""
    schema = {'status_code': [status], 'response_body': body}
    if headers:
        schema['response_header'] = {
            'type': 'object',
            'properties': headers,
            'required': list(headers),
        }
    return schema


def index(name: str, item: Schema, **more: Schema) -> Schema:
    """Make the type of the answer to a list."""
    links = listed(struct(rel=enum('next'), href=TEXT))
    return answer(200, struct(**{name: listed(item), 'links': links, **more}))


#: The answer to a deletion.
NOTHING: Schema = {'status_code': [204]}
