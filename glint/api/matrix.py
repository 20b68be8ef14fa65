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

"""Puts the images of several sites together, by content.

Everything here is in memory and asks nobody, so it is kept small: of each
image only what tells where it is.
"""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
from datetime import datetime
import hashlib
from typing import Any
from typing import NamedTuple

from glint import exception
from glint import states
from glint.db import image_copy as db_image_copy
from glint.db import image_listing as db_image_listing
from glint.db import listing
from glint.i18n import _

Copy = db_image_copy.Recent
Image = db_image_listing.Image
Kind = db_image_listing.Kind

#: The states of an image whose hash is that of data which is there.
_WITH_DATA = ('active', 'deactivated')

# Filters that a row has to pass by itself, and those by one of its cells.
_ROW_FILTERS = (
    'os_hash_algo',
    'os_hash_value',
    'checksum',
    'disk_format',
    'container_format',
)
_CELL_FILTERS = ('site_id', 'state', 'visibility')


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
    """

    key: str
    verified: bool
    name: str | None
    os_hash_algo: str | None
    os_hash_value: str | None
    checksum: str | None
    size: int | None
    disk_format: str | None
    container_format: str | None
    found: list[Found] = dataclasses.field(default_factory=list)

    @property
    def id(self) -> str:
        """A UUID that is always the same for the same content."""
        digits = hashlib.blake2b(self.key.encode(), digest_size=16).hexdigest()
        ends = (0, 8, 12, 16, 20, 32)
        parts = (digits[a:b] for a, b in zip(ends, ends[1:], strict=False))
        return '-'.join(parts)

    def names(self) -> set[str]:
        """:returns: what it is called, at any site."""
        return {found.name for found in self.found if found.name}


class Row(NamedTuple):
    """A content, and how each site has it."""

    content: Content
    cells: list[Cell]


#: From a name and a site to the two best images, of different contents.
_Rivals = dict[str, dict[str, list[tuple[Content, Found]]]]


class Matrix:
    """The contents at some sites.

    :param sites: the sites, in order.
    :param images: what each site has: pairs of its id and its images.
    :param copies: those that may concern the sites, the newest first.
    """

    def __init__(
        self,
        sites: Sequence[Site],
        images: Iterable[tuple[str, Iterable[Image]]],
        copies: Sequence[Copy],
    ) -> None:
        self._sites = sites
        self._contents: dict[str, Content] = {}
        self._sources: dict[tuple[str, str], str] = {}
        sources = {(copy.source_site_id, copy.image_id) for copy in copies}
        for site_id, of_site in images:
            self._add(site_id, of_site, sources)
        self._aliases = _unite(self._contents)
        self._copies: dict[str, dict[str, Copy]] = {}
        for copy in sorted(copies, key=_is_finished):
            self._note(copy)

    def page(self, page: listing.Page) -> list[Row]:
        """Make a page of the rows.

        :raises BadRequest: if the marker is none of the rows.
        """
        contents = self._chosen(page.filters)
        contents = _sorted(contents, page.sort_key, page.sort_dir)
        if page.marker is not None:
            contents = contents[_position(contents, page.marker) + 1 :]
        contents = contents[: page.limit]
        rivals = self._rivals(contents)
        return [self._row(content, rivals) for content in contents]

    def _add(
        self,
        site_id: str,
        images: Iterable[Image],
        sources: Collection[tuple[str, str]],
    ) -> None:
        """Sort the images of a site in with those of the others."""
        contents = self._contents
        names: dict[str | None, str | None] = {}
        seen: set[str] = set()
        for image in images:
            if image.id in seen:
                continue
            seen.add(image.id)
            key = _key(site_id, image)
            content = contents.get(key)
            if content is None:
                content = contents[key] = _content(key, image)
            name = content.name if content.name == image.name else image.name
            content.found.append(
                Found(
                    site_id,
                    image.id,
                    names.setdefault(name, name),
                    image.updated_at,
                    image.kind,
                )
            )
            if (site_id, image.id) in sources:
                self._sources[site_id, image.id] = key

    def _note(self, copy: Copy) -> None:
        """Find out which content a copy is of; the first one counts."""
        key = copy.source_hash or ''
        key = self._aliases.get(key, key)
        if key not in self._contents:
            key = self._sources.get((copy.source_site_id, copy.image_id), '')
            key = self._aliases.get(key, key)
        if key in self._contents:
            by_site = self._copies.setdefault(key, {})
            by_site.setdefault(copy.target_site_id, copy)

    def _chosen(self, filters: Mapping[str, Any]) -> list[Content]:
        """Pick the contents that are rows and pass the filters."""
        contents = self._shown()
        for field in _ROW_FILTERS:
            if field in filters:
                contents = [
                    content
                    for content in contents
                    if getattr(content, field) == filters[field]
                ]
        if 'name' in filters:
            name = filters['name']
            contents = [
                content
                for content in contents
                if any(found.name == name for found in content.found)
            ]
        wanted = {key: filters[key] for key in _CELL_FILTERS if key in filters}
        if not wanted:
            return contents
        rivals = self._rivals(contents)
        return [
            content
            for content in contents
            if any(
                _passes(cell, wanted)
                for cell in self._row(content, rivals).cells
            )
        ]

    def _shown(self) -> list[Content]:
        """Leave out what is shown with others, as it has their name."""
        unverified = {
            content.name
            for content in self._contents.values()
            if not content.verified and content.name
        }
        if not unverified:
            return list(self._contents.values())
        taken = {
            found.name
            for content in self._contents.values()
            if content.verified
            for found in content.found
            if found.name in unverified
        }
        return [
            content
            for content in self._contents.values()
            if content.verified or content.name not in taken
        ]

    def _rivals(self, contents: Iterable[Content]) -> _Rivals:
        """Find what else has the names of some contents."""
        rivals: _Rivals = {}
        for content in contents:
            for found in content.found:
                if found.name:
                    rivals.setdefault(found.name, {})
        for content in self._contents.values():
            for found in content.found:
                sites = rivals.get(found.name or '')
                if sites is not None:
                    _rank(sites.setdefault(found.site_id, []), content, found)
        return rivals

    def _row(self, content: Content, rivals: _Rivals) -> Row:
        cells: dict[str, list[Cell]] = {}
        state = states.IN_SYNC if content.verified else states.UNVERIFIABLE
        for found in content.found:
            cell = Cell(found.site_id, state, found)
            cells.setdefault(found.site_id, []).append(cell)
        for site_id, found, state in _others(content, rivals):
            cells.setdefault(site_id, [Cell(site_id, state, found)])
        copies = self._copies.get(content.key, {})
        row: list[Cell] = []
        for site in self._sites:
            there = cells.get(site.id) or [Cell(site.id, _absent(site))]
            if site.id in copies and there[0].state != states.IN_SYNC:
                there = _with_copy(site, there, copies[site.id])
            row += there
        return Row(content, row)


def _key(site_id: str, image: Image) -> str:
    """Name the content of an image."""
    kind = image.kind
    if kind.status in _WITH_DATA:
        if image.os_hash_value:
            return f'{kind.os_hash_algo}:{image.os_hash_value}'
        if image.checksum:
            return f'md5:{image.checksum}'
    if image.name:
        return f'name:{image.name}'
    return f'image:{site_id}:{image.id}'


def _content(key: str, image: Image) -> Content:
    verified = not key.startswith(('name:', 'image:'))
    return Content(
        key,
        verified,
        image.name,
        image.kind.os_hash_algo if verified else None,
        image.os_hash_value if verified else None,
        image.checksum if verified else None,
        image.size,
        image.kind.disk_format,
        image.kind.container_format,
    )


def _unite(contents: dict[str, Content]) -> dict[str, str]:
    """Unite contents whose hashes are of several algorithms, by the MD5.

    Two that have different hashes of the same algorithm are different, even
    if their MD5 is the same.

    :returns: from the keys of those that went up in others to the others'.
    """
    aliases: dict[str, str] = {}
    algorithms = {
        content.os_hash_algo or 'md5'
        for content in contents.values()
        if content.verified
    }
    if len(algorithms) < 2:
        return aliases
    by_checksum: dict[str, list[Content]] = {}
    for content in contents.values():
        if content.checksum:
            by_checksum.setdefault(content.checksum, []).append(content)
    for same in by_checksum.values():
        if len({content.os_hash_algo for content in same}) < len(same):
            continue
        # The one with the better hash keeps its name.
        first, *others = sorted(
            same, key=lambda content: content.os_hash_algo is None
        )
        for other in others:
            first.found += other.found
            aliases[other.key] = first.key
            del contents[other.key]
    return aliases


def _is_finished(copy: Copy) -> bool:
    return copy.state in states.FINAL


def _sorted(
    contents: list[Content], field: str, direction: str
) -> list[Content]:
    """Put contents in order, those without a value last."""
    with_value = [c for c in contents if getattr(c, field) is not None]
    without = [c for c in contents if getattr(c, field) is None]
    down = direction == 'desc'
    with_value.sort(key=lambda c: (getattr(c, field), c.key), reverse=down)
    without.sort(key=lambda c: c.key, reverse=down)
    return with_value + without


def _position(contents: Sequence[Content], marker: str) -> int:
    for position, content in enumerate(contents):
        if content.id == marker:
            return position
    raise exception.BadRequest(
        reason=_('there is no %s to be the marker.') % marker
    )


def _passes(cell: Cell, wanted: Mapping[str, str]) -> bool:
    """Say whether a cell is one that is looked for."""
    if cell.site_id != wanted.get('site_id', cell.site_id):
        return False
    if 'visibility' in wanted:
        kind = cell.found.kind if cell.found else None
        if kind is None or kind.visibility != wanted['visibility']:
            return False
    if 'state' in wanted:
        return cell.state == wanted['state']
    return cell.state != states.MISSING


def _rank(
    best: list[tuple[Content, Found]], content: Content, found: Found
) -> None:
    """Keep the two best images of different contents."""
    best.append((content, found))
    best.sort(
        key=lambda pair: (pair[0].verified, pair[1].updated_at or ''),
        reverse=True,
    )
    for position in range(1, len(best)):
        if best[position][0] is best[0][0]:
            del best[position]
            break
    del best[2:]


def _others(
    content: Content, rivals: _Rivals
) -> Iterator[tuple[str, Found, str]]:
    """Find the images of the same name and another content.

    :returns: triples of the site, the image there and how it relates.
    """
    for name in sorted(content.names()):
        for site_id, best in rivals.get(name, {}).items():
            for other, found in best:
                if other is not content:
                    known = content.verified and other.verified
                    yield (
                        site_id,
                        found,
                        states.DIFFERS if known else states.UNVERIFIABLE,
                    )
                    break


def _absent(site: Site) -> str:
    """Say how a site has what it does not show."""
    if site.listed_at is None:
        return states.UNVERIFIABLE
    return states.MISSING


def _with_copy(site: Site, there: list[Cell], copy: Copy) -> list[Cell]:
    """Add what Glint is doing, or did, to what a site shows."""
    made = Found(site.id, copy.target_image_id, copy.image_name)
    if copy.state in states.ACTIVE:
        return [Cell(site.id, states.COPYING, made, copy)]
    if copy.state == states.ERROR:
        return [there[0]._replace(copy=copy), *there[1:]]
    if (
        copy.state == states.COMPLETED
        and copy.credential_id == site.credential_id
        and copy.finished_at is not None
        and (site.listed_at is None or copy.finished_at > site.listed_at)
    ):
        # The site was last asked before that.
        return [Cell(site.id, states.IN_SYNC, made)]
    return there
