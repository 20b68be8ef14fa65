# SPDX-License-Identifier: Apache-2.0

"""Schemas of the call on images."""

from glint import states
from glint.api.schemas import image_copy
from glint.api.schemas import types

_VISIBILITY = types.enum('public', 'private', 'shared', 'community')

#: Hashes and formats, of which sites may have any.
_WORD: types.Schema = {'type': 'string', 'minLength': 1, 'maxLength': 128}

index_request_query = types.index_query(
    ('name', 'size', 'disk_format', 'container_format'),
    {
        'name': types.FOREIGN_NAME,
        'search': types.FOREIGN_NAME,
        'os_hash_algo': _WORD,
        'os_hash_value': _WORD,
        'checksum': _WORD,
        'disk_format': _WORD,
        'container_format': _WORD,
        'site_id': types.UUID,
        'state': types.enum(*states.PRESENCE_STATES),
        'visibility': _VISIBILITY,
        'hidden': types.BOOLEAN,
        'community': types.BOOLEAN,
        'pending': types.BOOLEAN,
        'refresh': types.BOOLEAN,
    },
)

_COPY = types.answer(
    {
        'id': types.UUID,
        'replication_id': types.UUID,
        **{
            key: image_copy.response_body['properties'][key]
            for key in (
                'state',
                'phase',
                'bytes_sent',
                'bytes_total',
                'next_attempt_at',
                'error',
                'waits_for',
            )
        },
        'progress': types.COUNT,
    }
)

_PRESENCE = types.answer(
    {
        'site_id': types.UUID,
        'image_id': types.nullable(types.UUID),
        'state': types.enum(*states.PRESENCE_STATES),
        'name': types.nullable(types.TEXT),
        'visibility': types.nullable(_VISIBILITY),
        'status': types.nullable(types.TEXT),
        'os_hidden': types.nullable(types.BOOLEAN),
        'protected': types.nullable(types.BOOLEAN),
        'owner': types.nullable(types.TEXT),
        'updated_at': types.nullable(types.TIME),
        'copy': types.nullable(_COPY),
    }
)

_IMAGE = types.answer(
    {
        'id': types.UUID,
        'name': types.nullable(types.TEXT),
        'os_hash_algo': types.nullable(types.TEXT),
        'os_hash_value': types.nullable(types.TEXT),
        'checksum': types.nullable(types.TEXT),
        'size': types.nullable(types.COUNT),
        'disk_format': types.nullable(types.TEXT),
        'container_format': types.nullable(types.TEXT),
        'presence': {'type': 'array', 'items': _PRESENCE},
    }
)

_SITE = types.answer(
    {
        'site_id': types.UUID,
        'name': types.TEXT,
        'state': types.enum(*states.LISTING_STATES),
        'listed_at': types.nullable(types.TIME),
        'detail': types.nullable(types.TEXT),
    }
)

index_response_body = types.answer(
    {
        **types.index_answer('images', _IMAGE)['properties'],
        'sites': {'type': 'array', 'items': _SITE},
    }
)
