# SPDX-License-Identifier: Apache-2.0

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
