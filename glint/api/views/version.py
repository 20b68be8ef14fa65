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

"""How the version of the API looks in answers."""

from typing import Any

from glint.api import microversion


def view(base_url: str) -> dict[str, Any]:
    """Describe the version as clients of OpenStack look it up.

    :param base_url: the address of the API, without a version.
    """
    # Apache hands on the slash that may end a request for the prefix alone.
    base_url = base_url.rstrip('/')
    return {
        'id': 'v1.0',
        'status': 'CURRENT',
        'min_version': microversion.VERSIONS[0],
        'version': microversion.VERSIONS[-1],
        'links': [{'rel': 'self', 'href': f'{base_url}/v1/'}],
    }
