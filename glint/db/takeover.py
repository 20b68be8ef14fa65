# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Copies of conductors that have been silent for too long."""

from datetime import datetime
from datetime import timedelta
from typing import Any
import uuid

import sqlalchemy as sa

from glint import states
from glint.db import attempt as db_attempt
from glint.db import clock
from glint.db import engine
from glint.db import lease
from glint.db import models
from glint.i18n import _

ImageCopy = models.ImageCopy

#: Before any conductor.
_LONG_AGO = datetime(2000, 1, 1)


def requeue_lost(context: engine.Context, timeout: float) -> list[str]:
    """Queue the copies again whose conductor has been silent too long.

    :param timeout: how long that is, in seconds.
    :returns: the ids of the copies.
    """
    return [
        copy.id
        for copy in _lost(context, timeout, states.COPYING)
        if lease.release(
            context,
            copy,
            states.COPYING,
            states.QUEUED,
            ImageCopy.heartbeat == copy.heartbeat,
            attempt=states.ERROR,
            error=_silence(copy),
        )
    ]


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


def evacuate(context: engine.Context, conductor: str) -> tuple[int, int]:
    """Take all copies away from a conductor, dead or alive.

    It changes nothing of them any more, and stops them as soon as it hears
    of that. What it was copying is queued again, without one attempt less;
    what was cancelled is left to whoever is the first to clean up.

    :param conductor: its name.
    :returns: how many copies are queued again, and how many cancelled ones
        were taken away.
    """
    with engine.reader(context) as session:
        query = sa.select(ImageCopy).where(
            ImageCopy.conductor == conductor,
            ImageCopy.state.in_(states.HELD),
        )
        held = list(session.scalars(query))
    queued = sum(
        lease.release(
            context,
            copy,
            states.COPYING,
            states.QUEUED,
            attempt=states.STOPPED,
            attempts=ImageCopy.attempts - 1,
        )
        for copy in held
    )
    # Some may have been cancelled since they were read.
    return queued, sum(_abandon(context, copy) for copy in held)


@engine.retried
def _abandon(context: engine.Context, copy: ImageCopy) -> bool:
    """Let a cancelled copy look as if its conductor were dead for long."""
    with engine.writer(context) as session:
        result = session.execute(
            sa.update(ImageCopy)
            .where(
                ImageCopy.id == copy.id,
                ImageCopy.lease == copy.lease,
                ImageCopy.state == states.CANCELLING,
            )
            .values(lease=str(uuid.uuid4()), heartbeat=_LONG_AGO)
        )
        if not result.rowcount:  # type: ignore[attr-defined]
            return False
        db_attempt.end(
            session, copy.lease, states.STOPPED, None, copy.bytes_sent
        )
        return True


def take_cancelling(
    context: engine.Context, conductor: str, timeout: float
) -> list[ImageCopy]:
    """Take over the cancelled copies whose conductor died before it stopped.

    :param conductor: the name of the one that takes them.
    :param timeout: how long a conductor may be silent, in seconds.
    :returns: the copies that are now the conductor's, to be cleaned up.
    """
    return [
        taken
        for copy in _lost(context, timeout, states.CANCELLING)
        if (taken := _take(context, copy, conductor))
    ]


def _lost(
    context: engine.Context, timeout: float, state: str
) -> list[ImageCopy]:
    with engine.reader(context) as session:
        oldest = clock.now(session) - timedelta(seconds=timeout)
        query = sa.select(ImageCopy).where(
            ImageCopy.state == state, ImageCopy.heartbeat < oldest
        )
        return list(session.scalars(query))


@engine.retried
def _take(
    context: engine.Context, copy: ImageCopy, conductor: str
) -> ImageCopy | None:
    with engine.writer(context) as session:
        result = session.execute(
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
            )
        )
        if not result.rowcount:  # type: ignore[attr-defined]
            return None
        db_attempt.end(
            session,
            copy.lease,
            states.ERROR,
            _silence(copy),
            copy.bytes_sent,
        )
        return session.get_one(ImageCopy, copy.id)
