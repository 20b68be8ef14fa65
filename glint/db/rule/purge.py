# SPDX-License-Identifier: Apache-2.0

"""Removal of old executions; what rules have made they go on to know."""

from collections.abc import Collection
from collections.abc import Sequence
from datetime import timedelta

import sqlalchemy as sa

from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import locking
from glint.db import purge as purges
from glint.db.models import rule as models

Execution = models.Execution

#: Executions to remove in one transaction; each may have many items.
BATCH = 10


def purge(context: engine.Context, age: timedelta) -> purges.Purged:
    """Remove the executions that ended a while ago, and their items.

    :param age: how long ago at least.
    """
    removed = 0
    locked: set[str] = set()
    while ids := _old(context, age, locked):
        free = _remove(context, ids)
        removed += len(free)
        locked |= set(ids) - free
    return purges.Purged(removed, len(locked))


def _old(
    context: engine.Context, age: timedelta, locked: Collection[str]
) -> Sequence[str]:
    """Find some executions to remove.

    :param locked: ids that are left out.
    """
    with engine.reader(context) as session:
        query = (
            sa.select(Execution.id)
            .where(
                Execution.state.in_(states.ENDED),
                Execution.finished_at < clock.now(session) - age,
                Execution.id.not_in(list(locked)),
            )
            .limit(BATCH)
        )
        return session.scalars(query).all()


@engine.retried
def _remove(context: engine.Context, ids: Collection[str]) -> set[str]:
    """Remove executions that nobody has locked.

    :returns: the ids of those that are gone.
    """
    with engine.writer(context) as session:
        free = locking.lock(session, Execution, ids, wait=False)
        session.execute(sa.delete(Execution).where(Execution.id.in_(free)))
        return set(free)
