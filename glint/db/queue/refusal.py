# SPDX-License-Identifier: Apache-2.0

"""Credentials that their sites refuse, and the copies that wait for them.

None of these copies is claimed. The row of the credential says since when it
is refused, and nothing is written to the copies, however many there are.
"""

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

Attempt = models.Attempt
Credential = models.Credential
ImageCopy = models.ImageCopy
Replication = models.Replication


class Late(NamedTuple):
    """A queued copy that has waited too long for a refused credential.

    :ivar detail: why the credential is refused.
    """

    copy_id: str
    replication_id: str
    credential_id: str
    refused_at: datetime
    detail: str | None


def refused() -> sa.Select[str]:
    """Make the query for the ids of the credentials that are refused."""
    return sa.select(Credential.id).where(Credential.refused_at.is_not(None))


def waiting(*columns: Any) -> sa.CompoundSelect[Any]:
    """Make the query for the queued copies that wait for a credential.

    One part for the targets and one for the sources, so that each finds what
    it looks for by an index. A copy that waits for both is in both.

    :param columns: what to read of ImageCopy and Credential.
    """
    queued = ImageCopy.state == states.QUEUED
    return sa.union_all(
        sa.select(*columns)
        .select_from(Credential)
        .join(ImageCopy, ImageCopy.credential_id == Credential.id)
        .where(Credential.refused_at.is_not(None), queued),
        sa.select(*columns)
        .select_from(Credential)
        .join(Replication, Replication.source_credential_id == Credential.id)
        .join(ImageCopy, ImageCopy.replication_id == Replication.id)
        .where(
            Credential.refused_at.is_not(None),
            Replication.state.in_(states.ACTIVE),
            queued,
        ),
    )


def waits() -> sa.ColumnElement[bool]:
    """:returns: which copies, joined with Replication, wait for one."""
    return sa.and_(
        ImageCopy.state == states.QUEUED,
        sa.or_(
            ImageCopy.credential_id.in_(refused()),
            Replication.source_credential_id.in_(refused()),
        ),
    )


def since() -> sa.ScalarSelect[datetime | None]:
    """:returns: since when such a copy waits, as far as credentials tell."""
    return (
        sa.select(sa.func.min(Credential.refused_at))
        .where(
            Credential.id.in_(
                (ImageCopy.credential_id, Replication.source_credential_id)
            )
        )
        .correlate(ImageCopy, Replication)
        .scalar_subquery()
    )


def late(context: engine.Context, timeout: float) -> list[Late]:
    """Find the copies that have waited too long for a credential.

    A copy waits from when the credential was refused, but not from before it
    was asked for, or from before its last attempt ended.

    :param timeout: how long copies may wait, in seconds.
    """
    with engine.reader(context) as session:
        oldest = clock.now(session) - timedelta(seconds=timeout)
        found = waiting(
            ImageCopy.id,
            ImageCopy.replication_id,
            Credential.id.label('credential_id'),
            Credential.refused_at,
            Credential.detail,
            ImageCopy.created_at,
        ).subquery()
        tried_since = sa.exists().where(
            Attempt.copy_id == found.c.id, Attempt.finished_at >= oldest
        )
        query = sa.select(*list(found.c)[:5]).where(
            found.c.refused_at < oldest,
            found.c.created_at < oldest,
            sa.not_(tried_since),
        )
        return [Late(*row) for row in session.execute(query)]


@engine.retried
def give_up(
    context: engine.Context, item: Late, error: dict[str, Any]
) -> bool:
    """End a copy in error that has waited too long.

    :param item: the copy, as :func:`late` found it.
    :param error: of the copy from now on.
    :returns: False if the copy waits no longer, or a row is locked.
    """
    with engine.writer(context) as session:
        still_refused = Credential.refused_at == item.refused_at
        for table, row_id, *conditions in (
            (Replication, item.replication_id),
            (ImageCopy, item.copy_id),
            (Credential, item.credential_id, still_refused),
        ):
            if not locking.lock(
                session, table, [row_id], *conditions, wait=False
            ):
                return False
        changed = locking.changed(
            session,
            sa.update(ImageCopy)
            .where(
                ImageCopy.id == item.copy_id,
                ImageCopy.state == states.QUEUED,
                _uses(item.credential_id),
            )
            .values(
                state=states.ERROR,
                error=error,
                next_attempt_at=None,
                finished_at=clock.utcnow(),
            ),
        )
        if not changed:
            return False
        change.copy_ended(session, item.copy_id)
        queue_state.settle(session, item.replication_id)
        return True


def _uses(credential_id: str) -> sa.ColumnElement[bool]:
    """:returns: which copies are to or from a site by a credential."""
    source = sa.exists().where(
        Replication.id == ImageCopy.replication_id,
        Replication.source_credential_id == credential_id,
    )
    return sa.or_(ImageCopy.credential_id == credential_id, source)
