# SPDX-License-Identifier: Apache-2.0

"""All images of a site, of whose answers nothing is taken on trust."""

from collections.abc import Iterator
import dataclasses
import itertools
import re
from typing import Any
import urllib.parse

from glint.image import failure
from glint.image import glance
from glint.image import images
from glint.image import query as queries
from glint.image import record as records
from glint.image import session as sessions
from glint.image import text

#: What Glance is asked for: from each scope to the filters that select it.
SCOPES: dict[str, dict[str, str]] = {
    'default': {},
    'hidden': {'os_hidden': 'true'},
    'community': {'visibility': 'community'},
    'pending': {'visibility': 'shared', 'member_status': 'pending'},
}

#: What Glance gives at most in one answer.
_PAGE = 1000
#: Sites give 25 images a page by default; less than these are no use.
_LEAST_PAGE = 10

_UUID = re.compile('[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')
_MD5 = re.compile('[0-9a-f]{32}')
_DIGEST = re.compile('[0-9a-f]{16,128}')
_TIME = re.compile(r'\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ')

#: Images in other states are gone.
_STATUSES = frozenset(
    ('active', 'deactivated', 'importing', 'queued', 'saving', 'uploading')
)
#: A refused upload leaves an image that has a hash and no data.
_WITH_DATA = frozenset(('active', 'deactivated'))
_VISIBILITIES = frozenset(('community', 'private', 'public', 'shared'))
_MAX_SIZE = 2**63 - 1


@dataclasses.dataclass(frozen=True)
class Listing:
    """What a site answered.

    :ivar images: their records, with nothing in them but what is checked.
    :ivar complete: whether the site has no more of them.
    """

    images: list[images.Record]
    complete: bool


def read(session: sessions.SiteSession, scope: str, limit: int) -> Listing:
    """List the images of a site, the newest first.

    :param scope: which of them, a key of :data:`SCOPES`
    :param limit: how many at most
    :raises SiteFailure: when the site does not answer as it should
    """
    try:
        return _read(session, scope, limit)
    except failure.SiteFailure as e:
        if e.call != 'list' or e.http_status not in (400, 404):
            raise
    # The last image of a page was deleted before the next page was asked.
    return _read(session, scope, limit)


def _read(session: sessions.SiteSession, scope: str, limit: int) -> Listing:
    found: dict[str, images.Record] = {}
    for page in _pages(session, scope, limit):
        for record in page:
            checked = _checked(record)
            if checked is not None:
                if len(found) == limit and checked['id'] not in found:
                    return Listing(list(found.values()), complete=False)
                found[checked['id']] = checked
    return Listing(list(found.values()), complete=True)


def read_whole(session: sessions.SiteSession, limit: int) -> Listing:
    """List the images of a site with all that their records have.

    A record that is not as it has to be is left out, and the listing is not
    complete then: nobody may take the image for gone.

    :param limit: how many at most, of those that are hidden as of the others
    :raises SiteFailure: when the site does not answer as it should
    """
    found: dict[str, images.Record] = {}
    complete = True
    for scope in ('default', 'hidden'):
        count = 0
        for record in _all(session, scope, limit):
            count += 1
            checked = images.checked(record)
            if checked is None or count > limit:
                complete = False
            else:
                found[checked['id']] = checked
    return Listing(list(found.values()), complete)


def _all(
    session: sessions.SiteSession, scope: str, limit: int
) -> Iterator[Any]:
    """Give the records of all pages, up to one more than the limit."""
    records_ = (r for page in _pages(session, scope, limit) for r in page)
    return itertools.islice(records_, limit + 1)


def _pages(
    session: sessions.SiteSession, scope: str, limit: int
) -> Iterator[list[Any]]:
    """Ask for one page after the other.

    The address that an answer names as the next is not followed: only which
    image comes before it is taken.
    """
    query = {'limit': str(min(_PAGE, limit + 1)), **SCOPES[scope]}
    markers: set[str] = set()
    while True:
        with glance.client(session, 'list') as client:
            _answer, body = client.http_client.get(queries.path(**query))
        if not isinstance(body.get('images'), list):
            raise session.failure('list', 'garbled')
        yield body['images']
        if not body.get('next'):
            return
        marker = _marker(body['next'])
        if marker in markers or len(markers) > limit // _LEAST_PAGE:
            raise session.failure(
                'list', 'garbled', said='its pages do not come to an end'
            )
        if marker is None:
            raise session.failure('list', 'garbled')
        markers.add(marker)
        query['marker'] = marker


def _marker(link: Any) -> str | None:
    try:
        query = urllib.parse.urlsplit(link).query
        [marker] = urllib.parse.parse_qs(query)['marker']
    except (AttributeError, KeyError, TypeError, ValueError):
        return None
    return marker if _UUID.fullmatch(marker) else None


def _checked(record: Any) -> images.Record | None:
    """Take from a record what is as it should be.

    :returns: the fields that are wanted, None in place of those that are
        wrong; None if it is no image, or one that is gone.
    """
    if not isinstance(record, dict):
        return None
    image_id = _matching(record.get('id'), _UUID)
    status = _one_of(record.get('status'), _STATUSES)
    if image_id is None or status is None:
        return None
    checked: images.Record = {
        'id': image_id,
        'name': _text(record.get('name'), 255),
        'status': status,
        'visibility': _one_of(record.get('visibility'), _VISIBILITIES),
        'os_hidden': record.get('os_hidden') is True,
        'protected': record.get('protected') is True,
        'owner': _text(record.get('owner'), 255),
        'size': _size(record.get('size')),
        'disk_format': _text(record.get('disk_format'), 64),
        'container_format': _text(record.get('container_format'), 64),
        'checksum': None,
        'content': None,
        'updated_at': _moment(record.get('updated_at')),
    }
    if status in _WITH_DATA:
        checked['checksum'] = _matching(record.get('checksum'), _MD5)
        checked['content'] = records.content(
            {
                'checksum': checked['checksum'],
                'os_hash_algo': record.get('os_hash_algo'),
                'os_hash_value': _matching(
                    record.get('os_hash_value'), _DIGEST
                ),
            }
        )
    return checked


def _one_of(value: Any, known: frozenset[str]) -> str | None:
    return value if isinstance(value, str) and value in known else None


def _text(value: Any, length: int) -> str | None:
    if not isinstance(value, str) or not value or len(value) > length:
        return None
    return text.mended(value)


def _matching(value: Any, pattern: re.Pattern[str]) -> str | None:
    if isinstance(value, str) and pattern.fullmatch(value.lower()):
        return value.lower()
    return None


def _moment(value: Any) -> str | None:
    return value if isinstance(value, str) and _TIME.fullmatch(value) else None


def _size(value: Any) -> int | None:
    if type(value) is int and 0 <= value <= _MAX_SIZE:
        return value
    return None
