# SPDX-License-Identifier: Apache-2.0

"""Answers about what a replication would do."""

from glint_tempest_plugin.api_schema.v1 import types

_TARGET = types.struct(
    target_site_id=types.UUID,
    action=types.enum('copy', 'adopt', 'skip', 'conflict', 'blocked'),
    target_image_id=types.nullable(types.UUID),
    bytes=types.nullable(types.COUNT),
    reasons=types.listed(types.TEXT),
    notes=types.listed(types.TEXT),
)

show = types.answer(
    200,
    types.struct(
        image_id=types.UUID,
        image_name=types.nullable(types.TEXT),
        size=types.nullable(types.COUNT),
        source_site_id=types.UUID,
        targets=types.listed(_TARGET),
    ),
)
