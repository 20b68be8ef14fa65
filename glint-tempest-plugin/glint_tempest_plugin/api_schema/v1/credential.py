# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

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
