# SPDX-License-Identifier: Apache-2.0

"""Calls on sites."""

from typing import Any

from django.http import HttpRequest

from glint_dashboard.api import adapter


def index(
    request: HttpRequest, all_projects: bool = False
) -> list[dict[str, Any]]:
    """List the sites that the project can see, the home site first.

    :param all_projects: list those of all projects, for operators.
    """
    query = {'all_projects': 'true'} if all_projects else {}
    found = adapter.index(
        request, 'sites', sort_key='name', sort_dir='asc', **query
    )
    return sorted(found, key=lambda site: not site['home'])


def get(request: HttpRequest, site_id: str) -> Any:
    return adapter.call(request, 'GET', f'sites/{site_id}')


def create(request: HttpRequest, **values: Any) -> Any:
    return adapter.call(request, 'POST', 'sites', values)


def update(request: HttpRequest, site_id: str, **values: Any) -> Any:
    return adapter.call(request, 'PATCH', f'sites/{site_id}', values)


def delete(request: HttpRequest, site_id: str) -> None:
    """Delete a site and all credentials for it, as the form announces."""
    adapter.call(request, 'DELETE', f'sites/{site_id}')
