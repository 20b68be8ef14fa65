# SPDX-License-Identifier: Apache-2.0

"""Answers about sites."""

from glint_tempest_plugin.api_schema.v1 import types

_SITE = types.struct(
    id=types.UUID,
    name=types.TEXT,
    description=types.nullable(types.TEXT),
    auth_url=types.TEXT,
    region_name=types.nullable(types.TEXT),
    interface=types.enum('public', 'internal', 'admin'),
    ca_cert=types.nullable(types.TEXT),
    enabled=types.BOOLEAN,
    home=types.BOOLEAN,
    shared=types.BOOLEAN,
    project_id=types.nullable(types.KEYSTONE_ID),
    health=types.struct(
        state=types.enum('ok', 'unreachable', 'unknown'),
        checked_at=types.nullable(types.TIME),
        detail=types.nullable(types.TEXT),
    ),
    created_at=types.TIME,
    updated_at=types.nullable(types.TIME),
)

index = types.index('sites', _SITE)
show = types.answer(200, _SITE)
create = types.answer(201, _SITE, location=types.TEXT)
delete = types.NOTHING
