# SPDX-License-Identifier: Apache-2.0

"""The renewal of leases, which waits for nobody.

A conductor renews all its leases at once. A row that a stranger has locked is
left out: nobody can take that copy over either, as long as the row is locked,
nor for a grace afterwards (see :mod:`glint.db.queue.takeover`).
"""

from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any
from typing import NamedTuple

import sqlalchemy as sa

from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import locking
from glint.db import models

ImageCopy = models.ImageCopy

#: What the heartbeat writes of each copy; all else is the copy's to write.
PROGRESS = ('phase', 'bytes_sent', 'bytes_total', 'rate')


class Held(NamedTuple):
    """A copy that a conductor still holds.

    :ivar renewed: False if its row is locked, so that nobody can change it.
    """

    state: str
    renewed: bool


def renew_all(
    context: engine.Context,
    copies: Mapping[str, ImageCopy],
    progress: Mapping[str, Mapping[str, Any]],
) -> dict[str, Held]:
    """Renew the leases on copies and note their progress.

    It is not tried again: the next beat comes soon, and only who knows when
    a try began knows how long its leases hold.

    :param copies: the rows as they were claimed, by their ids.
    :param progress: the columns PROGRESS of each, by the ids.
    :returns: those copies that are still the conductor's, by their ids.
    """
    if not copies:
        return {}
    leases = [copy.lease for copy in copies.values()]
    ours = (ImageCopy.lease.in_(leases), ImageCopy.state.in_(states.HELD))
    with engine.writer(context) as session:
        locked = locking.lock(
            session, ImageCopy, list(copies), *ours, wait=False
        )
        if locked:
            session.execute(
                locking.update(ImageCopy, locked).values(
                    heartbeat=clock.utcnow(),
                    **{
                        name: _of_each(name, locked, progress)
                        for name in PROGRESS
                    },
                )
            )
        # A plain look waits for no lock.
        query = sa.select(ImageCopy.id, ImageCopy.state).where(
            ImageCopy.id.in_(list(copies)), *ours
        )
        return {
            copy_id: Held(state, copy_id in locked)
            for copy_id, state in session.execute(query)
        }


def _of_each(
    name: str, ids: Sequence[str], progress: Mapping[str, Mapping[str, Any]]
) -> sa.Case[Any]:
    """:returns: the value of a column in each of some rows."""
    column = getattr(ImageCopy, name)
    values = {
        copy_id: sa.literal(progress[copy_id][name], column.type)
        for copy_id in ids
    }
    return sa.case(values, value=ImageCopy.id, else_=column)


@engine.retried
def renew(
    context: engine.Context, copy: ImageCopy, **columns: Any
) -> str | None:
    """Renew the lease on one copy, when it has something to write.

    :param copy: the row as it was claimed.
    :param columns: to write, such as target_image_id.
    :returns: the state of the copy, or None if the conductor lost it.
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
                ImageCopy.state.in_(states.HELD),
            )
            .values(heartbeat=clock.utcnow(), **columns),
        )
        if not changed:
            return None
        query = sa.select(ImageCopy.state).where(ImageCopy.id == copy.id)
        return session.scalar(query)
