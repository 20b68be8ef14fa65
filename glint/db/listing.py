# SPDX-License-Identifier: Apache-2.0

"""Filters, order and pages of lists."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Mapping
from dataclasses import dataclass
from dataclasses import field
from typing import Any
from typing import TypeVar

import sqlalchemy as sa
from sqlalchemy import orm

from glint import exception
from glint.db import models
from glint.i18n import _

Row = TypeVar('Row', bound=models.Base)


@dataclass(frozen=True)
class Page:
    """Which rows of a list are wanted, and in which order.

    ``filters`` are equalities of columns; ``limit`` None means all rows.
    """

    limit: int | None = None
    marker: str | None = None
    sort_key: str = 'created_at'
    sort_dir: str = 'desc'
    filters: Mapping[str, Any] = field(default_factory=dict)


def rows(
    session: orm.Session,
    model: type[Row],
    page: Page,
    visible: Callable[[], sa.ColumnElement[bool]],
    fixed: Collection[str] = (),
) -> list[Row]:
    """Read one page of the rows that the caller may see.

    :param session: the session to read in.
    :param model: the table.
    :param page: the page that is wanted.
    :param visible: makes the condition of what the caller may see.
    :param fixed: the columns of which this condition allows one value.
    :returns: the rows, in order.
    :raises BadRequest: if the marker is not a row that the caller may see.
    """
    query = sa.select(model).where(visible())
    marker = None
    if page.marker is not None:
        marker = session.scalar(query.where(model.id == page.marker))
        if marker is None:
            raise exception.BadRequest(
                reason=_('there is no %s to be the marker.') % page.marker
            )
    for name, value in page.filters.items():
        query = query.where(getattr(model, name) == value)
    column = getattr(model, page.sort_key)
    if marker is not None:
        query = query.where(_after(model, marker, column, page))
        query = _by_index(query, model, page.sort_key, {*fixed, *page.filters})
    if model.__table__.c[page.sort_key].nullable:
        # The databases differ in where they put NULLs.
        query = query.order_by(sa.case((column.is_(None), 1), else_=0))
    for key in (column, model.id):
        query = query.order_by(
            key.asc() if page.sort_dir == 'asc' else key.desc()
        )
    return list(session.scalars(query.limit(page.limit)))


def _by_index(
    query: sa.Select[Row],
    model: type[Row],
    sort_key: str,
    fixed: Collection[str],
) -> sa.Select[Row]:
    """Have MariaDB begin at the marker, where an index allows that.

    It knows the index, but prefers to read all of it that has the fixed
    values, up to the marker.
    """
    for index in model.metadata.tables[model.__tablename__].indexes:
        columns = index.columns.keys()
        if columns[-2:] == [sort_key, 'id'] and {*columns[:-2]} == fixed:
            hint = f'FORCE INDEX ({index.name})'
            for dialect in ('mysql', 'mariadb'):
                query = query.with_hint(model, hint, dialect)
    return query


def _after(
    model: type[Row], marker: Row, column: Any, page: Page
) -> sa.ColumnElement[bool]:
    """Make the condition of what comes after a row.

    :param marker: the row.
    :param column: what is sorted by, ids deciding between equals; NULLs
        come last.
    """
    ascending = page.sort_dir == 'asc'
    by_id = model.id > marker.id if ascending else model.id < marker.id
    value = getattr(marker, page.sort_key)
    if value is None:
        return sa.and_(column.is_(None), by_id)
    same = column == value
    if isinstance(value, bool):
        # SQLAlchemy compares booleans as equal or not alone.
        column, value = sa.cast(column, sa.Integer), int(value)
    further = column > value if ascending else column < value
    after = sa.or_(further, sa.and_(same, by_id))
    if model.__table__.c[page.sort_key].nullable:
        return sa.or_(after, column.is_(None))
    # Says nothing new, but where in an index to begin.
    return sa.and_(column >= value if ascending else column <= value, after)
