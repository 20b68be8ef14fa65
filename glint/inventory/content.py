# SPDX-License-Identifier: Apache-2.0

"""What a row of the matrix is about: data that is at some sites."""

from collections.abc import Callable
from collections.abc import Sequence
import dataclasses
from datetime import datetime
import hashlib
import heapq
import operator
from typing import Any
from typing import NamedTuple

from glint import exception
from glint.db import image_copy as db_image_copy
from glint.db import image_listing as db_image_listing
from glint.db import listing
from glint.i18n import _

Copy = db_image_copy.Recent
Kind = db_image_listing.Kind


#: How the keys of contents without a hash begin.
_UNVERIFIED = {'name', 'image'}


class Site(NamedTuple):
    """A site that images are looked for at.

    :ivar credential_id: what it is asked with.
    :ivar listed_at: when it gave the images, None if it never did.
    """

    id: str
    credential_id: str | None
    listed_at: datetime | None


class Found(NamedTuple):
    """An image at a site; ``kind`` is None for one that is not listed yet."""

    site_id: str
    image_id: str | None
    name: str | None
    updated_at: str | None = None
    kind: Kind | None = None


class Cell(NamedTuple):
    """How a site has a content.

    :ivar state: one of ``states.PRESENCE_STATES``.
    :ivar found: the image there that says so.
    :ivar copy: what is being done, or was done in vain, to bring it there.
    """

    site_id: str
    state: str
    found: Found | None = None
    copy: Copy | None = None


@dataclasses.dataclass(slots=True, eq=False)
class Content:
    """Data that is at some sites; what describes it is of the first one.

    Where no hash is known, it is all that has the same name.

    :ivar mixed: whether an image of it has other formats than the first one.
    """

    key: str
    verified: bool
    name: str | None
    checksum: str | None
    size: int | None
    disk_format: str | None
    container_format: str | None
    found: list[Found] = dataclasses.field(default_factory=list)
    mixed: bool = False

    def add(self, found: Found) -> None:
        """Note an image that has the content."""
        self.found.append(found)
        self.mixed = self.mixed or not self.is_read_alike(found)

    def is_read_alike(self, found: Found) -> bool:
        """Say whether a server reads the data of an image as the first one's.

        Data that is declared to be of another format does not boot.
        """
        return found.kind is None or (
            found.kind.disk_format == self.disk_format
            and found.kind.container_format == self.container_format
        )

    @property
    def id(self) -> str:
        """A UUID that is always the same for the same content."""
        digits = hashlib.blake2b(self.key.encode(), digest_size=16).hexdigest()
        ends = (0, 8, 12, 16, 20, 32)
        return '-'.join(
            digits[start:end]
            for start, end in zip(ends, ends[1:], strict=False)
        )

    @property
    def os_hash_algo(self) -> str | None:
        algorithm = self.key.partition(':')[0]
        return algorithm if self._has_hash() else None

    @property
    def os_hash_value(self) -> str | None:
        value = self.key.partition(':')[2]
        return value if self._has_hash() else None

    def _has_hash(self) -> bool:
        return self.verified and not self.key.startswith('md5:')


class Row(NamedTuple):
    """A content, and how each site has it."""

    content: Content
    cells: list[Cell]


def unite(
    contents: dict[str, Content], named: dict[str, list[Content]]
) -> dict[str, str]:
    """Unite contents whose hashes are of several algorithms, by the MD5.

    Two that have different hashes of the same algorithm are different, even
    if their MD5 is the same.

    :returns: from the keys of those that went up in others to the others'.
    """
    aliases: dict[str, str] = {}
    if len({key.partition(':')[0] for key in contents} - _UNVERIFIED) < 2:
        return aliases
    by_checksum: dict[str, list[Content]] = {}
    for content in contents.values():
        if content.checksum:
            by_checksum.setdefault(content.checksum, []).append(content)
    for same in by_checksum.values():
        if len({content.os_hash_algo for content in same}) < len(same):
            continue
        # The one with the better hash stays.
        first, *others = sorted(same, key=lambda c: c.os_hash_algo is None)
        for other in others:
            _take_in(first, other, named)
            aliases[other.key] = first.key
            del contents[other.key]
    return aliases


def _take_in(
    content: Content, other: Content, named: dict[str, list[Content]]
) -> None:
    """Give the images of a content to another one."""
    names = {found.name for found in other.found if found.name}
    for name in names:
        named[name] = [c for c in named[name] if c is not other]
        named[name].append(content)
    for found in other.found:
        content.add(found)


def page(contents: Sequence[Content], wanted: listing.Page) -> list[Content]:
    """Give a page of contents, in order, those without a value last.

    :raises BadRequest: if the marker is none of them.
    """
    value = operator.attrgetter(wanted.sort_key)
    place = operator.attrgetter(wanted.sort_key, 'key')
    key = operator.attrgetter('key')
    down = wanted.sort_dir == 'desc'
    known = [c for c in contents if value(c) is not None]
    unknown = [c for c in contents if value(c) is None]
    if wanted.marker is not None:
        last = _find(contents, wanted.marker)
        if value(last) is None:
            known, unknown = [], _after(unknown, last, key, down)
        else:
            known = _after(known, last, place, down)
    # To order all of them takes longer than everything else with a page.
    first = heapq.nlargest if down else heapq.nsmallest
    limit = len(contents) if wanted.limit is None else wanted.limit
    found = first(limit, known, place)
    return found + first(limit - len(found), unknown, key)


def _after(
    contents: Sequence[Content],
    last: Content,
    place: Callable[[Content], Any],
    down: bool,
) -> list[Content]:
    """:returns: the contents that come after one of them."""
    mark = place(last)
    if down:
        return [c for c in contents if place(c) < mark]
    return [c for c in contents if place(c) > mark]


def _find(contents: Sequence[Content], marker: str) -> Content:
    for content in contents:
        if content.id == marker:
            return content
    raise exception.BadRequest(
        reason=_('there is no %s to be the marker.') % marker
    )
