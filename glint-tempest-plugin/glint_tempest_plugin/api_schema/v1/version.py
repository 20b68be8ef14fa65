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

"""Answers about versions."""

from glint_tempest_plugin.api_schema.v1 import types

_MICROVERSION = {'type': 'string', 'pattern': r'^\d+\.\d+$'}
_VERSION = types.struct(
    id={'type': 'string', 'pattern': r'^v\d+\.\d+$'},
    status=types.enum('CURRENT', 'SUPPORTED', 'DEPRECATED', 'EXPERIMENTAL'),
    min_version=_MICROVERSION,
    version=_MICROVERSION,
    links=types.listed(types.struct(rel=types.enum('self'), href=types.TEXT)),
)

index = types.answer(200, types.struct(versions=types.listed(_VERSION)))
show = types.answer(200, types.struct(version=_VERSION))
