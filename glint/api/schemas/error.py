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

"""The schema of an answer that tells of an error."""

from glint.api.schemas import types

_ERROR = types.struct(
    {
        'status': {'type': 'integer', 'minimum': 400, 'maximum': 599},
        'code': {
            'type': 'string',
            'pattern': r'^image-replication\.[a-z0-9_.]+\Z',
        },
        'title': types.TEXT,
        'detail': types.TEXT,
        'request_id': types.TEXT,
        'links': {'type': 'array', 'maxItems': 0},
        # Of a version that is not supported only.
        'min_version': types.TEXT,
        'max_version': types.TEXT,
        # Of a quota that is exceeded only.
        'resource': types.TEXT,
        'limit': types.COUNT,
        'used': types.COUNT,
        'requested': types.COUNT,
    },
    'status',
    'code',
    'title',
    'detail',
    'request_id',
    'links',
)

response_body = types.answer(
    {'errors': {'type': 'array', 'items': _ERROR, 'minItems': 1}}
)
