# SPDX-License-Identifier: Apache-2.0

"""Executions of rules in the database: a queue with leases.

::

    queued -> running -> completed, partial, error, cancelled
    running -> copying -> running (a replication has ended)
    running -> needs_approval -> queued
    running -> queued (its conductor is gone)
    queued, needs_approval -> cancelled

A rule has one at a time, and whatever triggers it meanwhile is one more that
follows.
"""

from collections.abc import Iterable
from datetime import datetime
from datetime import timedelta
from typing import Any
import uuid

import sqlalchemy as sa
from sqlalchemy import orm

from glint import exception
from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import listing
from glint.db import locking
from glint.db import models as base_models
from glint.db.models import rule as models

Execution = models.Execution
Item = models.Item
Rule = models.Rule

#: Items that one statement adds.
_BATCH = 500
#: Until an execution that copies is looked at again, whatever is known.
_PAUSE = timedelta(minutes=1)


@engine.retried
def trigger(
    context: engine.Context,
    rule: Rule,
    why: str,
    planned: tuple[datetime, datetime | None] | None = None,
) -> Execution | None:
    """Have a rule executed: now, or once more when it has been.

    :param why: one of ``states.TRIGGERS``.
    :param planned: the time, and when the next one is due; None to leave
        what is planned.
    :returns: the new execution; None if one is on its way, or if another
        conductor was quicker.
    """
    values: dict[str, Any] = {}
    chosen: list[sa.ColumnElement[bool]] = [Rule.id == rule.id]
    if planned is not None:
        values = {'planned_at': planned[0], 'next_execution_at': planned[1]}
        chosen += [
            Rule.generation == rule.generation,
            Rule.next_execution_at == rule.next_execution_at,
            Rule.enabled.is_(True),
        ]
    with engine.writer(context) as session:
        # Takes the row's lock, so that one at a time looks for an execution.
        changed = locking.changed(
            session,
            sa.update(Rule)
            .where(*chosen)
            .values(updated_at=Rule.updated_at, **values),
        )
        if not changed:
            return None
        active = sa.select(Execution.id).where(
            Execution.active_rule_id == rule.id
        )
        if session.scalar(active) is None:
            return _add(session, rule.id, why)
        session.execute(
            sa.update(Rule)
            .where(Rule.id == rule.id)
            .values(again=why, updated_at=Rule.updated_at)
        )
        return None


@engine.retried
def rehearse(context: engine.Context, rule: Rule) -> Execution:
    """Have a rule executed without the last step."""
    with engine.writer(context) as session:
        made = _make(rule.id, states.MANUAL, rule.generation)
        made.dry_run, made.active_rule_id = True, None
        session.add(made)
        return made


def _add(session: orm.Session, rule_id: str, why: str) -> Execution:
    """Add an execution of a rule whose row is locked."""
    generation = session.scalars(
        sa.select(Rule.generation).where(Rule.id == rule_id)
    ).one()
    made = _make(rule_id, why, generation)
    session.add(made)
    session.flush()
    return made


def _make(rule_id: str, why: str, generation: int) -> Execution:
    return Execution(
        id=str(uuid.uuid4()),
        rule_id=rule_id,
        active_rule_id=rule_id,
        trigger=why,
        generation=generation,
        state=states.QUEUED,
    )


def get(context: engine.Context, rule_id: str, execution_id: str) -> Execution:
    """Read an execution of a rule.

    :raises ExecutionNotFound: if the rule has none of that id.
    """
    with engine.reader(context) as session:
        found = session.scalars(
            sa.select(Execution).where(
                Execution.id == execution_id, Execution.rule_id == rule_id
            )
        ).first()
    if found is None:
        raise exception.ExecutionNotFound(id=execution_id)
    return found


def index(
    context: engine.Context, rule_id: str, page: listing.Page
) -> list[Execution]:
    """Read a page of the executions of a rule."""
    with engine.reader(context) as session:
        return listing.rows(
            session,
            Execution,
            page,
            lambda: Execution.rule_id == rule_id,
            fixed=('rule_id',),
        )


def last(
    context: engine.Context, rule_ids: Iterable[str]
) -> dict[str, Execution]:
    """Find the last execution of each rule that was no dry run.

    :returns: by the ids of the rules, of those that have one.
    """
    newest = (
        sa.select(
            Execution.rule_id, sa.func.max(Execution.created_at).label('at')
        )
        .where(Execution.rule_id.in_(rule_ids), ~Execution.dry_run)
        .group_by(Execution.rule_id)
        .subquery()
    )
    query = (
        sa.select(Execution)
        .join(
            newest,
            sa.and_(
                newest.c.rule_id == Execution.rule_id,
                newest.c.at == Execution.created_at,
            ),
        )
        .where(~Execution.dry_run)
        .order_by(Execution.id)
    )
    with engine.reader(context) as session:
        return {made.rule_id: made for made in session.scalars(query)}


def due(context: engine.Context, lease: float, limit: int) -> list[Execution]:
    """Find what waits for a conductor, or was left by one that is gone.

    :param lease: for how many seconds a conductor may be silent.
    """
    with engine.reader(context) as session:
        query = (
            sa.select(Execution)
            .where(_is_free(clock.now(session), lease))
            .order_by(Execution.created_at)
            .limit(limit)
        )
        return list(session.scalars(query))


def _is_free(now: datetime, lease: float) -> sa.ColumnElement[bool]:
    return sa.or_(
        Execution.state == states.QUEUED,
        sa.and_(
            Execution.state == states.RUNNING,
            Execution.heartbeat < now - timedelta(seconds=lease),
        ),
        sa.and_(
            Execution.state == states.COPYING,
            sa.or_(
                _has_news(),
                # Nothing could begin, for a quota or for an outage.
                Execution.updated_at < now - _PAUSE,
            ),
        ),
    )


def _has_news() -> sa.ColumnElement[bool]:
    """:returns: whether a replication of an execution has ended."""
    replication = base_models.Replication
    active = sa.exists().where(
        replication.id == Item.replication_id,
        replication.state.in_(states.ACTIVE),
    )
    return sa.exists().where(
        Item.execution_id == Execution.id,
        Item.state == states.COPYING,
        ~active,
    )


@engine.retried
def claim(
    context: engine.Context, execution: Execution, conductor: str, lease: float
) -> str | None:
    """Take an execution.

    :param conductor: the name of the one that takes it.
    :returns: the lease; None if another one was quicker.
    """
    taken = str(uuid.uuid4())
    with engine.reader(context) as session:
        now = clock.now(session)
    with engine.writer(context) as session:
        changed = locking.changed(
            session,
            sa.update(Execution)
            .where(
                Execution.id == execution.id,
                Execution.lease.is_(None)
                if execution.lease is None
                else Execution.lease == execution.lease,
                _is_free(now, lease),
            )
            .values(
                state=states.RUNNING,
                conductor=conductor,
                lease=taken,
                heartbeat=clock.utcnow(),
                started_at=sa.func.coalesce(
                    Execution.started_at, clock.utcnow()
                ),
            ),
        )
    return taken if changed else None


@engine.retried
def renew(context: engine.Context, execution_id: str, lease: str) -> bool:
    """Go on to hold an execution.

    :returns: False if it is lost, or a user wants it to end.
    """
    with engine.writer(context) as session:
        changed = locking.changed(
            session,
            sa.update(Execution)
            .where(
                Execution.id == execution_id,
                Execution.lease == lease,
                Execution.state == states.RUNNING,
                ~Execution.cancelled,
            )
            .values(heartbeat=clock.utcnow()),
        )
    return bool(changed)


@engine.retried
def keep_plan(
    context: engine.Context,
    execution_id: str,
    lease: str,
    planned: Iterable[dict[str, Any]],
    **values: Any,
) -> bool:
    """Note what an execution is to do, in place of what was noted before.

    :param planned: the columns of each item but for its number.
    :param values: columns of the execution.
    :returns: False if the execution is lost.
    """
    rows = [
        {
            'id': str(uuid.uuid4()),
            'execution_id': execution_id,
            'number': number,
            **item,
        }
        for number, item in enumerate(planned)
    ]
    with engine.writer(context) as session:
        if not _change(session, execution_id, lease, **values):
            return False
        session.execute(
            sa.delete(Item).where(Item.execution_id == execution_id)
        )
        for begin in range(0, len(rows), _BATCH):
            session.execute(sa.insert(Item), rows[begin : begin + _BATCH])
    return True


@engine.retried
def release(
    context: engine.Context,
    execution_id: str,
    lease: str,
    state: str,
    **values: Any,
) -> bool:
    """Let an execution go that runs.

    :param state: what becomes of it.
    :returns: False if it is lost.
    """
    with engine.writer(context) as session:
        held = {'conductor': None, 'lease': None, 'heartbeat': None}
        if not _change(
            session, execution_id, lease, state=state, **held, **values
        ):
            return False
        if state in states.ENDED:
            _end(session, execution_id)
    return True


@engine.retried
def settle(context: engine.Context, execution_id: str, state: str) -> bool:
    """End an execution that nobody holds.

    :param state: how it ended.
    :returns: False if it has ended, or runs again.
    """
    with engine.writer(context) as session:
        changed = locking.changed(
            session,
            sa.update(Execution)
            .where(
                Execution.id == execution_id,
                Execution.state.in_(
                    (states.QUEUED, states.COPYING, states.NEEDS_APPROVAL)
                ),
            )
            .values(state=state),
        )
        if changed:
            _end(session, execution_id)
    return bool(changed)


@engine.retried
def approve(
    context: engine.Context, execution_id: str, pairs: list[list[str]]
) -> bool:
    """Let go what an execution asked for.

    :param pairs: of an image at the source and a site.
    :returns: False if it does not ask.
    """
    with engine.writer(context) as session:
        changed = locking.changed(
            session,
            sa.update(Execution)
            .where(
                Execution.id == execution_id,
                Execution.state == states.NEEDS_APPROVAL,
            )
            .values(state=states.QUEUED, approved=pairs),
        )
    return bool(changed)


@engine.retried
def cancel(context: engine.Context, execution_id: str) -> None:
    """Have an execution end: at once if nobody holds it, else soon."""
    with engine.writer(context) as session:
        session.execute(
            sa.update(Execution)
            .where(
                Execution.id == execution_id,
                Execution.state.not_in(states.ENDED),
            )
            .values(cancelled=True)
        )
    settle(context, execution_id, states.CANCELLED)


def _change(
    session: orm.Session, execution_id: str, lease: str, /, **values: Any
) -> bool:
    """Change an execution, if it is still held."""
    return bool(
        locking.changed(
            session,
            sa.update(Execution)
            .where(
                Execution.id == execution_id,
                Execution.lease == lease,
                Execution.state == states.RUNNING,
            )
            .values(updated_at=clock.utcnow(), **values),
        )
    )


def _end(session: orm.Session, execution_id: str) -> None:
    """Note when an execution ended, and let the one that waits follow."""
    session.execute(
        sa.update(Execution)
        .where(Execution.id == execution_id)
        .values(active_rule_id=None, finished_at=clock.utcnow())
    )
    rule_id = session.scalars(
        sa.select(Execution.rule_id).where(
            Execution.id == execution_id, ~Execution.dry_run
        )
    ).first()
    if rule_id is None:
        return
    # The row's lock; whoever triggers meanwhile comes before or after.
    again = session.scalar(
        sa.select(Rule.again).where(Rule.id == rule_id).with_for_update()
    )
    if again is None:
        return
    session.execute(
        sa.update(Rule)
        .where(Rule.id == rule_id)
        .values(again=None, updated_at=Rule.updated_at)
    )
    _add(session, rule_id, again)
