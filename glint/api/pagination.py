# SPDX-License-Identifier: Apache-2.0

"""Pages of lists."""

from collections.abc import Callable
from collections.abc import Sequence
from typing import Any
from typing import TypeVar
from urllib import parse

import pecan

from glint import conf
from glint.db import listing

Row = TypeVar('Row')

#: Arguments of a list that are not filters by a field.
CONTROLS = ('limit', 'marker', 'sort_key', 'sort_dir', 'all_projects')


def wanted(query: dict[str, Any]) -> listing.Page:
    """Read from the query which page of a list is wanted.

    :param query: the query, validated already.
    :returns: the page, with one more row than asked for: it tells whether
        there is a next page.
    """
    page = {
        key: query[key]
        for key in ('marker', 'sort_key', 'sort_dir')
        if key in query
    }
    filters = {
        key: value for key, value in query.items() if key not in CONTROLS
    }
    return listing.Page(limit=limit(query) + 1, filters=filters, **page)


def answer(
    name: str,
    rows: Sequence[Row],
    query: dict[str, Any],
    view: Callable[[Row], dict[str, Any]],
) -> dict[str, Any]:
    """Make the body of a list.

    :param name: the key of the items.
    :param rows: the page that was :func:`wanted`.
    :param query: the query, validated already.
    :param view: makes the item of a row.
    """
    items = [view(row) for row in rows[: limit(query)]]
    marker = items[-1]['id'] if items else None
    return {name: items, 'links': links(len(rows), query, marker)}


def links(
    count: int, query: dict[str, Any], marker: Any
) -> list[dict[str, str]]:
    """Say where the next page is, if there is one.

    :param count: of the rows that were found, of one more than asked for.
    :param marker: what names the last item of this page.
    """
    if count <= limit(query):
        return []
    return [{'rel': 'next', 'href': _next(query, marker)}]


def limit(query: dict[str, Any]) -> int:
    """:returns: how many items a page has at the most."""
    most: int = conf.CONF.api.max_limit
    wished: int = query.get('limit', most)
    return min(wished, most)


def _next(query: dict[str, Any], marker: Any) -> str:
    """Make the address of the page after an item."""
    arguments = {
        key: str(value).lower() if isinstance(value, bool) else value
        for key, value in query.items()
    }
    rest = parse.urlencode({**arguments, 'marker': marker})
    return f'{pecan.request.path_url}?{rest}'
