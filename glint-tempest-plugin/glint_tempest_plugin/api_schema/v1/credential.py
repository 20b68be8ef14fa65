# SPDX-License-Identifier: Apache-2.0

"""Answers about credentials, which have no secrets."""

from glint_tempest_plugin.api_schema.v1 import types

_CREDENTIAL = types.struct(
    id=types.UUID,
    site_id=types.UUID,
    name=types.TEXT,
    auth_type=types.enum(
        'v3applicationcredential',
        'v3password',
        'v3oidcclientcredentials',
        'trust',
    ),
    shared=types.BOOLEAN,
    state=types.enum('ok', 'unauthorized', 'unreachable', 'unknown'),
    checked_at=types.nullable(types.TIME),
    detail=types.nullable(types.TEXT),
    expires_at=types.nullable(types.TIME),
    user_id=types.KEYSTONE_ID,
    project_id=types.KEYSTONE_ID,
    created_at=types.TIME,
)

index = types.index('credentials', _CREDENTIAL)
show = types.answer(200, _CREDENTIAL)
create = types.answer(201, _CREDENTIAL, location=types.TEXT)
delete = types.NOTHING
