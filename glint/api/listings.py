# SPDX-License-Identifier: Apache-2.0

"""What the sites of a user were last known to have."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence
import dataclasses
from datetime import datetime
from typing import Any

from oslo_log import log

from glint import conf
from glint import context as glint_context
from glint import exception
from glint import states
from glint.api import slots
from glint.conductor import rpcapi
from glint.db import credential as db_credential
from glint.db import image_listing as db_image_listing
from glint.db import listing
from glint.db import site as db_site
from glint.i18n import _
from glint.order import home
from glint.order import owner as owners

Context = glint_context.RequestContext
Key = db_image_listing.Key
Known = dict[Key, db_image_listing.Listing]

LOG = log.getLogger(__name__)

#: What is listed whatever is asked for, and what only on request.
DEFAULT_SCOPE = 'default'
MORE_SCOPES = ('hidden', 'community', 'pending')

#: For how many seconds at most it is believed that a site does not answer.
_FAILED_MAX_AGE = 30.0

_SILENT = _(
    'The site has not answered yet. It is still being asked; try again in a '
    'moment.'
)
_UNASKED = _(
    'The site was not asked: no conductor answered. Try again later; if this '
    'persists, ask the operator whether glint-conductor runs.'
)


@dataclasses.dataclass
class Place:
    """A site, and what is known of its images.

    :ivar credential: what it is asked with; None if there is none.
    :ivar state: one of ``states.LISTING_STATES``.
    :ivar detail: what is to be known about that.
    :ivar listed_at: when it gave the images, None if it never did.
    """

    site: Any
    credential: Any
    state: str = states.LISTING_UNREACHABLE
    detail: str | None = _SILENT
    listed_at: datetime | None = None


def read(
    context: Context,
    scopes: Collection[str],
    again: bool = False,
    only: Collection[str] | None = None,
) -> list[Place]:
    """Say what is known of the sites that the caller has credentials for.

    Sites that were never asked are waited for; those that were asked long
    ago are asked again meanwhile.

    :param scopes: which images are wanted.
    :param again: whether to ask all sites again, but for those that were
        asked just now, and wait for them.
    :param only: the ids of the sites to ask again, if not all.
    :returns: the home site, then the others by their names.
    :raises TooManyWaiting: if sites are to be asked again, while too many
        requests wait already.
    """
    places = _places(context)
    keys = {
        Key(place.credential.id, scope): place.credential
        for place in places
        if place.credential is not None
        for scope in scopes
    }
    ids = {key.credential_id for key in keys}
    known = db_image_listing.index(context, ids)
    missed = None
    now, later = _due(keys, known)
    if again:
        now += [
            key
            for key, credential in keys.items()
            if (only is None or credential.site_id in only)
            and key not in now
            and _may_be_asked(known[key])
        ]
    try:
        if now and not _refresh(context, now):
            missed = _UNASKED
    except exception.TooManyWaiting:
        if again:
            raise
        later, now = [*now, *later], []
    later = [key for key in later if key not in now]
    if later:
        rpcapi.ConductorAPI().list_images(context, later, 0)
    if now:
        known = db_image_listing.index(context, ids)
    for place in places:
        _fill(place, scopes, known, missed)
    return places


def images(
    context: Context, places: Sequence[Place], scopes: Collection[str]
) -> Iterator[tuple[str, Iterator[db_image_listing.Image]]]:
    """Read the images of all places, one answer after the other."""
    for place in places:
        if place.credential is not None:
            yield (place.site.id, _images(context, place, scopes))


def _images(
    context: Context, place: Place, scopes: Collection[str]
) -> Iterator[db_image_listing.Image]:
    """Read the images of one place, each of them once."""
    read = [
        db_image_listing.images(context, Key(place.credential.id, scope))
        for scope in scopes
    ]
    return _once(read) if len(read) > 1 else read[0]


def _once(
    read: Iterable[Iterable[db_image_listing.Image]],
) -> Iterator[db_image_listing.Image]:
    seen: set[str] = set()
    for images_ in read:
        for image in images_:
            if image.id not in seen:
                yield image
                seen.add(image.id)


def _places(context: Context) -> list[Place]:
    """Find the sites, and the credentials as copies would use them."""
    owner = owners.caller(context)
    problem = _prepare_home(context)
    credentials = db_credential.choose_all(context, *owner)
    page = listing.Page(
        filters={'enabled': True}, sort_key='name', sort_dir='asc'
    )
    places = [
        Place(site, credentials.get(site.id))
        for site in db_site.index(context, owner.project_id, page)
        if site.home or site.id in credentials
    ]
    places.sort(key=lambda place: not place.site.home)
    for place in places:
        if place.site.home and problem is not None:
            place.state, place.detail = problem
    return places


def _prepare_home(context: Context) -> tuple[str, str] | None:
    """Make a trust for the home site if there is none.

    :returns: what speaks against it.
    """
    try:
        home.credential_for_home(context)
    except exception.TrustRefused as e:
        return states.LISTING_UNAUTHORIZED, str(e)
    except exception.HomeUnavailable as e:
        return states.LISTING_UNREACHABLE, str(e)
    return None


def _due(keys: dict[Key, Any], known: Known) -> tuple[list[Key], list[Key]]:
    """Say which sites to ask: those to wait for, and the others."""
    now, later = [], []
    for key, credential in keys.items():
        found = known.get(key)
        if found is None or _is_mended(found, credential):
            now.append(key)
        elif found.age.total_seconds() >= _max_age(found):
            later.append(key)
    return now, later


def _max_age(found: db_image_listing.Listing) -> float:
    """Say after which time a site is asked again, in seconds.

    One that did not answer is asked sooner: it may be back already.
    """
    longest = float(conf.CONF.api.listing_max_age)
    if found.state == states.LISTING_UNREACHABLE:
        return min(longest, _FAILED_MAX_AGE)
    return longest


def _may_be_asked(found: db_image_listing.Listing) -> bool:
    """Say whether a site may be asked again because a user wants it.

    Or one user could keep conductors and sites busy with full listings.
    """
    return bool(found.age.total_seconds() >= conf.CONF.api.listing_min_age)


def _is_mended(found: db_image_listing.Listing, credential: Any) -> bool:
    """Say whether the credential worked after it did not list images."""
    return bool(
        found.state != states.LISTING_OK
        and credential.state == states.CREDENTIAL_OK
        and credential.checked_at is not None
        and credential.checked_at > found.asked_at
    )


def _refresh(context: Context, keys: Sequence[Key]) -> bool:
    """:returns: whether a conductor answered."""
    try:
        with slots.slot(context.project_id):
            rpcapi.ConductorAPI().list_images(
                context, keys, conf.CONF.api.listing_wait
            )
    except exception.ConductorUnavailable:
        return False
    return True


def _fill(
    place: Place, scopes: Collection[str], known: Known, missed: str | None
) -> None:
    """Put together what is known of a place."""
    if place.credential is None:
        return
    found = [known.get(Key(place.credential.id, scope)) for scope in scopes]
    listings = [one for one in found if one is not None]
    if len(listings) < len(found):
        place.detail = missed or _SILENT
    else:
        place.state, place.detail = states.LISTING_OK, None
    for one in listings:
        if one.state != states.LISTING_OK:
            place.state = one.state
        if one.detail is not None:
            place.detail = one.detail
    moments = [one.listed_at for one in found if one and one.listed_at]
    if len(moments) == len(found):
        place.listed_at = min(moments)
