# SPDX-License-Identifier: Apache-2.0

"""What executions do with each image at each target."""

from typing import Any

import sqlalchemy as sa

from glint import states
from glint.db import engine
from glint.db.models import rule as models

Item = models.Item

# States of items.
PLANNED = states.PLANNED
COPYING = states.COPYING
DONE = states.DONE
FAILED = states.ERROR
UNAPPROVED = states.UNAPPROVED


def items(
    context: engine.Context, execution_id: str, limit: int, after: int = -1
) -> list[Item]:
    """Read some items of an execution, in the order of its plan.

    :param after: the number of the last one that was read.
    """
    query = (
        sa.select(Item)
        .where(Item.execution_id == execution_id, Item.number > after)
        .order_by(Item.number)
        .limit(limit)
    )
    with engine.reader(context) as session:
        return list(session.scalars(query))


def unapproved(context: engine.Context, execution_id: str) -> list[list[str]]:
    """Name what an execution asks a user to let go.

    :returns: pairs of an image at the source and a site.
    """
    query = sa.select(Item.source_image_id, Item.target_site_id).where(
        Item.execution_id == execution_id, Item.state == UNAPPROVED
    )
    with engine.reader(context) as session:
        return [[row[0], row[1]] for row in session.execute(query)]


def open_items(context: engine.Context, execution_id: str) -> list[Item]:
    """Read the items that are copied, or are to be."""
    query = (
        sa.select(Item)
        .where(
            Item.execution_id == execution_id,
            Item.state.in_((PLANNED, COPYING)),
        )
        .order_by(Item.number)
    )
    with engine.reader(context) as session:
        return list(session.scalars(query))


def has_failed(context: engine.Context, execution_id: str) -> bool:
    """Say whether an item of an execution was done in vain."""
    query = sa.select(Item.id).where(
        Item.execution_id == execution_id, Item.state == FAILED
    )
    with engine.reader(context) as session:
        return session.scalar(query.limit(1)) is not None


@engine.retried
def note(
    context: engine.Context, execution_id: str, number: int, **values: Any
) -> None:
    """Note what became of an item."""
    with engine.writer(context) as session:
        session.execute(
            sa.update(Item)
            .where(Item.execution_id == execution_id, Item.number == number)
            .values(**values)
        )


@engine.retried
def note_copied(
    context: engine.Context,
    execution_id: str,
    replication_id: str,
    site_id: str,
    state: str,
    reason: str | None,
) -> None:
    """Note what became of the item that asked for a copy."""
    with engine.writer(context) as session:
        session.execute(
            sa.update(Item)
            .where(
                Item.execution_id == execution_id,
                Item.replication_id == replication_id,
                Item.target_site_id == site_id,
            )
            .values(state=state, reason=reason)
        )
