# SPDX-License-Identifier: Apache-2.0

"""Rules in the database."""

from datetime import datetime
from typing import Any
import uuid

from oslo_db import exception as db_exception
import sqlalchemy as sa

from glint import exception
from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import listing
from glint.db import locking
from glint.db import models as base_models
from glint.db import project
from glint.db import quota
from glint.db import replication as db_replication
from glint.db.models import rule as models

Rule = models.Rule


def _visible(project_id: str | None) -> sa.ColumnElement[bool]:
    """:param project_id: whose view it is; None is that of an admin."""
    return sa.true() if project_id is None else Rule.project_id == project_id


@engine.retried
def create(
    context: engine.Context, limit: quota.Limit | None = None, **values: Any
) -> Rule:
    """Add a rule.

    :param limit: how many rules the project may have.
    :raises OverQuota: if it has as many already.
    :raises RuleExists: if the project has one of that name.
    :raises UnknownSite: if a site was deleted meanwhile.
    """
    rule = Rule(id=str(uuid.uuid4()), **values)
    project.ensure(context, rule.project_id)
    try:
        with engine.writer(context) as session:
            quota.enforce(session, limit)
            session.add(rule)
            session.flush()
            db_replication.lock_sites(
                session, [rule.source_site_id, *rule.target_site_ids]
            )
    except db_exception.DBDuplicateEntry:
        raise exception.RuleExists(name=values['name']) from None
    return rule


def get(context: engine.Context, rule_id: str, project_id: str | None) -> Rule:
    """Read a rule.

    :param project_id: whose view it is; None is that of an admin or of the
        conductor.
    :raises RuleNotFound: if there is none that the project can see.
    """
    with engine.reader(context) as session:
        rule = session.scalars(
            sa.select(Rule).where(Rule.id == rule_id, _visible(project_id))
        ).first()
    if rule is None:
        raise exception.RuleNotFound(id=rule_id)
    return rule


def index(
    context: engine.Context, project_id: str | None, page: listing.Page
) -> list[Rule]:
    """Read a page of the rules that a project can see."""
    with engine.reader(context) as session:
        return listing.rows(
            session,
            Rule,
            page,
            lambda: _visible(project_id),
            fixed=() if project_id is None else ('project_id',),
        )


@engine.retried
def update(
    context: engine.Context,
    rule_id: str,
    generation: int | None = None,
    **values: Any,
) -> Rule:
    """Change a rule as a user says.

    :param generation: that of the rule that the user has read; None to
        change whatever there is.
    :raises RuleChanged: if the rule has another generation by now.
    :raises RuleExists: if the project has another one of that name.
    :raises RuleNotFound: if it is gone.
    """
    chosen = [Rule.id == rule_id]
    if generation is not None:
        chosen.append(Rule.generation == generation)
    try:
        with engine.writer(context) as session:
            changed = locking.changed(
                session,
                sa.update(Rule)
                .where(*chosen)
                .values(generation=Rule.generation + 1, **values),
            )
            rule = session.get(Rule, rule_id)
    except db_exception.DBDuplicateEntry:
        raise exception.RuleExists(name=values['name']) from None
    if rule is None:
        raise exception.RuleNotFound(id=rule_id)
    if not changed:
        raise exception.RuleChanged(id=rule_id, generation=rule.generation)
    return rule


@engine.retried
def delete(context: engine.Context, rule_id: str) -> None:
    """Remove a rule; what it made stays, and its replications go on.

    :raises RuleNotFound: if it is gone.
    """
    with engine.writer(context) as session:
        if not locking.changed(
            session, sa.delete(Rule).where(Rule.id == rule_id)
        ):
            raise exception.RuleNotFound(id=rule_id)


def due(context: engine.Context, limit: int) -> tuple[datetime, list[Rule]]:
    """Find the rules whose moment has come.

    One that was planned in the future is due as well: the clock was wrong
    then, and what it planned may be years away.

    :param limit: how many at the most.
    :returns: the time, and the rules.
    """
    with engine.reader(context) as session:
        now = clock.now(session)
        query = (
            sa.select(Rule)
            .where(
                Rule.enabled,
                sa.or_(
                    Rule.next_execution_at <= now,
                    sa.and_(
                        Rule.next_execution_at.is_not(None),
                        Rule.planned_at > now,
                    ),
                ),
            )
            .order_by(Rule.next_execution_at)
            .limit(limit)
        )
        return now, list(session.scalars(query))


def active(context: engine.Context, rule_id: str) -> int:
    """Count the replications of a rule that have not ended."""
    replication = base_models.Replication
    query = sa.select(sa.func.count()).where(
        replication.rule_id == rule_id,
        replication.state.in_(states.ACTIVE),
    )
    with engine.reader(context) as session:
        return session.scalar(query) or 0


@engine.retried
def plan(
    context: engine.Context, rule: Rule, now: datetime, at: datetime | None
) -> bool:
    """Plan the next execution of a rule.

    :param at: when; None for never.
    :returns: False if a user or another conductor was quicker.
    """
    with engine.writer(context) as session:
        changed = locking.changed(
            session,
            sa.update(Rule)
            .where(
                Rule.id == rule.id,
                Rule.generation == rule.generation,
                Rule.next_execution_at == rule.next_execution_at,
            )
            .values(
                planned_at=now,
                next_execution_at=at,
                updated_at=Rule.updated_at,
            ),
        )
        return bool(changed)


@engine.retried
def block(
    context: engine.Context, rule: Rule, cause: dict[str, Any] | None
) -> bool:
    """Note why a rule cannot work any more, or that it can again.

    :param cause: code and detail; None when nothing stands in its way.
    :returns: whether that is new.
    """
    with engine.writer(context) as session:
        same = Rule.blocked.is_(None)
        changed = locking.changed(
            session,
            sa.update(Rule)
            .where(
                Rule.id == rule.id,
                Rule.generation == rule.generation,
                same if cause else ~same,
            )
            .values(blocked=cause, updated_at=Rule.updated_at),
        )
        return bool(changed)


@engine.retried
def settle_source(
    context: engine.Context, rule: Rule, project_id: str | None
) -> None:
    """Note as which project the source was asked first."""
    with engine.writer(context) as session:
        session.execute(
            sa.update(Rule)
            .where(Rule.id == rule.id, Rule.source_project_id.is_(None))
            .values(source_project_id=project_id, updated_at=Rule.updated_at)
        )
