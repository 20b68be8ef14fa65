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

"""How sites look in answers."""

from typing import Any

from glint.api.views import moment


def view(site: Any) -> dict[str, Any]:
    """:param site: a row of the table of sites."""
    return {
        'id': site.id,
        'name': site.name,
        'description': site.description,
        'auth_url': site.auth_url,
        'region_name': site.region_name,
        'interface': site.interface,
        'ca_cert': site.ca_cert,
        'enabled': site.enabled,
        'home': site.home,
        'shared': site.shared,
        # The home site belongs to nobody.
        'project_id': site.project_id or None,
        'health': {
            'state': site.health_state,
            'checked_at': moment.view(site.health_checked_at),
            'detail': site.health_detail,
        },
        'created_at': moment.view(site.created_at),
        'updated_at': moment.view(site.updated_at),
    }
