# SPDX-License-Identifier: Apache-2.0

"""The call on images."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
import contextlib
from datetime import datetime
from datetime import timedelta
import gc
import threading
from typing import Any

from oslo_utils import timeutils
import pecan

from glint import context as glint_context
from glint import exception
from glint import policy
from glint import states
from glint.api import expose
from glint.api import listings
from glint.api import pagination
from glint.api.schemas import image as schemas
from glint.api.views import image as views
from glint.db import image_copy as db_image_copy
from glint.db import listing
from glint.db.queue import waiting
from glint.inventory import content
from glint.inventory import matrix
from glint.policies import image as policies

Context = glint_context.RequestContext

#: Arguments that say what to list, and not which of it.
_ASKING = (*listings.MORE_SCOPES, 'refresh')
#: For how long at least a copy that failed is shown.
_MEMORY = timedelta(days=1)

#: One is made at a time in a process: together they take no less time, but
#: each needs memory for all images of all sites.
_turn = threading.Lock()


class ImagesController:
    """``/v1/images``."""

    @expose.expose(
        query=schemas.index_request_query, answer=schemas.index_response_body
    )
    def index(self, query: dict[str, Any]) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.LIST)
        # The next page is of the same answers.
        again = query.pop('refresh', False)
        scopes = _scopes(query)
        only = [query['site_id']] if 'site_id' in query else None
        if 'state' in query:
            # What a site lacks, say, the others tell.
            only = None
        places = listings.read(context, scopes, again, only)
        made = _matrix(context, places, scopes)
        # One that has just failed to answer is not waited for each time.
        outdated = made.outdated & {
            place.site.id
            for place in places
            if place.state == states.LISTING_OK
        }
        if outdated and not again and 'marker' not in query:
            with contextlib.suppress(exception.TooManyWaiting):
                places = listings.read(context, scopes, True, outdated)
                made = _matrix(context, places, scopes)
        rows = made.page(_page(query))
        waits = _waits(context, rows)
        answer = pagination.answer(
            'images', rows, query, lambda row: views.view(row, waits)
        )
        return {**answer, 'sites': [views.site(place) for place in places]}


def _waits(
    context: Context, rows: Iterable[content.Row]
) -> dict[str, list[waiting.Wait]]:
    """:returns: why the queued copies in rows wait, by their ids."""
    queued = {
        cell.copy.id
        for row in rows
        for cell in row.cells
        if cell.copy and cell.copy.state == states.QUEUED
    }
    return waiting.read(context, queued, count=False)


def _scopes(query: dict[str, Any]) -> list[str]:
    more = [scope for scope in listings.MORE_SCOPES if query.get(scope)]
    return [listings.DEFAULT_SCOPE, *more]


def _page(query: dict[str, Any]) -> listing.Page:
    rest = {key: query[key] for key in query if key not in _ASKING}
    return pagination.wanted({'sort_key': 'name', 'sort_dir': 'asc', **rest})


def _matrix(
    context: Context,
    places: Collection[listings.Place],
    scopes: Collection[str],
) -> matrix.Matrix:
    sites = [
        content.Site(
            place.site.id,
            place.credential.id if place.credential else None,
            place.listed_at,
        )
        for place in places
    ]
    copies = db_image_copy.recent(
        context, str(context.project_id), _since(places)
    )
    with _turn, _uncollected():
        images = listings.images(context, list(places), scopes)
        return matrix.Matrix(sites, images, copies)


@contextlib.contextmanager
def _uncollected() -> Iterator[None]:
    """Do without a search for garbage in cycles.

    Most objects of a matrix stay until it is made, and none is in a cycle:
    to look at 100,000 of them again and again took a third of the time.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _since(places: Collection[listings.Place]) -> datetime:
    """Say how far back copies matter: to when the sites were listed."""
    moments = [place.listed_at for place in places if place.listed_at]
    return min([*moments, timeutils.utcnow() - _MEMORY])
