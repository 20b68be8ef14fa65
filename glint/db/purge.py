# SPDX-License-Identifier: Apache-2.0

"""Removal of old finished replications."""

from datetime import timedelta

import sqlalchemy as sa

from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import leftover
from glint.db import models

#: Rows to remove in one transaction: few enough to hold no lock for long.
BATCH = 100


def purge(context: engine.Context, age: timedelta) -> int:
    """Remove the replications that finished a while ago, and their copies.

    Those stay of which an unfinished image is still to be removed.

    :param age: how long ago at least.
    :returns: how many replications were removed.
    """
    removed = 0
    while batch := _purge_batch(context, age):
        removed += batch
    return removed


@engine.retried
def _purge_batch(context: engine.Context, age: timedelta) -> int:
    replication = models.Replication
    with engine.reader(context) as session:
        query = (
            sa.select(replication.id)
            .where(
                replication.state.in_(states.FINAL),
                replication.finished_at < clock.now(session) - age,
                ~leftover.of_replication(),
            )
            .limit(BATCH)
        )
        ids = session.scalars(query).all()
    with engine.writer(context) as session:
        # Once more by state: one of them may be retried at this moment.
        result = session.execute(
            sa.delete(replication).where(
                replication.id.in_(ids), replication.state.in_(states.FINAL)
            )
        )
        return int(result.rowcount)  # type: ignore[attr-defined]
