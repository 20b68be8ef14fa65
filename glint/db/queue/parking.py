# SPDX-License-Identifier: Apache-2.0

"""Copies that wait for a credential that its site refuses.

None of them is claimed. ``parked_at`` says since when a copy waits, and its
error why.
"""

from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta
from typing import Any
from typing import NamedTuple

import sqlalchemy as sa

from glint import states
from glint.db import change
from glint.db import clock
from glint.db import engine
from glint.db import locking
from glint.db import models
from glint.db.queue import state as queue_state

Credential = models.Credential
ImageCopy = models.ImageCopy
Replication = models.Replication


#: Rows to change in one transaction.
_BATCH = 500


class Refused(NamedTuple):
    """A credential that queued copies wait for.

    :ivar since: when the first one was parked; None if none is yet.
    """

    id: str
    detail: str | None
    checked_at: datetime | None
    project_id: str
    wrong_logins: int
    since: datetime | None


def refused() -> sa.Select[str]:
    """Make the query for the ids of the credentials that are refused."""
    return sa.select(Credential.id).where(
        Credential.state == states.CREDENTIAL_UNAUTHORIZED
    )


def index(context: engine.Context) -> list[Refused]:
    """Read the refused credentials that queued copies wait for."""
    waiting = _waiting(refused()).subquery()
    query = (
        sa.select(
            Credential.id,
            Credential.detail,
            Credential.checked_at,
            Credential.project_id,
            Credential.wrong_logins,
            sa.func.min(waiting.c.parked_at),
        )
        .join(waiting, waiting.c.credential_id == Credential.id)
        .group_by(
            Credential.id,
            Credential.detail,
            Credential.checked_at,
            Credential.project_id,
            Credential.wrong_logins,
        )
    )
    with engine.reader(context) as session:
        return [Refused(*row) for row in session.execute(query)]


def _waiting(credentials: Any) -> sa.CompoundSelect[Any]:
    """Make the query for the queued copies that need some credentials.

    One part for the targets and one for the sources, so that each finds what
    it looks for by an index.

    :param credentials: the ids, or the query for them.
    """
    columns = (ImageCopy.id, ImageCopy.parked_at)
    queued = ImageCopy.state == states.QUEUED
    return sa.union_all(
        sa.select(ImageCopy.credential_id, *columns).where(
            ImageCopy.credential_id.in_(credentials), queued
        ),
        sa.select(
            Replication.source_credential_id.label('credential_id'), *columns
        )
        .join(ImageCopy, ImageCopy.replication_id == Replication.id)
        .where(
            Replication.source_credential_id.in_(credentials),
            Replication.state.in_(states.ACTIVE),
            queued,
        ),
    )


def _uses(credentials: Any) -> sa.ColumnElement[bool]:
    """:returns: which copies are to or from a site by some credentials."""
    sources = sa.select(Replication.id).where(
        Replication.source_credential_id.in_(credentials),
        Replication.state.in_(states.ACTIVE),
    )
    return sa.or_(
        ImageCopy.credential_id.in_(credentials),
        ImageCopy.replication_id.in_(sources),
    )


def park(
    context: engine.Context, credential_id: str, error: dict[str, Any]
) -> None:
    """Let the copies that are queued with a credential say what they wait for.

    :param error: what they say.
    """
    waiting = _waiting([credential_id]).subquery()
    query = sa.select(waiting.c.id).where(waiting.c.parked_at.is_(None))
    with engine.reader(context) as session:
        ids = session.scalars(query).all()
    for number in range(0, len(ids), _BATCH):
        _park(context, ids[number : number + _BATCH], error)


@engine.retried
def _park(
    context: engine.Context, ids: Sequence[str], error: dict[str, Any]
) -> None:
    with engine.writer(context) as session:
        free = locking.lock(
            session,
            ImageCopy,
            ids,
            ImageCopy.state == states.QUEUED,
            ImageCopy.parked_at.is_(None),
            wait=False,
        )
        session.execute(
            locking.update(ImageCopy, free).values(
                parked_at=clock.utcnow(), error=error
            )
        )


def unpark(context: engine.Context) -> None:
    """Let the copies whose credentials work again wait no longer.

    A row that another transaction has locked has its turn the next time.
    """
    query = sa.select(ImageCopy.id).where(
        ImageCopy.state == states.QUEUED,
        ImageCopy.parked_at.is_not(None),
        sa.not_(_uses(refused())),
    )
    with engine.reader(context) as session:
        ids = session.scalars(query).all()
    for number in range(0, len(ids), _BATCH):
        _unpark(context, ids[number : number + _BATCH])


@engine.retried
def _unpark(context: engine.Context, ids: Sequence[str]) -> None:
    with engine.writer(context) as session:
        free = locking.lock(
            session,
            ImageCopy,
            ids,
            ImageCopy.state == states.QUEUED,
            ImageCopy.parked_at.is_not(None),
            wait=False,
        )
        session.execute(
            locking.update(ImageCopy, free).values(parked_at=None, error=None)
        )


@engine.retried
def begin_check(context: engine.Context, credential: Refused) -> bool:
    """Take the right to check a credential again.

    :returns: False if another conductor was quicker, or the row is locked.
    """
    with engine.writer(context) as session:
        if not locking.lock(session, Credential, [credential.id], wait=False):
            return False
        result = session.execute(
            sa.update(Credential)
            .where(
                Credential.id == credential.id,
                Credential.state == states.CREDENTIAL_UNAUTHORIZED,
                Credential.checked_at == credential.checked_at,
            )
            .values(
                checked_at=clock.utcnow(), updated_at=Credential.updated_at
            )
        )
        return bool(result.rowcount)  # type: ignore[attr-defined]


def late(context: engine.Context, timeout: float) -> list[ImageCopy]:
    """Find the copies that wait for too long.

    :param timeout: how long they may wait, in seconds.
    """
    with engine.reader(context) as session:
        oldest = clock.now(session) - timedelta(seconds=timeout)
        query = sa.select(ImageCopy).where(
            ImageCopy.state == states.QUEUED, ImageCopy.parked_at < oldest
        )
        return list(session.scalars(query))


@engine.retried
def give_up(context: engine.Context, copy: ImageCopy) -> bool:
    """End a copy in error that waits for too long.

    :param copy: as :func:`late` found it.
    :returns: False if it waits no longer, or a row is locked.
    """
    with engine.writer(context) as session:
        for table, row_id in (
            (Replication, copy.replication_id),
            (ImageCopy, copy.id),
        ):
            if not locking.lock(session, table, [row_id], wait=False):
                return False
        result = session.execute(
            sa.update(ImageCopy)
            .where(
                ImageCopy.id == copy.id,
                ImageCopy.state == states.QUEUED,
                ImageCopy.parked_at == copy.parked_at,
            )
            .values(
                state=states.ERROR,
                parked_at=None,
                next_attempt_at=None,
                finished_at=clock.utcnow(),
            )
        )
        if not result.rowcount:  # type: ignore[attr-defined]
            return False
        change.copy_ended(session, copy.id)
        queue_state.settle(session, copy.replication_id)
        return True
