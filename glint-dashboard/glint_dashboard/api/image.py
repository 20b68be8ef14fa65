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
