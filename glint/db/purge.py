# SPDX-License-Identifier: Apache-2.0

"""Removal of old finished replications."""

from collections.abc import Collection
from collections.abc import Sequence
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import leftover
from glint.db import locking
from glint.db import models

ImageCopy = models.ImageCopy
Replication = models.Replication

#: Rows to remove in one transaction: few enough to hold no lock for long.
BATCH = 100


class Purged(NamedTuple):
    """What became of old rows.

    :ivar removed: how many are gone.
    :ivar locked: how many stay, as other transactions have locked them.
    """

    removed: int
    locked: int


def purge(context: engine.Context, age: timedelta) -> Purged:
    """Remove the replications that finished a while ago, and their copies.

    Those stay of which an unfinished image is still to be removed.

    :param age: how long ago at least.
    """
    removed = 0
    locked: set[str] = set()
    while ids := _old(context, age, locked):
        gone, held = _remove(context, ids)
        removed += gone
        locked |= held
        if not gone and not held:
            # All of them are retried at this moment.
            break
    return Purged(removed, len(locked))


def _old(
    context: engine.Context, age: timedelta, locked: Collection[str]
) -> Sequence[str]:
    """Find some replications to remove.

    :param locked: ids that are left out.
    """
    with engine.reader(context) as session:
        query = (
            sa.select(Replication.id)
            .where(
                Replication.state.in_(states.FINAL),
                Replication.finished_at < clock.now(session) - age,
                Replication.id.not_in(list(locked)),
                ~leftover.of_replication(),
            )
            .limit(BATCH)
        )
        return session.scalars(query).all()


@engine.retried
def _remove(
    context: engine.Context, ids: Collection[str]
) -> tuple[int, set[str]]:
    """Remove replications that nobody has locked, nor any of their copies.

    :returns: how many are gone, and the ids of the locked ones.
    """
    with engine.writer(context) as session:
        # By state once more: one of them may be retried at this moment.
        final = Replication.state.in_(states.FINAL)
        free = locking.lock(session, Replication, ids, final, wait=False)
        left = set(ids).difference(free)
        query = sa.select(Replication.id).where(
            Replication.id.in_(left), final
        )
        locked = {*session.scalars(query), *_with_locked_copies(session, free)}
        changed = locking.changed(
            session,
            sa.delete(Replication).where(
                Replication.id.in_(set(free) - locked)
            ),
        )
        return changed, locked


def _with_locked_copies(
    session: orm.Session, ids: Collection[str]
) -> set[str]:
    """Lock the copies of replications, and say which have locked ones."""
    query = sa.select(ImageCopy.id, ImageCopy.replication_id).where(
        ImageCopy.replication_id.in_(ids)
    )
    owners = {row.id: row.replication_id for row in session.execute(query)}
    free = locking.lock(session, ImageCopy, owners, wait=False)
    return {owners[copy_id] for copy_id in owners.keys() - free}
