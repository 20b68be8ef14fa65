# SPDX-License-Identifier: Apache-2.0

"""Replicas of rules in the database."""

from collections.abc import Collection
from collections.abc import Iterable
from typing import Any
import uuid

import sqlalchemy as sa

from glint import states
from glint.db import engine
from glint.db import listing
from glint.db import models as base_models
from glint.db.models import rule as models

Replica = models.Replica


def of_rule(context: engine.Context, rule_id: str) -> list[Replica]:
    """Read all replicas of a rule."""
    query = sa.select(Replica).where(Replica.rule_id == rule_id)
    with engine.reader(context) as session:
        return list(session.scalars(query))


def index(
    context: engine.Context, rule_id: str, page: listing.Page
) -> list[Replica]:
    """Read a page of the replicas of a rule."""
    with engine.reader(context) as session:
        return listing.rows(
            session,
            Replica,
            page,
            lambda: Replica.rule_id == rule_id,
            fixed=('rule_id',),
        )


def ended(
    context: engine.Context, rule_id: str
) -> list[tuple[Replica, base_models.ImageCopy | None]]:
    """Find the replicas whose copies have ended since they were asked for.

    :returns: each with its copy; None for one that is gone.
    """
    copy = base_models.ImageCopy
    query = (
        sa.select(Replica, copy)
        .outerjoin(
            copy,
            sa.and_(
                copy.replication_id == Replica.replication_id,
                copy.target_site_id == Replica.target_site_id,
            ),
        )
        .where(
            Replica.rule_id == rule_id,
            sa.or_(
                sa.and_(
                    Replica.state == states.PENDING,
                    sa.or_(copy.id.is_(None), copy.state.in_(states.FINAL)),
                ),
                # A user may have tried again what failed.
                sa.and_(
                    Replica.state == states.FAILED,
                    copy.state == states.COMPLETED,
                ),
            ),
        )
    )
    with engine.reader(context) as session:
        return [(row[0], row[1]) for row in session.execute(query)]


def counts(
    context: engine.Context, rule_ids: Collection[str]
) -> dict[str, dict[str, int]]:
    """Count the replicas of rules by their states."""
    query = (
        sa.select(Replica.rule_id, Replica.state, sa.func.count())
        .where(Replica.rule_id.in_(rule_ids))
        .group_by(Replica.rule_id, Replica.state)
    )
    result: dict[str, dict[str, int]] = {rule_id: {} for rule_id in rule_ids}
    with engine.reader(context) as session:
        for rule_id, state, count in session.execute(query):
            result[rule_id][state] = count
    return result


@engine.retried
def keep(
    context: engine.Context,
    rule_id: str,
    source_image_id: str,
    site_id: str,
    **values: Any,
) -> None:
    """Note what is known of a replica, of a new one as well.

    :param values: the columns that changed.
    """
    with engine.writer(context) as session:
        found = session.scalars(
            sa.select(Replica)
            .where(
                Replica.rule_id == rule_id,
                Replica.source_image_id == source_image_id,
                Replica.target_site_id == site_id,
            )
            .with_for_update()
        ).first()
        if found is None:
            found = Replica(
                id=str(uuid.uuid4()),
                rule_id=rule_id,
                source_image_id=source_image_id,
                target_site_id=site_id,
            )
            session.add(found)
        for key, value in values.items():
            setattr(found, key, value)


def others(
    context: engine.Context,
    rule_id: str,
    images: Iterable[tuple[str, str]],
) -> set[tuple[str, str]]:
    """Say which images other rules and replications hold.

    :param rule_id: the rule whose own do not count.
    :param images: pairs of the site and the image there.
    """
    wanted = set(images)
    ids = {image_id for _site_id, image_id in wanted}
    copy, replication = base_models.ImageCopy, base_models.Replication
    of_rules = sa.select(
        Replica.target_site_id, Replica.target_image_id
    ).where(
        Replica.target_image_id.in_(ids),
        Replica.rule_id != rule_id,
        Replica.state != states.RETIRED,
    )
    of_others = (
        sa.select(copy.target_site_id, copy.target_image_id)
        .join(replication, replication.id == copy.replication_id)
        .where(
            copy.target_site_id.in_({site_id for site_id, _id in wanted}),
            copy.target_image_id.in_(ids),
            copy.state.in_((*states.ACTIVE, states.COMPLETED)),
            replication.rule_id.is_distinct_from(rule_id),
        )
    )
    with engine.reader(context) as session:
        found = {
            (row[0], row[1])
            for query in (of_rules, of_others)
            for row in session.execute(query)
        }
    return {pair for pair in wanted if pair in found}
