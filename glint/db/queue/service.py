# SPDX-License-Identifier: Apache-2.0

"""The processes that run: one row for each, which it renews.

Times are those of the database. A process that was killed stays in the list
until another one of its kind begins on its host, or for a day.
"""

from datetime import datetime
from datetime import timedelta
from typing import NamedTuple

import sqlalchemy as sa

from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import locking
from glint.db import models

ImageCopy = models.ImageCopy

UP = 'up'
DOWN = 'down'

#: How long a process may say nothing before it counts as gone.
_SILENCE = timedelta(seconds=90)
#: How long those are listed that are gone.
_MEMORY = timedelta(days=1)


class Service(NamedTuple):
    """What is known of a process.

    :ivar name: that of its program.
    :ivar host: the name of the conductor, or of the host of the API.
    :ivar state: UP or DOWN.
    :ivar copies: how many copies it holds; None if it is no conductor.
    :ivar last_seen: seconds since it last said that it runs.
    """

    name: str
    host: str
    pid: int
    version: str
    state: str
    copies: int | None
    started_at: datetime
    last_seen: int


@engine.retried
def renew(
    context: engine.Context,
    process_id: str,
    name: str,
    host: str,
    pid: int,
    version: str,
    conductor: bool,
) -> None:
    """Note that a process runs.

    :param process_id: new with each process.
    :param name: that of its program.
    :param host: its conductor's name, or that of the host.
    :param conductor: whether it is one.
    """
    row = models.Service
    with engine.writer(context) as session:
        seen = sa.update(row).where(row.id == process_id)
        if locking.changed(session, seen.values(seen_at=clock.utcnow())):
            return
        now = clock.now(session)
        same = sa.and_(row.name == name, row.host == host)
        session.execute(
            sa.delete(row).where(
                sa.or_(
                    row.seen_at < now - _MEMORY,
                    sa.and_(same, row.seen_at < now - _SILENCE),
                )
            )
        )
        session.add(
            row(
                id=process_id,
                name=name,
                host=host,
                pid=pid,
                version=version,
                conductor=conductor,
                created_at=now,
                seen_at=now,
            )
        )


@engine.retried
def remove(context: engine.Context, process_id: str) -> None:
    """Forget a process that ends."""
    row = models.Service
    with engine.writer(context) as session:
        session.execute(sa.delete(row).where(row.id == process_id))


def index(context: engine.Context) -> list[Service]:
    """List the processes, by their names and hosts."""
    row = models.Service
    held = (
        sa.select(ImageCopy.conductor, sa.func.count())
        .where(ImageCopy.state.in_(states.HELD))
        .group_by(ImageCopy.conductor)
    )
    order = (row.name, row.host, row.created_at, row.id)
    with engine.reader(context) as session:
        now = clock.now(session)
        copies = {found[0]: found[1] for found in session.execute(held)}
        return [
            Service(
                found.name,
                found.host,
                found.pid,
                found.version,
                UP if found.seen_at >= now - _SILENCE else DOWN,
                copies.get(found.host, 0) if found.conductor else None,
                found.created_at,
                clock.seconds(found.seen_at, now),
            )
            for found in session.scalars(sa.select(row).order_by(*order))
        ]
