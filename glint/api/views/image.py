# SPDX-License-Identifier: Apache-2.0

"""How images look in answers."""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from glint.api import listings
from glint.api.views import image_copy
from glint.api.views import moment
from glint.api.views import wait as wait_views
from glint.inventory import content as contents


def view(
    row: contents.Row, waits: Mapping[str, Sequence[Any]]
) -> dict[str, Any]:
    """Show a content.

    :param row: the content, and how each site has it.
    :param waits: why copies wait, by their ids.
    """
    content = row.content
    return {
        'id': content.id,
        'name': content.name,
        'os_hash_algo': content.os_hash_algo,
        'os_hash_value': content.os_hash_value,
        'checksum': content.checksum,
        'size': content.size,
        'disk_format': content.disk_format,
        'container_format': content.container_format,
        'presence': [_presence(cell, waits) for cell in row.cells],
    }


def site(place: listings.Place) -> dict[str, Any]:
    """:param place: a site, and what is known of its images."""
    return {
        'site_id': place.site.id,
        'name': place.site.name,
        'state': place.state,
        'listed_at': moment.view(place.listed_at),
        'detail': place.detail,
    }


def _presence(
    cell: contents.Cell, waits: Mapping[str, Sequence[Any]]
) -> dict[str, Any]:
    copy = cell.copy
    found = cell.found
    kind = found.kind if found else None
    return {
        'site_id': cell.site_id,
        'image_id': found.image_id if found else None,
        'state': cell.state,
        'name': found.name if found else None,
        'visibility': kind.visibility if kind else None,
        'status': kind.status if kind else None,
        'os_hidden': kind.os_hidden if kind else None,
        'protected': kind.protected if kind else None,
        'owner': kind.owner if kind else None,
        'updated_at': _moment(found.updated_at if found else None),
        'copy': _copy(copy, waits.get(copy.id, ())) if copy else None,
    }


def _copy(copy: contents.Copy, waits: Sequence[Any]) -> dict[str, Any]:
    return {
        'id': copy.id,
        'replication_id': copy.replication_id,
        'state': copy.state,
        'phase': copy.phase,
        'bytes_sent': copy.bytes_sent,
        'bytes_total': copy.bytes_total,
        'progress': _progress(copy.bytes_sent, copy.bytes_total),
        'next_attempt_at': image_copy.next_attempt_at(copy, waits),
        'error': image_copy.error(copy, waits),
        'waits_for': [wait_views.view(wait) for wait in waits],
    }


def _progress(sent: int, total: int | None) -> int:
    """Say in percent how much is sent; it is not proved right yet."""
    return min(99, 100 * sent // total) if total else 0


def _moment(text: str | None) -> str | None:
    """Write a moment of Glance, of whole seconds, as Glint's are written."""
    return text[:-1] + '.000000Z' if text else None
