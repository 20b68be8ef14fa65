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
