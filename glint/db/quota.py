# SPDX-License-Identifier: Apache-2.0

"""Keeps projects within their limits.

Counting and adding are one transaction under a lock of the project's row, so
that requests at the same moment cannot exceed a limit together.
"""

from typing import NamedTuple
from typing import TypeGuard

import sqlalchemy as sa
from sqlalchemy import orm

from glint import exception
from glint import states
from glint.db import engine
from glint.db import models
from glint.db import project
from glint.db.models import rule as rule_models

SITES = 'sites'
CREDENTIALS = 'credentials'
ACTIVE_REPLICATIONS = 'active_replications'
RULES = 'rules'

_Table = type[
    models.Site | models.Credential | models.Replication | rule_models.Rule
]

#: What counts, by the name of the limit.
_COUNTED: dict[str, tuple[_Table, sa.ColumnElement[bool]]] = {
    SITES: (models.Site, models.Site.shared.is_(False)),
    CREDENTIALS: (
        models.Credential,
        sa.and_(
            models.Credential.auth_type != 'trust',
            models.Credential.trial_of.is_(None),
        ),
    ),
    ACTIVE_REPLICATIONS: (
        models.Replication,
        models.Replication.state.in_(states.ACTIVE),
    ),
    RULES: (rule_models.Rule, sa.true()),
}


class Limit(NamedTuple):
    """How many of something a project may have.

    :ivar resource: one of the names above.
    :ivar most: the number; negative is any number.
    """

    project_id: str
    resource: str
    most: int


def prepare(context: engine.Context, limit: Limit | None) -> None:
    """Make the row to lock, before the transaction that counts.

    :param limit: as in :func:`enforce`.
    """
    if _is_limited(limit):
        project.ensure(context, limit.project_id)


def enforce(session: orm.Session, limit: Limit | None) -> None:
    """Let a transaction go on only if the project may have one more.

    :param limit: None is that of an operator, who has none.
    :raises OverQuota: if it has as many already.
    """
    lock(session, limit)
    check(session, limit)


def lock(session: orm.Session, limit: Limit | None) -> None:
    """Let one transaction at a time add to what a project has."""
    if _is_limited(limit):
        project.lock(session, limit.project_id)


def check(session: orm.Session, limit: Limit | None) -> None:
    """Do what :func:`enforce` does, with the project locked already."""
    if not _is_limited(limit):
        return
    table, counts = _COUNTED[limit.resource]
    query = sa.select(sa.func.count()).select_from(table)
    query = query.where(table.project_id == limit.project_id, counts)
    used = session.scalar(query) or 0
    if used >= limit.most:
        raise exception.OverQuota(
            resource=limit.resource, limit=limit.most, used=used, requested=1
        )


def _is_limited(limit: Limit | None) -> TypeGuard[Limit]:
    return limit is not None and limit.most >= 0
