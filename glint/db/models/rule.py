# SPDX-License-Identifier: Apache-2.0

"""The tables of rules."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import orm

from glint.db import models

_JSON = sa.JSON(none_as_null=True)


class Rule(models.Base):
    """Which images of one site are to be at which sites."""

    __tablename__ = 'rules'
    __table_args__ = (
        sa.UniqueConstraint('project_id', 'name', name='uniq_rules0name'),
        sa.Index('rules_created_idx', 'created_at', 'id'),
        sa.Index('rules_due_idx', 'next_execution_at'),
        sa.Index('rules_project_idx', 'project_id', 'created_at', 'id'),
        models.Base.__table_args__,
    )

    project_id: orm.Mapped[str] = orm.mapped_column(models.KEYSTONE_ID)
    user_id: orm.Mapped[str] = orm.mapped_column(models.KEYSTONE_ID)
    name: orm.Mapped[str] = orm.mapped_column(sa.String(255))
    description: orm.Mapped[str | None] = orm.mapped_column(sa.String(1000))
    enabled: orm.Mapped[bool] = orm.mapped_column(default=True)
    #: Of its replications; see :data:`glint.states.PRIORITIES`.
    priority: orm.Mapped[int]
    source_site_id: orm.Mapped[str] = orm.mapped_column(models.ID)
    #: The project at the source that the rule was made for; None before the
    #: source was asked for the first time.
    source_project_id: orm.Mapped[str | None] = orm.mapped_column(
        models.KEYSTONE_ID
    )
    target_site_ids: orm.Mapped[list[str]] = orm.mapped_column(sa.JSON())
    #: Those that the rule names, for the source and the targets.
    credential_ids: orm.Mapped[list[str] | None] = orm.mapped_column(_JSON)
    #: What it says of images: select, options, follow, on_drift and so on.
    terms: orm.Mapped[dict[str, Any]] = orm.mapped_column(sa.JSON())
    trigger: orm.Mapped[dict[str, Any]] = orm.mapped_column(sa.JSON())
    #: One more with each change by a user.
    generation: orm.Mapped[int] = orm.mapped_column(default=1)
    #: Why it cannot work any more: code and detail.
    blocked: orm.Mapped[dict[str, Any] | None] = orm.mapped_column(_JSON)
    #: What triggered it while it was executed: exactly one execution follows.
    again: orm.Mapped[str | None] = orm.mapped_column(sa.String(16))
    #: When ``next_execution_at`` was planned: a moment that is to come tells
    #: of a clock that was wrong.
    planned_at: orm.Mapped[datetime | None] = orm.mapped_column(models.UTC)
    next_execution_at: orm.Mapped[datetime | None] = orm.mapped_column(
        models.UTC
    )


class Replica(models.Base):
    """An image at a target that a rule keeps like its source.

    See :class:`glint.rule.replica.Replica` for what the columns mean.
    """

    __tablename__ = 'replicas'
    __table_args__ = (
        sa.UniqueConstraint(
            'rule_id',
            'source_image_id',
            'target_site_id',
            name='uniq_replicas0image',
        ),
        sa.Index('replicas_rule_idx', 'rule_id', 'created_at', 'id'),
        sa.Index('replicas_target_idx', 'target_site_id', 'target_image_id'),
        models.Base.__table_args__,
    )

    rule_id: orm.Mapped[str] = orm.mapped_column(
        models.ID, sa.ForeignKey('rules.id', ondelete='CASCADE')
    )
    source_image_id: orm.Mapped[str] = orm.mapped_column(models.ID)
    target_site_id: orm.Mapped[str] = orm.mapped_column(models.ID)
    target_image_id: orm.Mapped[str | None] = orm.mapped_column(models.ID)
    name: orm.Mapped[str | None] = orm.mapped_column(sa.String(255))
    state: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    content: orm.Mapped[str | None] = orm.mapped_column(sa.String(255))
    adopted: orm.Mapped[bool] = orm.mapped_column(default=False)
    written: orm.Mapped[dict[str, Any]] = orm.mapped_column(
        sa.JSON(), default=dict
    )
    refused: orm.Mapped[list[str] | None] = orm.mapped_column(_JSON)
    withdrawn: orm.Mapped[list[str] | None] = orm.mapped_column(_JSON)
    #: What somebody changed at the target, by field.
    drift: orm.Mapped[dict[str, Any] | None] = orm.mapped_column(_JSON)
    #: Why it is not in step: code and detail.
    error: orm.Mapped[dict[str, Any] | None] = orm.mapped_column(_JSON)
    #: The replication that last brought it there.
    replication_id: orm.Mapped[str | None] = orm.mapped_column(models.ID)
    restored: orm.Mapped[int] = orm.mapped_column(default=0)
    #: How many replications failed in a row.
    tries: orm.Mapped[int] = orm.mapped_column(default=0)
    next_try_at: orm.Mapped[datetime | None] = orm.mapped_column(models.UTC)
    gone_count: orm.Mapped[int] = orm.mapped_column(default=0)
    gone_at: orm.Mapped[datetime | None] = orm.mapped_column(models.UTC)
    #: When an audit last read all of its data and found it right.
    verified_at: orm.Mapped[datetime | None] = orm.mapped_column(models.UTC)


class Execution(models.Base):
    """One pass of a rule."""

    __tablename__ = 'executions'
    __table_args__ = (
        sa.UniqueConstraint('active_rule_id', name='uniq_executions0active'),
        sa.Index('executions_rule_idx', 'rule_id', 'created_at', 'id'),
        sa.Index('executions_state_idx', 'state', 'heartbeat'),
        sa.Index('executions_finished_idx', 'finished_at'),
        models.Base.__table_args__,
    )

    rule_id: orm.Mapped[str] = orm.mapped_column(
        models.ID, sa.ForeignKey('rules.id', ondelete='CASCADE')
    )
    #: The rule, until the execution has ended, and never of a dry run: no
    #: rule has two executions at a time.
    active_rule_id: orm.Mapped[str | None] = orm.mapped_column(models.ID)
    #: One of ``states.TRIGGERS``.
    trigger: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    dry_run: orm.Mapped[bool] = orm.mapped_column(default=False)
    #: Of the rule when it was triggered.
    generation: orm.Mapped[int]
    state: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    #: Whether a user wants it to end.
    cancelled: orm.Mapped[bool] = orm.mapped_column(default=False)
    #: Whether all listings were whole; None before they were asked for.
    complete: orm.Mapped[bool | None]
    #: How many items there are of each action.
    counts: orm.Mapped[dict[str, int] | None] = orm.mapped_column(_JSON)
    bytes: orm.Mapped[int] = orm.mapped_column(sa.BigInteger(), default=0)
    warnings: orm.Mapped[list[str] | None] = orm.mapped_column(_JSON)
    #: What a user let go: pairs of an image at the source and a site.
    approved: orm.Mapped[list[list[str]] | None] = orm.mapped_column(_JSON)
    error: orm.Mapped[dict[str, Any] | None] = orm.mapped_column(_JSON)
    conductor: orm.Mapped[str | None] = orm.mapped_column(sa.String(255))
    #: New with each claim, as that of a copy.
    lease: orm.Mapped[str | None] = orm.mapped_column(models.ID)
    heartbeat: orm.Mapped[datetime | None] = orm.mapped_column(models.UTC)
    started_at: orm.Mapped[datetime | None] = orm.mapped_column(models.UTC)
    finished_at: orm.Mapped[datetime | None] = orm.mapped_column(models.UTC)


class Item(models.Base):
    """What an execution does with one image at one target."""

    __tablename__ = 'execution_items'
    __table_args__ = (
        sa.UniqueConstraint(
            'execution_id', 'number', name='uniq_execution_items0number'
        ),
        sa.Index('execution_items_replication_idx', 'replication_id'),
        models.Base.__table_args__,
    )

    execution_id: orm.Mapped[str] = orm.mapped_column(
        models.ID, sa.ForeignKey('executions.id', ondelete='CASCADE')
    )
    #: Its place in the plan.
    number: orm.Mapped[int]
    source_image_id: orm.Mapped[str] = orm.mapped_column(models.ID)
    name: orm.Mapped[str | None] = orm.mapped_column(sa.String(255))
    target_site_id: orm.Mapped[str] = orm.mapped_column(models.ID)
    target_image_id: orm.Mapped[str | None] = orm.mapped_column(models.ID)
    #: One of :data:`glint.rule.terms.ACTIONS`.
    action: orm.Mapped[str] = orm.mapped_column(sa.String(16))
    changes: orm.Mapped[dict[str, Any] | None] = orm.mapped_column(_JSON)
    bytes: orm.Mapped[int] = orm.mapped_column(sa.BigInteger(), default=0)
    reason: orm.Mapped[str | None] = orm.mapped_column(sa.Text())
    #: The replication that it waits for.
    replication_id: orm.Mapped[str | None] = orm.mapped_column(models.ID)
    state: orm.Mapped[str] = orm.mapped_column(sa.String(16))
