# SPDX-License-Identifier: Apache-2.0

"""Whose turn it is: the order in which queued replications are claimed.

The order within a project is in the rows: by priority, then by ``turn_at``,
when the replication was asked for, or as much later as its size says. As that
time is fixed, what is small goes before what is large, and nothing waits for
ever. Between projects, the one comes first that has the least running.
"""

from collections.abc import Collection
from datetime import datetime
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from glint import conf
from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import models
from glint.db.queue import load as loads
from glint.db.queue import waiting

ImageCopy = models.ImageCopy
Project = models.Project
Replication = models.Replication

_GIB = 2**30


def at(asked_at: datetime, size: int | None) -> datetime:
    """Say when a replication has its turn, compared with others.

    :param asked_at: when it was asked for.
    :param size: of the image, in bytes; None if that is not known.
    """
    delay = conf.CONF.queue.size_delay * (size or 0) / _GIB
    return asked_at + timedelta(seconds=delay)


def due(
    context: engine.Context,
    limit: int,
    tried: Collection[str] = (),
    locked: Collection[str] = (),
) -> list[str]:
    """Find replications with copies that may be claimed now.

    At most one of each project, so that who claims them asks again.

    :param limit: how many at most.
    :param tried: ids of replications that are left out.
    :param locked: ids of projects and sites that are left out.
    :returns: ids of replications, whose turn is first comes first.
    """
    if not limit:
        return []
    with engine.reader(context) as session:
        load = loads.measure(session)
        conditions = waiting.claimable(clock.now(session), load, locked)
        projects = session.execute(_heads(*conditions, tried)).all()
        heads = {head for _id, _served, *row in projects for head in row}
        query = sa.select(
            Replication.id,
            Replication.project_id,
            Replication.priority,
            Replication.turn_at,
        ).where(Replication.id.in_(heads - {None}))
        rows = session.execute(query).all()
    served = {row.id: row.served_at or datetime.min for row in projects}
    first = {
        # The last one stays, which is the first to come.
        row.project_id: row
        for row in sorted(rows, key=lambda row: row[2:], reverse=True)
    }
    found = sorted(
        first.values(),
        key=lambda row: (
            row.priority,
            load.projects[row.project_id],
            served[row.project_id],
            row.turn_at,
        ),
    )
    return [row.id for row in found[:limit]]


def is_overtaken(context: engine.Context, replication_id: str) -> bool:
    """Say whether another one could run instead of one that runs.

    That is one of the project that waits and has its turn before.
    """
    with engine.reader(context) as session:
        me = session.get(Replication, replication_id)
        if me is None:
            return False
        load = loads.measure(session, without=replication_id)
        of_replication, of_copy = waiting.claimable(clock.now(session), load)
        before = sa.and_(
            of_replication,
            Replication.priority == me.priority,
            Replication.turn_at < me.turn_at,
        )
        heads = session.execute(
            _heads(before, of_copy, [replication_id]).where(
                Project.id == me.project_id
            )
        ).first()
        return heads is not None and any(heads[2:])


def _heads(
    of_replication: sa.ColumnElement[bool],
    of_copy: sa.ColumnElement[bool],
    tried: Collection[str],
) -> sa.Select[Any]:
    """Make the query for the first replication of each project.

    A column for each state with queued copies, so that each is the first
    entry of an index that fits.
    """
    waits = (
        sa.select(ImageCopy.id)
        .where(ImageCopy.replication_id == Replication.id, of_copy)
        .correlate(Replication)
        .exists()
    )
    heads = [
        sa.select(Replication.id)
        .where(
            Replication.project_id == Project.id,
            Replication.state == state,
            Replication.id.not_in(list(tried)),
            of_replication,
            waits,
        )
        .order_by(Replication.priority, Replication.turn_at)
        .limit(1)
        .correlate(Project)
        .scalar_subquery()
        for state in states.ACTIVE
    ]
    return sa.select(Project.id, Project.served_at, *heads)
