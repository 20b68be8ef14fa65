# SPDX-License-Identifier: Apache-2.0

"""The conductors: what they hold and have held, and who has which name."""

from datetime import datetime
from typing import Any
from typing import NamedTuple

from oslo_db import exception as db_exception
import sqlalchemy as sa

from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import locking
from glint.db import models

Attempt = models.Attempt
ImageCopy = models.ImageCopy


class Conductor(NamedTuple):
    """What the database knows of a conductor.

    :ivar copies: how many copies it holds.
    :ivar silent: seconds since it last wrote that it does; None if it holds
        none.
    :ivar last_claim: when it last claimed a copy that still has its history,
        naive UTC.
    """

    name: str
    copies: int
    silent: int | None
    last_claim: datetime | None


def index(context: engine.Context) -> list[Conductor]:
    """Find out which conductors there are or were, the busiest first."""
    held = (
        sa.select(
            ImageCopy.conductor,
            sa.func.count(),
            sa.func.max(ImageCopy.heartbeat),
        )
        .where(
            ImageCopy.state.in_(states.HELD), ImageCopy.heartbeat.is_not(None)
        )
        .group_by(ImageCopy.conductor)
    )
    claims = sa.select(
        Attempt.conductor, sa.func.max(Attempt.started_at)
    ).group_by(Attempt.conductor)
    with engine.reader(context) as session:
        now = clock.now(session)
        holding: dict[str, Any]
        holding = {str(row[0]): row for row in session.execute(held)}
        last = {row[0]: row[1] for row in session.execute(claims)}
    known = []
    for name in holding.keys() | last.keys():
        _name, copies, heartbeat = holding.get(name, (name, 0, None))
        silent = None if heartbeat is None else clock.seconds(heartbeat, now)
        known.append(Conductor(name, copies, silent, last.get(name)))
    return sorted(known, key=lambda one: (-one.copies, one.name))


@engine.retried
def take_name(context: engine.Context, name: str, process: str) -> bool:
    """Note which process has the name of a conductor.

    :param process: an id of the process, new with each start.
    :returns: whether another process had it until now.
    """
    row = models.Conductor
    named = sa.update(row).where(row.id == name)
    with engine.writer(context) as session:
        changed = locking.changed(
            session,
            named.where(row.process != process).values(process=process),
        )
        if changed:
            return True
        if session.get(row, name) is not None:
            return False
    try:
        with engine.writer(context) as session:
            session.add(row(id=name, process=process))
    except db_exception.DBDuplicateEntry:
        # A namesake was quicker; the next look tells.
        return False
    return False
