# SPDX-License-Identifier: Apache-2.0

"""Schemas of the version documents."""

from glint.api.schemas import types

_LINK = types.answer({'rel': types.enum('self'), 'href': types.TEXT})

_VERSION = types.answer(
    {
        'id': types.TEXT,
        'status': types.enum('CURRENT'),
        'min_version': types.TEXT,
        'version': types.TEXT,
        'links': {'type': 'array', 'items': _LINK},
    }
)

index_response_body = types.answer(
    {'versions': {'type': 'array', 'items': _VERSION}}
)

show_response_body = types.answer({'version': _VERSION})
