# SPDX-License-Identifier: Apache-2.0

"""Schema of a plan, the answer to a dry run."""

from glint.api.schemas import types

_TEXTS: types.Schema = {'type': 'array', 'items': types.TEXT}

_TARGET = types.answer(
    {
        'target_site_id': types.UUID,
        'action': types.enum('copy', 'adopt', 'skip', 'conflict', 'blocked'),
        'target_image_id': types.nullable(types.TEXT),
        'bytes': types.nullable(types.COUNT),
        'reasons': _TEXTS,
        'notes': _TEXTS,
    }
)

show_response_body = types.answer(
    {
        'image_id': types.UUID,
        'image_name': types.nullable(types.TEXT),
        'size': types.nullable(types.COUNT),
        'source_site_id': types.UUID,
        'targets': {'type': 'array', 'items': _TARGET},
    }
)
