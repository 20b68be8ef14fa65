# SPDX-License-Identifier: Apache-2.0

"""Puts the images of several sites together, by content.

Everything here is in memory and asks nobody. There may be 100,000 images, so
of each one only that is kept which tells where it is.
"""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

from glint import states
from glint.db import image_copy as db_image_copy
from glint.db import image_listing as db_image_listing
from glint.db import listing
from glint.inventory import content as contents_

Copy = db_image_copy.Recent
Image = db_image_listing.Image
Cell = contents_.Cell
Content = contents_.Content
Found = contents_.Found
Row = contents_.Row
Site = contents_.Site

# Filters that a content has to pass by itself, and those by one of its cells.
_FIELDS = (
    'os_hash_algo',
    'os_hash_value',
    'checksum',
    'disk_format',
    'container_format',
)
_OF_CELLS = ('site_id', 'state', 'visibility')


class _Namesakes(NamedTuple):
    """The images of one name, where they are of several contents.

    :ivar best: from each site to its two best ones of different contents.
    :ivar unverified: the sites where one of these is of no known content.
    :ivar absent: the sites that are known to have none.
    """

    best: dict[str, list[tuple[Content, Found]]]
    unverified: set[str]
    absent: set[str]


class _Around(NamedTuple):
    """What the cells of a content are made of.

    :ivar own: its images, by site.
    :ivar namesakes: the images of its names, where others have them as well.
    """

    own: dict[str, list[Found]]
    namesakes: list[_Namesakes]


class Matrix:
    """The contents at some sites.

    :param sites: the sites, in order.
    :param images: what each site has: pairs of its id and its images.
    :param copies: those that may concern the sites, the newest first.
    :ivar outdated: the sites from which an image is copied that was not there
        when they were listed, as nothing else tells what it is.
    """

    def __init__(
        self,
        sites: Sequence[Site],
        images: Iterable[tuple[str, Iterable[Image]]],
        copies: Sequence[Copy],
    ) -> None:
        self._sites = {site.id: site for site in sites}
        self._listed = {site.id for site in sites if site.listed_at}
        self._contents: dict[str, Content] = {}
        #: The contents that some image of a name has, some twice.
        self._named: dict[str, list[Content]] = {}
        self._namesakes: dict[str, _Namesakes | None] = {}
        #: The contents of the images that are copied.
        self._sources: dict[tuple[str, str], str] = {}
        for site_id, of_site in images:
            copied = {
                copy.image_id
                for copy in copies
                if copy.source_site_id == site_id
            }
            self._add(site_id, of_site, copied)
        self._aliases = contents_.unite(self._contents, self._named)
        self.outdated: set[str] = set()
        self._copies: dict[str, dict[str, Copy]] = {}
        for copy in sorted(copies, key=_is_finished):
            self._note(copy)

    def page(self, page: listing.Page) -> list[Row]:
        """Make a page of the rows.

        :raises BadRequest: if the marker is none of the rows.
        """
        contents = contents_.page(self._chosen(page.filters), page)
        return [self._row(content) for content in contents]

    def _add(
        self, site_id: str, images: Iterable[Image], copied: set[str]
    ) -> None:
        """Sort the images of a site in with those of the others."""
        contents, named = self._contents, self._named
        for image_id, name, size, checksum, hashed, updated_at, kind in images:
            key = hashed
            if key is None:
                key = f'name:{name}' if name else f'image:{site_id}:{image_id}'
            content = contents.get(key)
            if content is None:
                content = contents[key] = Content(
                    key,
                    hashed is not None,
                    name,
                    checksum,
                    size,
                    kind.disk_format,
                    kind.container_format,
                )
                if name:
                    named.setdefault(name, []).append(content)
            elif name == content.name:
                # One string instead of two.
                name = content.name
            elif name:
                named.setdefault(name, []).append(content)
            content.add(Found(site_id, image_id, name, updated_at, kind))
            if image_id in copied:
                self._sources[site_id, image_id] = key

    def _note(self, copy: Copy) -> None:
        """Find out which content a copy is of; the first one counts."""
        source = (copy.source_site_id, copy.image_id)
        for key in (copy.source_hash, self._sources.get(source)):
            key = self._aliases.get(key or '', key or '')
            if key in self._contents:
                by_site = self._copies.setdefault(key, {})
                by_site.setdefault(copy.target_site_id, copy)
                return
        site = self._sites.get(copy.source_site_id)
        if site and site.listed_at and copy.created_at > site.listed_at:
            self.outdated.add(site.id)

    def _chosen(self, filters: Mapping[str, Any]) -> list[Content]:
        """Pick the contents that are rows and pass the filters."""
        contents = list(self._contents.values())
        if 'name' in filters:
            named = self._named.get(filters['name'], [])
            contents = list(dict.fromkeys(named))
        if 'search' in filters:
            found = self._searched(filters['search'])
            contents = [c for c in contents if c in found]
        for field in _FIELDS:
            if field in filters:
                contents = [
                    content
                    for content in contents
                    if getattr(content, field) == filters[field]
                ]
        contents = [c for c in contents if self._is_row(c)]
        if filters.keys().isdisjoint(_OF_CELLS):
            return contents
        return [c for c in contents if self._passes(c, filters)]

    def _searched(self, text: str) -> set[Content]:
        """:returns: the contents with a text in some name, in any case."""
        text = text.casefold()
        return {
            content
            for name, contents in self._named.items()
            if text in name.casefold()
            for content in contents
        }

    def _is_row(self, content: Content) -> bool:
        """Say whether a content is not shown with one of the same name."""
        return content.verified or not any(
            other.verified for other in self._named.get(content.name or '', ())
        )

    def _passes(self, content: Content, filters: Mapping[str, Any]) -> bool:
        """Say whether a content has a cell that is looked for."""
        state = filters.get('state')
        if state == states.MISSING and not self._missing(content):
            return False
        around = self._around(content)
        sites = self._where(content, around, state)
        if 'site_id' in filters:
            sites &= {filters['site_id']}
        return any(
            _fits(cell, state, filters.get('visibility'))
            for site_id in sites
            for cell in self._cells(content, around, self._sites[site_id])
        )

    def _where(
        self, content: Content, around: _Around, state: str | None
    ) -> set[str]:
        """Say which sites may have a content in a state.

        To look at all cells of all contents would take too long.
        """
        own = set(around.own)
        copied = self._copies.get(content.key, {}).keys() & self._sites.keys()
        if state in (None, states.IN_SYNC):
            return own | copied
        if state == states.COPYING:
            return copied
        if state == states.MISSING:
            return self._missing(content)
        others = {site for found in around.namesakes for site in found.best}
        if state == states.DIFFERS:
            return others | own if content.mixed else others - own
        unverified = self._sites.keys() - self._listed
        if not content.verified:
            return unverified | own | others
        return unverified.union(*(f.unverified for f in around.namesakes))

    def _missing(self, content: Content) -> set[str]:
        """:returns: the sites that have neither a content nor its names."""
        missing = self._listed
        for found in content.found:
            namesakes = self._of_name(found.name) if found.name else None
            if namesakes is not None:
                missing = missing & namesakes.absent
                if not missing:
                    return missing
        return missing - {found.site_id for found in content.found}

    def _row(self, content: Content) -> Row:
        around = self._around(content)
        return Row(
            content,
            [
                cell
                for site in self._sites.values()
                for cell in self._cells(content, around, site)
            ],
        )

    def _around(self, content: Content) -> _Around:
        own: dict[str, list[Found]] = {}
        for found in content.found:
            own.setdefault(found.site_id, []).append(found)
        names = sorted({found.name for found in content.found if found.name})
        return _Around(own, list(filter(None, map(self._of_name, names))))

    def _of_name(self, name: str) -> _Namesakes | None:
        """:returns: None if all images of the name are of one content."""
        if name in self._namesakes:
            return self._namesakes[name]
        contents = dict.fromkeys(self._named[name])
        namesakes = None
        if len(contents) > 1:
            namesakes = _Namesakes({}, set(), set(self._listed))
            for content in contents:
                for found in content.found:
                    if found.name == name:
                        _rank(namesakes, content, found)
            namesakes.absent.difference_update(namesakes.best)
        self._namesakes[name] = namesakes
        return namesakes

    def _cells(
        self, content: Content, around: _Around, site: Site
    ) -> list[Cell]:
        """Say how a site has a content."""
        own = around.own.get(site.id)
        if own is None:
            cells = [_other(content, around, site)]
        elif content.verified:
            cells = [_has(content, site, found) for found in own]
            return sorted(cells, key=lambda cell: cell.state != states.IN_SYNC)
        else:
            cells = [
                Cell(site.id, states.UNVERIFIABLE, found) for found in own
            ]
        copy = self._copies.get(content.key, {}).get(site.id)
        return _with_copy(site, cells, copy) if copy else cells


def _is_finished(copy: Copy) -> bool:
    return copy.state in states.FINAL


def _fits(cell: Cell, state: str | None, visibility: str | None) -> bool:
    """Say whether a cell is one that is looked for."""
    # Without a state, it is to have the content, as far as that is known.
    known = (states.IN_SYNC, states.UNVERIFIABLE)
    if cell.state != state if state else cell.state not in known:
        return False
    kind = cell.found.kind if cell.found else None
    return visibility is None or (
        kind is not None and kind.visibility == visibility
    )


def _rank(namesakes: _Namesakes, content: Content, found: Found) -> None:
    """Keep an image if it is among the best two contents of a site."""
    if not content.verified:
        namesakes.unverified.add(found.site_id)
    best = namesakes.best.setdefault(found.site_id, [])
    best.append((content, found))
    if len(best) > 1:
        best.sort(
            key=lambda pair: (pair[0].verified, pair[1].updated_at or ''),
            reverse=True,
        )
        others = [pair for pair in best if pair[0] is not best[0][0]]
        best[1:] = others[:1]


def _has(content: Content, site: Site, found: Found) -> Cell:
    """Say how a site has a content that is known."""
    alike = content.is_read_alike(found)
    return Cell(site.id, states.IN_SYNC if alike else states.DIFFERS, found)


def _other(content: Content, around: _Around, site: Site) -> Cell:
    """Say what a site has instead of a content."""
    for namesakes in around.namesakes:
        for other, found in namesakes.best.get(site.id, ()):
            if other is not content:
                known = content.verified and other.verified
                state = states.DIFFERS if known else states.UNVERIFIABLE
                return Cell(site.id, state, found)
    if site.listed_at is None:
        return Cell(site.id, states.UNVERIFIABLE)
    return Cell(site.id, states.MISSING)


def _with_copy(site: Site, cells: list[Cell], copy: Copy) -> list[Cell]:
    """Add what Glint is doing, or did, to what a site shows."""
    made = Found(site.id, copy.target_image_id, copy.image_name)
    if copy.state in states.ACTIVE:
        return [Cell(site.id, states.COPYING, made, copy)]
    if copy.state == states.ERROR:
        return [cells[0]._replace(copy=copy), *cells[1:]]
    if (
        copy.state == states.COMPLETED
        # One that was skipped has no image.
        and copy.target_image_id is not None
        and copy.credential_id == site.credential_id
        and copy.finished_at is not None
        and (site.listed_at is None or copy.finished_at > site.listed_at)
    ):
        # The site was last asked before that.
        return [Cell(site.id, states.IN_SYNC, made)]
    return cells
