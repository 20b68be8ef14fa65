# SPDX-License-Identifier: Apache-2.0

"""Copies that do not get on, and why: what an operator looks for.

Times are those of the database, except that of the last change of a row,
which is of the host that changed it.
"""

from collections.abc import Sequence
from datetime import datetime
from datetime import timedelta
from typing import Any
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import leftover
from glint.db import models
from glint.db.queue import health
from glint.db.queue import refusal

ImageCopy = models.ImageCopy
Replication = models.Replication

#: Its conductor has been silent for longer than a lease, and no other one has
#: taken it over.
SILENT = 'conductor_silent'
#: It was cancelled and has not stopped.
CANCELLING = 'cancelling'
#: Its credential, or that of its source, is refused.
PARKED = 'parked'
#: Its target or its source does not answer.
SITE = 'site_unreachable'
#: Nothing of the above keeps it, but no conductor has claimed it.
WAITING = 'waiting'
#: It has ended, and an image that it did not finish is still at its target.
LEFTOVER = 'leftover'

REASONS = (SILENT, CANCELLING, PARKED, SITE, WAITING, LEFTOVER)


class Stuck(NamedTuple):
    """A copy that does not get on.

    :ivar reason: one of REASONS.
    :ivar seconds: for how long, by what is known.
    :ivar image: its name, or its id where that is not known.
    :ivar source: the name of the site, or its id where it is deleted.
    :ivar conductor: the last one that had it.
    """

    reason: str
    seconds: int
    image: str
    source: str
    target: str
    conductor: str | None
    project_id: str
    replication_id: str
    copy_id: str
    image_id: str
    source_site_id: str
    target_site_id: str


def index(
    context: engine.Context,
    lease: float,
    age: float,
    reasons: Sequence[str] = REASONS,
    limit: int = 1000,
) -> list[Stuck]:
    """Find the copies that do not get on.

    :param lease: how long a conductor may be silent, in seconds.
    :param age: how long a copy may wait or take to stop, in seconds.
    :param limit: the most to find for each reason.
    """
    with engine.reader(context) as session:
        now = clock.now(session)
        return [
            stuck
            for reason in reasons
            for stuck in _find(session, reason, now, lease, age, limit)
        ]


def _find(
    session: orm.Session,
    reason: str,
    now: datetime,
    lease: float,
    age: float,
    limit: int,
) -> list[Stuck]:
    since, condition = _criterion(reason, now, lease, age)
    source, target = orm.aliased(models.Site), orm.aliased(models.Site)
    query = (
        sa.select(
            since,
            sa.func.coalesce(Replication.image_name, Replication.image_id),
            sa.func.coalesce(source.name, Replication.source_site_id),
            sa.func.coalesce(target.name, ImageCopy.target_site_id),
            ImageCopy.conductor,
            Replication.project_id,
            ImageCopy.replication_id,
            ImageCopy.id,
            Replication.image_id,
            Replication.source_site_id,
            ImageCopy.target_site_id,
        )
        .join(Replication, Replication.id == ImageCopy.replication_id)
        .outerjoin(source, source.id == Replication.source_site_id)
        .outerjoin(target, target.id == ImageCopy.target_site_id)
        .where(condition)
        .order_by(since)
        .limit(limit)
    )
    return [
        Stuck(reason, clock.seconds(since, now), *row)
        for since, *row in session.execute(query)
    ]


def _criterion(
    reason: str, now: datetime, lease: float, age: float
) -> tuple[Any, sa.ColumnElement[bool]]:
    """:returns: since when copies are stuck for a reason, and which are."""
    long_ago = now - timedelta(seconds=age)
    queued = ImageCopy.state == states.QUEUED
    changed = sa.func.coalesce(ImageCopy.updated_at, ImageCopy.created_at)
    held_up = sa.or_(
        ImageCopy.target_site_id.in_(health.silent()),
        Replication.source_site_id.in_(health.silent()),
    )
    if reason == SILENT:
        silent = ImageCopy.heartbeat < now - timedelta(seconds=lease)
        held = ImageCopy.state.in_(states.HELD)
        return ImageCopy.heartbeat, sa.and_(held, silent)
    if reason == CANCELLING:
        # The replication was changed when the first of them was cancelled.
        since = sa.func.coalesce(
            Replication.updated_at, Replication.created_at
        )
        stopping = ImageCopy.state == states.CANCELLING
        return since, sa.and_(stopping, since < long_ago)
    parked = refusal.waits()
    if reason == PARKED:
        return refusal.since(), parked
    if reason == SITE:
        return changed, sa.and_(queued, sa.not_(parked), held_up)
    if reason == WAITING:
        since = sa.func.coalesce(ImageCopy.next_attempt_at, changed)
        return since, sa.and_(
            queued,
            sa.not_(parked),
            sa.not_(held_up),
            since < long_ago,
        )
    return ImageCopy.finished_at, leftover.left()


def count(context: engine.Context, lease: float) -> dict[str, int]:
    """Count the copies that are not at their end, by state, and some others.

    :param lease: how long a conductor may be silent, in seconds.
    :returns: the numbers by states that are not final, and by the reasons
        SILENT, PARKED and LEFTOVER.
    """
    by_state = (
        sa.select(ImageCopy.state, sa.func.count())
        .where(ImageCopy.state.in_(states.ACTIVE))
        .group_by(ImageCopy.state)
    )
    with engine.reader(context) as session:
        now = clock.now(session)
        found = dict.fromkeys(states.ACTIVE, 0)
        for state, number in session.execute(by_state):
            found[state] = number
        for reason in (SILENT, PARKED, LEFTOVER):
            found[reason] = _count(session, reason, now, lease)
        return found


def _count(
    session: orm.Session, reason: str, now: datetime, lease: float
) -> int:
    if reason == PARKED:
        # Found by an index, however many copies are queued for other reasons.
        parked = refusal.waiting(ImageCopy.id).subquery()
        query = sa.select(sa.func.count(parked.c.id.distinct()))
    else:
        _since, condition = _criterion(reason, now, lease, 0)
        query = sa.select(sa.func.count(ImageCopy.id)).where(condition)
    return session.scalar(query) or 0
