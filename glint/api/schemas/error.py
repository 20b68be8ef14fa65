# SPDX-License-Identifier: Apache-2.0

"""The schema of an answer that tells of an error."""

from glint.api.schemas import types

_ERROR = types.struct(
    {
        'status': {'type': 'integer', 'minimum': 400, 'maximum': 599},
        'code': {
            'type': 'string',
            'pattern': r'^image-replication\.[a-z0-9_.]+\Z',
        },
        'title': types.TEXT,
        'detail': types.TEXT,
        'request_id': types.TEXT,
        'links': {'type': 'array', 'maxItems': 0},
        # Of a version that is not supported only.
        'min_version': types.TEXT,
        'max_version': types.TEXT,
        # Of a quota that is exceeded only.
        'resource': types.TEXT,
        'limit': types.COUNT,
        'used': types.COUNT,
        'requested': types.COUNT,
    },
    'status',
    'code',
    'title',
    'detail',
    'request_id',
    'links',
)

response_body = types.answer(
    {'errors': {'type': 'array', 'items': _ERROR, 'minItems': 1}}
)
