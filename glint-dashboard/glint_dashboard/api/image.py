# SPDX-License-Identifier: Apache-2.0

"""The matrix: which image is at which site."""

from typing import Any

from django.http import HttpRequest

from glint_dashboard.api import adapter

# As much as the service gives at a time, for it compares all for each page.
_PAGE = 1000


def index(
    request: HttpRequest, refresh: bool = False, **query: Any
) -> dict[str, Any]:
    """Show the images of all sites that the user has credentials for.

    All pages are asked for: a search is for a part of a name, which is more
    than the service's filters do.

    :param refresh: ask the sites again, instead of showing what they had
        when they were asked last.
    :param query: filters of the service.
    :returns: ``images`` and ``sites``.
    """
    images: list[dict[str, Any]] = []
    again = 'true' if refresh else None
    while True:
        answer = adapter.call(
            request,
            'GET',
            'images',
            limit=_PAGE,
            marker=images[-1]['id'] if images else None,
            refresh=again,
            **query,
        )
        images += answer['images']
        again = None
        if not answer['links']:
            return {'images': images, 'sites': answer['sites']}
