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

"""Answers about what a replication would do."""

from glint_tempest_plugin.api_schema.v1 import types

_TARGET = types.struct(
    target_site_id=types.UUID,
    action=types.enum('copy', 'adopt', 'conflict', 'blocked'),
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
