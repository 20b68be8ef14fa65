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

"""How credentials look in answers: without their secrets."""

from typing import Any

from glint.api.views import moment


def view(credential: Any) -> dict[str, Any]:
    """:param credential: a row of the table of credentials."""
    return {
        'id': credential.id,
        'site_id': credential.site_id,
        'name': credential.name,
        'auth_type': credential.auth_type,
        'shared': credential.shared,
        'state': credential.state,
        'checked_at': moment.view(credential.checked_at),
        'detail': credential.detail,
        'expires_at': moment.view(credential.expires_at),
        'user_id': credential.user_id,
        'project_id': credential.project_id,
        'created_at': moment.view(credential.created_at),
    }
