# SPDX-License-Identifier: Apache-2.0

"""Copies in the database, as the conductors see them: a queue with leases.

A conductor holds a copy from its claim on, as long as it renews the lease.
Every change names the lease, so that one that lost it changes nothing. The
claim begins an entry of the copy's history, and what releases the copy ends
it.
"""

from collections.abc import Collection
from datetime import datetime
from datetime import timedelta
from typing import Any
import uuid

import sqlalchemy as sa
from sqlalchemy import orm

from glint import states
from glint.db import attempt as db_attempt
from glint.db import change
from glint.db import clock
from glint.db import engine
from glint.db import locking
from glint.db import models
from glint.db import project as db_project
from glint.db.queue import load as loads
from glint.db.queue import state as queue_state
from glint.db.queue import waiting

ImageCopy = models.ImageCopy
Replication = models.Replication

#: The attempts of a copy, when the one that ends does not count.
NOT_COUNTED = ImageCopy.attempts - 1


def claim(
    context: engine.Context,
    replication_id: str,
    conductor: str,
    limit: int,
    locked: Collection[str] = (),
) -> list[ImageCopy]:
    """Take the copies of a replication that wait for a conductor.

    They are taken together, so that the source is read once for them all.
    None is taken from or to a site that does not answer, and no more than
    may run at the sites and for the project.

    :param conductor: the name of the one that takes them.
    :param limit: the most to take.
    :param locked: ids of sites whose copies are left.
    :returns: the copies that are now the conductor's.
    :raises Busy: if another transaction has locked a row, which nobody waits
        for.
    """
    with engine.reader(context) as session:
        query = (
            sa.select(
                Replication.project_id,
                Replication.source_site_id,
                ImageCopy.target_site_id,
            )
            .join(ImageCopy, ImageCopy.replication_id == Replication.id)
            .where(
                Replication.id == replication_id,
                ImageCopy.state == states.QUEUED,
            )
        )
        found = session.execute(query).all()
    if not found:
        return []
    sites = {site_id for row in found for site_id in row[1:]}
    return _claim(
        context,
        replication_id,
        found[0].project_id,
        sites.difference(locked),
        conductor,
        limit,
        locked,
    )


@engine.retried
def _claim(
    context: engine.Context,
    replication_id: str,
    project_id: str,
    sites: Collection[str],
    conductor: str,
    limit: int,
    locked: Collection[str],
) -> list[ImageCopy]:
    with engine.writer(context) as session:
        # Who counts has these to itself, and sees what others have claimed.
        db_project.serve(session, project_id)
        locking.lock_now(session, Replication, [replication_id])
        locking.lock_now(session, models.Site, sites)
        claimed = [
            copy_id
            for copy_id in locking.lock(
                session,
                ImageCopy,
                _admitted(session, replication_id, limit, locked),
                wait=False,
            )
            if _claim_one(session, copy_id, conductor)
        ]
        if not claimed:
            return []
        queue_state.settle(session, replication_id)
        return list(
            session.scalars(
                sa.select(ImageCopy).where(ImageCopy.id.in_(claimed))
            )
        )


def _admitted(
    session: orm.Session,
    replication_id: str,
    limit: int,
    locked: Collection[str],
) -> list[str]:
    """:returns: the ids of the copies that may be claimed now."""
    now = clock.now(session)
    load = loads.measure(session)
    query = (
        sa.select(ImageCopy.id, Replication.project_id)
        .join(Replication, Replication.id == ImageCopy.replication_id)
        .where(
            ImageCopy.replication_id == replication_id,
            *waiting.claimable(now, load, locked),
        )
        .order_by(ImageCopy.created_at)
    )
    due = list(session.execute(query))
    if not due:
        return []
    del due[min(limit, load.room(due[0].project_id)) :]
    return [row.id for row in due]


def _claim_one(session: orm.Session, copy_id: str, conductor: str) -> bool:
    lease = str(uuid.uuid4())
    changed = locking.changed(
        session,
        sa.update(ImageCopy)
        .where(ImageCopy.id == copy_id, ImageCopy.state == states.QUEUED)
        .values(
            state=states.COPYING,
            phase=states.PREPARING,
            conductor=conductor,
            lease=lease,
            heartbeat=clock.utcnow(),
            attempts=ImageCopy.attempts + 1,
            next_attempt_at=None,
            awaited_id=None,
            bytes_sent=0,
            rate=None,
        ),
    )
    if not changed:
        return False
    db_attempt.begin(session, copy_id, lease, conductor)
    changed = locking.changed(
        session,
        sa.update(ImageCopy)
        .where(ImageCopy.id == copy_id, ImageCopy.started_at.is_(None))
        .values(started_at=clock.utcnow()),
    )
    if changed:
        change.copy_started(session, copy_id)
    return True


@engine.retried
def release(
    context: engine.Context,
    copy: ImageCopy,
    before: str,
    after: str,
    *conditions: sa.ColumnElement[bool],
    attempt: str,
    attempt_error: dict[str, Any] | None = None,
    wait: bool = True,
    **values: Any,
) -> bool:
    """Give up a copy in one compare-and-swap.

    :param copy: the row as it was claimed.
    :param before: the state that it must be in.
    :param after: the state that it gets.
    :param conditions: what else must hold.
    :param attempt: the state that the attempt ends in.
    :param attempt_error: what it ended with, if not with the copy's error.
    :param wait: whether to wait for who has locked a row.
    :param values: what else to write.
    :returns: False if the copy was cancelled or lost meanwhile.
    :raises Busy: if another transaction goes on to hold a lock.
    """
    with engine.writer(context) as session:
        if wait:
            queue_state.lock(session, copy.replication_id)
        else:
            locking.lock_now(session, Replication, [copy.replication_id])
            locking.lock_now(session, ImageCopy, [copy.id])
        # The row is about to forget what an attempt in vain has sent.
        sent = session.scalar(
            sa.select(ImageCopy.bytes_sent).where(ImageCopy.id == copy.id)
        )
        changed = locking.changed(
            session,
            sa.update(ImageCopy)
            .where(
                ImageCopy.id == copy.id,
                ImageCopy.lease == copy.lease,
                ImageCopy.state == before,
                *conditions,
            )
            .values(
                state=after,
                phase=None,
                rate=None,
                lease=None,
                heartbeat=None,
                **values,
            ),
        )
        if not changed:
            return False
        db_attempt.end(
            session,
            copy.lease,
            attempt,
            attempt_error or values.get('error'),
            max(sent or 0, values.get('bytes_sent', 0)),
        )
        if after in states.FINAL:
            change.copy_ended(session, copy.id)
        queue_state.settle(session, copy.replication_id)
        return True


def complete(context: engine.Context, copy: ImageCopy, **values: Any) -> bool:
    """Note that the image is at the target, verified, or is not to be.

    :param copy: the row as it was claimed.
    :param values: outcome, target_image_id, bytes_sent and the like.
    :returns: False if the copy was cancelled or lost meanwhile.
    """
    values = {'error': None, 'finished_at': clock.utcnow(), **values}
    return release(
        context,
        copy,
        states.COPYING,
        states.COMPLETED,
        attempt=states.COMPLETED,
        **values,
    )


def fail(
    context: engine.Context,
    copy: ImageCopy,
    error: dict[str, Any],
    **values: Any,
) -> bool:
    """End a copy in error.

    :returns: False if the copy was cancelled or lost meanwhile.
    """
    values = {'error': error, 'finished_at': clock.utcnow(), **values}
    return release(
        context,
        copy,
        states.COPYING,
        states.ERROR,
        attempt=states.ERROR,
        **values,
    )


def postpone(
    context: engine.Context,
    copy: ImageCopy,
    error: dict[str, Any],
    delay: float,
    **values: Any,
) -> bool:
    """Queue a copy again for another attempt.

    :param delay: how long it is to wait, in seconds.
    :returns: False if the copy was cancelled or lost meanwhile.
    """
    return release(
        context,
        copy,
        states.COPYING,
        states.QUEUED,
        attempt=states.ERROR,
        error=error,
        next_attempt_at=_in(context, delay),
        **values,
    )


def park(
    context: engine.Context,
    copy: ImageCopy,
    error: dict[str, Any],
    **values: Any,
) -> bool:
    """Queue a copy again, which waits until its credential works.

    It does not count as an attempt.

    :param error: what the attempt ended with.
    :returns: False if the copy was cancelled or lost meanwhile.
    """
    return release(
        context,
        copy,
        states.COPYING,
        states.QUEUED,
        attempt=states.ERROR,
        attempts=NOT_COUNTED,
        attempt_error=error,
        **values,
    )


def hand_back(
    context: engine.Context,
    copy: ImageCopy,
    delay: float | None = None,
    **values: Any,
) -> bool:
    """Queue a copy again that its conductor cannot do anything for now.

    It does not count as an attempt.

    :param delay: how long it is to wait, in seconds; None for not at all.
    :returns: False if the copy was cancelled or lost meanwhile.
    """
    at = None if delay is None else _in(context, delay)
    return release(
        context,
        copy,
        states.COPYING,
        states.QUEUED,
        attempt=states.STOPPED,
        attempts=NOT_COUNTED,
        next_attempt_at=at,
        **values,
    )


def _in(context: engine.Context, delay: float) -> datetime:
    with engine.reader(context) as session:
        return clock.now(session) + timedelta(seconds=delay)


def close_cancelled(
    context: engine.Context, copy: ImageCopy, **values: Any
) -> bool:
    """Note that a cancelled copy has stopped, with nothing left behind.

    :returns: False if the copy was lost meanwhile.
    """
    return release(
        context,
        copy,
        states.CANCELLING,
        states.CANCELLED,
        attempt=states.CANCELLED,
        finished_at=clock.utcnow(),
        **values,
    )
