# SPDX-License-Identifier: Apache-2.0

"""The history of a copy: one row per claim, named as the claim's lease.

The functions that change something are part of the transaction that claims
or releases the copy.
"""

from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import models

Attempt = models.Attempt


def index(context: engine.Context, copy_id: str) -> list[Attempt]:
    """Read the attempts to make a copy, the first one first."""
    query = sa.select(Attempt).where(Attempt.copy_id == copy_id)
    with engine.reader(context) as session:
        return list(session.scalars(query.order_by(Attempt.number)))


def begin(
    session: orm.Session, copy_id: str, lease: str, conductor: str
) -> None:
    """Note that a conductor has claimed a copy.

    :param lease: the token of the claim.
    :param conductor: the name of the one that claimed it.
    """
    last = sa.select(sa.func.max(Attempt.number)).where(
        Attempt.copy_id == copy_id
    )
    session.add(
        Attempt(
            id=lease,
            copy_id=copy_id,
            number=(session.scalar(last) or 0) + 1,
            conductor=conductor,
            state=states.COPYING,
            started_at=clock.utcnow(),
        )
    )
    session.flush()


def end(
    session: orm.Session,
    lease: str | None,
    state: str,
    error: dict[str, Any] | None,
    bytes_sent: int,
) -> None:
    """Note what became of a claim; one that has ended stays as it is.

    :param lease: the token of the claim.
    :param bytes_sent: how much had arrived at the target.
    """
    session.execute(
        sa.update(Attempt)
        .where(Attempt.id == lease, Attempt.finished_at.is_(None))
        .values(
            state=state,
            error=error,
            bytes_sent=bytes_sent,
            finished_at=clock.utcnow(),
        )
    )
