# SPDX-License-Identifier: Apache-2.0

"""Copies of conductors that have been silent for too long."""

from collections.abc import Collection
from datetime import datetime
from datetime import timedelta
from typing import Any
import uuid

import sqlalchemy as sa

from glint import states
from glint.db import attempt as db_attempt
from glint.db import clock
from glint.db import engine
from glint.db import locking
from glint.db import models
from glint.db.queue import lease
from glint.i18n import _

ImageCopy = models.ImageCopy

#: Before any conductor.
_LONG_AGO = datetime(2000, 1, 1)


def lost(
    context: engine.Context, timeout: float, ours: Collection[str] = ()
) -> list[ImageCopy]:
    """Find the copies whose conductor has been silent for too long.

    A conductor cannot renew the lease on a copy whose row a stranger has
    locked, and may well be alive. So only those are found whose rows can be
    locked, and who takes them gives their conductors a :func:`grace` first,
    to renew the leases that they still hold.

    :param timeout: how long that is, in seconds.
    :param ours: the ids of copies that the caller runs itself.
    """
    with engine.reader(context) as session:
        oldest = clock.now(session) - timedelta(seconds=timeout)
        query = sa.select(ImageCopy).where(
            ImageCopy.state.in_(states.HELD),
            ImageCopy.heartbeat < oldest,
            ImageCopy.id.not_in(list(ours)),
        )
        silent = {copy.id: copy for copy in session.scalars(query)}
    if not silent:
        return []
    with engine.writer(context) as session:
        free = locking.lock(session, ImageCopy, list(silent), wait=False)
    return [silent[copy_id] for copy_id in free]


def grace(timeout: float) -> float:
    """Say how long a copy must be lost, and free, before it is taken.

    :param timeout: how long a conductor may be silent, in seconds.
    :returns: seconds.
    """
    return timeout / 2


def requeue(context: engine.Context, copy: ImageCopy) -> bool:
    """Queue a copy again whose conductor was lost.

    :param copy: as :func:`lost` found it.
    :returns: False if the conductor has renewed its lease since.
    :raises Busy: if another transaction has locked a row.
    """
    return lease.release(
        context,
        copy,
        states.COPYING,
        states.QUEUED,
        ImageCopy.heartbeat == copy.heartbeat,
        attempt=states.ERROR,
        wait=False,
        error=_silence(copy),
    )


def _silence(copy: ImageCopy) -> dict[str, Any]:
    detail = _(
        'The conductor %s stopped while it made the copy. Another one takes '
        'over; if that goes on, ask the operator of Glint.'
    )
    return {
        'code': 'conductor_lost',
        'detail': detail % copy.conductor,
        'retryable': True,
        'http_status': None,
    }


def held_by(context: engine.Context, conductor: str) -> list[ImageCopy]:
    """Read the copies that a conductor holds.

    :param conductor: its name.
    """
    with engine.reader(context) as session:
        query = sa.select(ImageCopy).where(
            ImageCopy.conductor == conductor,
            ImageCopy.state.in_(states.HELD),
        )
        return list(session.scalars(query))


def evacuate(context: engine.Context, copy: ImageCopy) -> str | None:
    """Take a copy away from its conductor, dead or alive.

    The conductor changes nothing of it any more, and stops it as soon as it
    hears of that. What it was copying is queued again, without one attempt
    less; what was cancelled is left to whoever is the first to clean up.

    :param copy: as :func:`held_by` found it.
    :returns: the state of the copy now, None if its conductor has given it up
        meanwhile.
    :raises Busy: if another transaction has locked a row.
    """
    if lease.release(
        context,
        copy,
        states.COPYING,
        states.QUEUED,
        attempt=states.STOPPED,
        wait=False,
        attempts=ImageCopy.attempts - 1,
    ):
        return states.QUEUED
    # It may have been cancelled since it was read.
    return states.CANCELLING if _abandon(context, copy) else None


@engine.retried
def _abandon(context: engine.Context, copy: ImageCopy) -> bool:
    """Let a cancelled copy look as if its conductor were dead for long."""
    with engine.writer(context) as session:
        locking.lock_now(session, ImageCopy, [copy.id])
        changed = locking.changed(
            session,
            sa.update(ImageCopy)
            .where(
                ImageCopy.id == copy.id,
                ImageCopy.lease == copy.lease,
                ImageCopy.state == states.CANCELLING,
            )
            .values(lease=str(uuid.uuid4()), heartbeat=_LONG_AGO),
        )
        if not changed:
            return False
        db_attempt.end(
            session, copy.lease, states.STOPPED, None, copy.bytes_sent
        )
        return True


@engine.retried
def take_cancelling(
    context: engine.Context, copy: ImageCopy, conductor: str
) -> ImageCopy | None:
    """Take over a cancelled copy whose conductor was lost before it stopped.

    :param copy: as :func:`lost` found it.
    :param conductor: the name of the one that takes it.
    :returns: the copy, to be cleaned up; None if its conductor has renewed
        its lease since.
    :raises Busy: if another transaction has locked the row.
    """
    with engine.writer(context) as session:
        locking.lock_now(session, ImageCopy, [copy.id])
        changed = locking.changed(
            session,
            sa.update(ImageCopy)
            .where(
                ImageCopy.id == copy.id,
                ImageCopy.lease == copy.lease,
                ImageCopy.heartbeat == copy.heartbeat,
                ImageCopy.state == states.CANCELLING,
            )
            .values(
                conductor=conductor,
                lease=str(uuid.uuid4()),
                heartbeat=clock.utcnow(),
            ),
        )
        if not changed:
            return None
        db_attempt.end(
            session,
            copy.lease,
            states.ERROR,
            _silence(copy),
            copy.bytes_sent,
        )
        return session.get_one(ImageCopy, copy.id)
