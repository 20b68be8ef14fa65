# SPDX-License-Identifier: Apache-2.0

"""Answers about the images at all sites."""

from glint_tempest_plugin.api_schema.v1 import image_copy
from glint_tempest_plugin.api_schema.v1 import types

_COPY = types.struct(
    id=types.UUID,
    replication_id=types.UUID,
    state=image_copy.STATE,
    phase=types.nullable(types.TEXT),
    bytes_sent=types.COUNT,
    bytes_total=types.nullable(types.COUNT),
    progress={'type': 'integer', 'minimum': 0, 'maximum': 100},
    next_attempt_at=types.nullable(types.TIME),
    error=types.nullable(image_copy.ERROR),
    waits_for=types.listed(image_copy.WAIT),
)
_PRESENCE = types.struct(
    site_id=types.UUID,
    image_id=types.nullable(types.UUID),
    state=types.enum(
        'in_sync', 'differs', 'missing', 'copying', 'unverifiable'
    ),
    name=types.nullable(types.TEXT),
    visibility=types.nullable(types.TEXT),
    status=types.nullable(types.TEXT),
    os_hidden=types.nullable(types.BOOLEAN),
    protected=types.nullable(types.BOOLEAN),
    owner=types.nullable(types.TEXT),
    updated_at=types.nullable(types.TIME),
    copy=types.nullable(_COPY),
)
_IMAGE = types.struct(
    id=types.UUID,
    name=types.nullable(types.TEXT),
    os_hash_algo=types.nullable(types.TEXT),
    os_hash_value=types.nullable(types.TEXT),
    checksum=types.nullable(types.TEXT),
    size=types.nullable(types.COUNT),
    disk_format=types.nullable(types.TEXT),
    container_format=types.nullable(types.TEXT),
    presence=types.listed(_PRESENCE),
)
_SITE = types.struct(
    site_id=types.UUID,
    name=types.TEXT,
    state=types.enum('ok', 'unreachable', 'unauthorized'),
    listed_at=types.nullable(types.TIME),
    detail=types.nullable(types.TEXT),
)

index = types.index('images', _IMAGE, sites=types.listed(_SITE))
