# SPDX-License-Identifier: Apache-2.0

"""The names of the sites that replications go from and to."""

from django.http import HttpRequest

from glint_dashboard import exception
from glint_dashboard import policy
from glint_dashboard.api import site as api


def names(request: HttpRequest) -> dict[str, str]:
    """Name the sites, also those of other projects for operators."""
    all_projects = policy.allows(request, 'site:all_projects')
    try:
        sites = api.index(request, all_projects)
    except exception.ServiceError:
        # Their ids are shown instead.
        return {}
    return {site['id']: site['name'] for site in sites}
