# SPDX-License-Identifier: Apache-2.0

"""The matrix as the template shows it: rows of images, columns of sites."""

from collections.abc import Collection
from collections.abc import Sequence
import dataclasses
import datetime
from typing import Any

from glint_dashboard.content import moment
from glint_dashboard.content.image_replication.images import cell as cells
from glint_dashboard.content.image_replication.images import ticks

_LACKING = (cells.MISSING, cells.FAILED, cells.DIFFERS)
_SOURCES = (cells.IN_SYNC, cells.UNVERIFIABLE)


@dataclasses.dataclass(frozen=True)
class Column:
    """A site.

    :ivar state: what came of asking it: ok, unreachable or unauthorized.
    :ivar listed_at: the age of what is shown of it.
    :ivar rest: what to tick for all that the site lacks, where they are on
        several pages and not too many.
    """

    id: str
    name: str
    state: str
    listed_at: datetime.datetime | None
    detail: str
    rest: Sequence[str] = ()

    @property
    def ok(self) -> bool:
        return self.state == 'ok'


@dataclasses.dataclass(frozen=True)
class Row:
    """The images of one content, wherever they are.

    :ivar digest: its hash, and ``digest_field`` the name of that hash in
        the API.
    :ivar image_ids: of the images, at any site.
    :ivar cells: in the order of the columns.
    """

    id: str
    name: str
    size: int | None
    disk_format: str
    container_format: str
    digest_field: str
    digest: str
    image_ids: Collection[str]
    cells: Sequence[cells.Cell]

    @property
    def watch(self) -> str:
        """What the script says to be told of this row."""
        return f'{self.digest_field}:{self.digest}' if self.digest else ''

    @property
    def lacking(self) -> bool:
        """Tell whether a cloud lacks the image."""
        return any(cell.state in _LACKING for cell in self.cells)

    @property
    def tickable(self) -> bool:
        return any(
            cell.tickable and cell.state == cells.MISSING
            for cell in self.cells
        )


def columns(answer: dict[str, Any]) -> list[Column]:
    """List the sites that are compared, the home site first."""
    return [
        Column(
            id=site['site_id'],
            name=site['name'],
            state=site['state'],
            listed_at=moment.parse(site['listed_at']),
            detail=site['detail'] or '',
        )
        for site in answer['sites']
    ]


def with_rest(
    across: Sequence[Column], rows_: Sequence[Row], most: int
) -> list[Column]:
    """Say of each site what it lacks of all rows.

    :param most: how many it may lack, so that this is said.
    """
    lacks: dict[str, list[str]] = {column.id: [] for column in across}
    for row in rows_:
        for cell in row.cells:
            if cell.tickable and cell.state == cells.MISSING:
                lacks[cell.site_id].append(str(cell.tick))
    return [
        dataclasses.replace(column, rest=lacks[column.id])
        if len(lacks[column.id]) <= most
        else column
        for column in across
    ]


def rows(answer: dict[str, Any], across: Sequence[Column]) -> list[Row]:
    """Make the rows.

    :param answer: of the service, the matrix.
    :param across: the columns.
    """
    return [_row(image, across) for image in answer['images']]


def _row(image: dict[str, Any], across: Sequence[Column]) -> Row:
    presences: dict[str, list[dict[str, Any]]] = {}
    for item in image['presence']:
        presences.setdefault(item['site_id'], []).append(item)
    source = _source(across, presences)
    places = {
        item['site_id']
        for item in image['presence']
        if item['state'] == cells.IN_SYNC
    }
    field = 'os_hash_value' if image['os_hash_value'] else 'checksum'
    return Row(
        id=image['id'],
        name=image['name'] or '',
        size=image['size'],
        disk_format=image['disk_format'] or '',
        container_format=image['container_format'] or '',
        digest_field=field,
        digest=image[field] or '',
        image_ids={item['image_id'] for item in image['presence']},
        cells=[
            cells.make(
                column.id,
                f'{image["name"] or image["id"]}, {column.name}',
                presences.get(column.id, ()),
                column.listed_at is not None,
                len(places) == 1,
                ticks.Tick(*source, column.id)
                if source and source[0] != column.id
                else None,
            )
            for column in across
        ],
    )


def _source(
    across: Sequence[Column], presences: dict[str, list[dict[str, Any]]]
) -> tuple[str, str] | None:
    """Choose where to read a content from.

    The home site is near and comes first among the columns. A site that does
    not answer is a later choice, and an image that is deactivated the last.
    """
    found = [
        (cells.is_deactivated(item), not column.ok, column.id, item)
        for column in across
        for item in presences.get(column.id, ())
        if item['image_id'] and item['state'] in _SOURCES
    ]
    if not found:
        return None
    *_order, site_id, item = min(found, key=lambda each: each[:2])
    return (site_id, item['image_id'])
