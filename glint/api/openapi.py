# SPDX-License-Identifier: Apache-2.0

"""The API as an OpenAPI 3.1 document, drawn from what answers its calls.

Nothing is written twice: the addresses are the table of the root controller,
the schemas those that its methods check by, the descriptions those of the
policies. ``tox -e openapi`` writes the document.
"""

from collections.abc import Callable
import re
from typing import Any

from glint import policies
from glint import version
from glint.api import microversion
from glint.api import validation
from glint.api.controllers import root
from glint.api.schemas import error as errors
from glint.api.schemas import types

Handler = Callable[..., Any]
Schema = dict[str, Any]

_SECURITY = 'keystone'


def document() -> Schema:
    """Describe all calls of the API.

    :returns: an OpenAPI document that can be written as JSON.
    """
    summaries = _summaries()
    described: Schema = {
        'openapi': '3.1.1',
        'info': {
            'title': 'Image Replication API',
            'version': microversion.VERSIONS[-1],
            'x-release': version.version_info.release_string(),
            'license': {
                'name': 'Apache 2.0',
                'identifier': 'Apache-2.0',
            },
        },
        'security': [{_SECURITY: []}],
        'paths': {
            path: {
                'parameters': [_in_path(name) for name in _names(path)],
                **{
                    method.lower(): _operation(
                        path, method, handler, summaries
                    )
                    for method, handler in methods.items()
                },
            }
            for path, methods in root.ROUTES.items()
        },
        'components': {
            'securitySchemes': {
                _SECURITY: {
                    'type': 'apiKey',
                    'in': 'header',
                    'name': 'X-Auth-Token',
                }
            }
        },
    }
    portable: Schema = _portable(described)
    return portable


def _summaries() -> dict[tuple[str, str], str]:
    """:returns: what a call does, from its method and path.

    Several rules can name one call; the first of them is about the call
    itself, the others about what else it may do.
    """
    found: dict[tuple[str, str], str] = {}
    for rule in policies.list_rules():
        for operation in getattr(rule, 'operations', ()):
            call = operation['method'], operation['path']
            found.setdefault(call, rule.description or '')
    return found


def _operation(
    path: str,
    method: str,
    handler: Handler,
    summaries: dict[tuple[str, str], str],
) -> Schema:
    call = _call(handler)
    operation: Schema = {
        'operationId': _operation_id(handler),
        'summary': summaries.get(
            (method, path), 'Show what versions there are.'
        ),
        'parameters': [*_version(path), *_parameters(call.query)],
        'responses': _responses(path, method, handler),
    }
    if call.body is not None:
        operation['requestBody'] = {
            'required': True,
            'content': {'application/json': {'schema': call.body}},
        }
    if path in root.PUBLIC:
        operation['security'] = []
    return operation


def _call(handler: Handler) -> validation.Call:
    call: validation.Call = handler.call  # type: ignore[attr-defined]
    return call


def _responses(path: str, method: str, handler: Handler) -> Schema:
    answer = _call(handler).answer
    status = str(handler.status)  # type: ignore[attr-defined]
    error = _answer('What is wrong, and what to do.', errors.response_body)
    found: Schema = {'4XX': error, '5XX': error}
    if answer is None:
        return {status: {'description': 'Success, without a body.'}, **found}
    if 'oneOf' in answer:
        answer, other = answer['oneOf']
        found['200'] = _answer('Nothing was changed.', other)
    found[status] = _answer('Success.', answer)
    if method == 'POST':
        found[status]['links'] = _links(path, answer)
    return found


def _answer(description: str, schema: Schema) -> Schema:
    return {
        'description': description,
        'content': {'application/json': {'schema': schema}},
    }


def _operation_id(handler: Handler) -> str:
    """:returns: what generated clients call it, as ``sites_create``."""
    return handler.__qualname__.replace('Controller.', '_').lower()


def _links(path: str, answer: Schema) -> Schema:
    """Say which calls take the id of what was made.

    :param path: of the collection that it was made in.
    :param answer: the schema of what was made.
    """
    found: Schema = {}
    for below, methods in root.ROUTES.items():
        names = _names(below)
        if not below.startswith(f'{path}/{{'):
            continue
        values = ['$response.body#/id', '$response.body#/copies/0/id']
        if len(names) > 1 and 'copies' not in answer['properties']:
            continue
        for handler in methods.values():
            called = _operation_id(handler)
            found[called] = {
                'operationId': called,
                'parameters': dict(zip(names, values, strict=False)),
            }
    return found


def _names(path: str) -> list[str]:
    return re.findall(r'{(\w+)}', path)


def _in_path(name: str) -> Schema:
    return {
        'name': name,
        'in': 'path',
        'required': True,
        'schema': types.UUID,
    }


def _version(path: str) -> list[Schema]:
    """Name the header without which an address is not there."""
    since = root.since(path)
    if since == microversion.VERSIONS[0]:
        return []
    return [
        {
            'name': 'OpenStack-API-Version',
            'in': 'header',
            'required': True,
            'schema': types.enum(f'{microversion.SERVICE_TYPE} {since}'),
        }
    ]


def _parameters(query: Schema | None) -> list[Schema]:
    if query is None:
        return []
    return [
        {
            'name': name,
            'in': 'query',
            'required': name in query['required'],
            'schema': schema,
        }
        for name, schema in query['properties'].items()
    ]


def _portable(value: Any) -> Any:
    r"""Write the patterns in the dialect of JSON schemas.

    Python's ``$`` matches before a last line feed as well, so the schemas
    end with ``\Z``; ECMA 262 has only ``$``, which is as strict.
    """
    if isinstance(value, dict):
        return {
            key: item.replace(r'\Z', '$')
            if key == 'pattern' and isinstance(item, str)
            else _portable(item)
            for key, item in value.items()
        }
    if isinstance(value, (list, tuple)):
        return [_portable(item) for item in value]
    return value
