# SPDX-License-Identifier: Apache-2.0

"""Unfinished images that copies that have ended left at their targets.

A copy names the image that it makes from before it is made; with an outcome
it is no leftover any more.
"""

from datetime import datetime
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import locking
from glint.db import models

ImageCopy = models.ImageCopy


def left() -> sa.ColumnElement[bool]:
    """:returns: which copies have left something behind."""
    return sa.and_(
        ImageCopy.state.in_(states.FINAL),
        ImageCopy.outcome.is_(None),
        sa.or_(
            ImageCopy.target_image_id.is_not(None),
            ImageCopy.made_image_ids.is_not(None),
        ),
    )


def of_replication() -> sa.Exists:
    """:returns: whether a replication has leftovers, for a query on it."""
    return (
        sa.select(ImageCopy.id)
        .where(ImageCopy.replication_id == models.Replication.id, left())
        .correlate(models.Replication)
        .exists()
    )


def due(context: engine.Context, delay: float) -> list[ImageCopy]:
    """Find the copies whose leftovers are to be removed now.

    After each removal in vain the next one waits twice as long.

    :param delay: how long the first one waits, in seconds.
    """
    with engine.reader(context) as session:
        now = clock.now(session)
        return [
            copy
            for copy in session.scalars(sa.select(ImageCopy).where(left()))
            if now >= _last(copy) + _wait(copy, timedelta(seconds=delay))
        ]


def _last(copy: ImageCopy) -> datetime:
    """:returns: when the removal was last tried; at the end, at first."""
    return max(filter(None, (copy.cleaned_at, copy.finished_at)))


def _wait(copy: ImageCopy, delay: timedelta) -> timedelta:
    return max(delay, _last(copy) - (copy.finished_at or _last(copy)))


@engine.retried
def take(
    context: engine.Context, copy: ImageCopy, lease: float
) -> ImageCopy | None:
    """Take the right to remove what a copy left behind.

    A copy that is retried meanwhile begins after the lease, or when it is
    released.

    :param copy: as :func:`due` found it.
    :param lease: how long the right lasts, in seconds.
    :returns: the copy; None if it is another one's by now, or its row is
        locked.
    """
    with engine.writer(context) as session:
        if not locking.lock(session, ImageCopy, [copy.id], wait=False):
            return None
        now = clock.now(session)
        changed = locking.changed(
            session,
            sa.update(ImageCopy)
            .where(
                ImageCopy.id == copy.id,
                left(),
                ImageCopy.target_image_id == copy.target_image_id,
                ImageCopy.cleaned_at == copy.cleaned_at,
            )
            .values(
                cleaned_at=now,
                next_attempt_at=now + timedelta(seconds=lease),
            ),
        )
        if not changed:
            return None
        return session.get_one(ImageCopy, copy.id)


@engine.retried
def release(context: engine.Context, copy: ImageCopy, **values: Any) -> None:
    """Give up the right, and note what came of it.

    :param copy: as :func:`take` gave it.
    :param values: such as target_image_id.
    """
    with engine.writer(context) as session:
        session.execute(
            sa.update(ImageCopy)
            .where(
                ImageCopy.id == copy.id,
                ImageCopy.cleaned_at == copy.cleaned_at,
            )
            .values(next_attempt_at=None, **values)
        )
