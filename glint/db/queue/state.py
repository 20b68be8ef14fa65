# SPDX-License-Identifier: Apache-2.0

"""The state of a replication, which is that of its copies."""

import sqlalchemy as sa
from sqlalchemy import orm

from glint import states
from glint.db import change
from glint.db import clock
from glint.db import locking
from glint.db import models

Replication = models.Replication


def lock(session: orm.Session, replication_id: str) -> None:
    """Let one transaction at a time change the copies of a replication.

    Without it two copies that finish at the same moment would each see the
    other as unfinished, and the replication would stay so for ever.
    """
    session.execute(
        sa.update(Replication)
        .where(Replication.id == replication_id)
        .values(updated_at=Replication.updated_at)
    )


def settle(session: orm.Session, replication_id: str) -> None:
    """Derive the state of a locked replication from its copies."""
    copy = models.ImageCopy
    query = sa.select(copy.state).where(copy.replication_id == replication_id)
    state = states.of_replication(session.scalars(query.distinct()).all())
    ended = state in states.FINAL
    changed = locking.changed(
        session,
        sa.update(Replication)
        .where(Replication.id == replication_id, Replication.state != state)
        # MariaDB assigns in this order, and looks at what it has assigned.
        .ordered_values(
            (
                Replication.started_at,
                # What goes on after its end begins anew.
                sa.case(
                    (Replication.finished_at.is_not(None), None),
                    else_=Replication.started_at,
                ),
            ),
            (Replication.finished_at, clock.utcnow() if ended else None),
            (Replication.state, state),
        ),
    )
    if not changed:
        return
    if ended:
        change.replication_ended(session, replication_id)
    elif state == states.COPYING:
        _start(session, replication_id)


def _start(session: orm.Session, replication_id: str) -> None:
    """Note when the first copy of a replication was claimed."""
    changed = locking.changed(
        session,
        sa.update(Replication)
        .where(
            Replication.id == replication_id,
            Replication.started_at.is_(None),
        )
        .values(started_at=clock.utcnow()),
    )
    if changed:
        change.replication_started(session, replication_id)
