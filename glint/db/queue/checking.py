# SPDX-License-Identifier: Apache-2.0

"""Which credentials conductors are to check now."""

from collections.abc import Collection
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa

from glint.db import clock
from glint.db import credential as db_credential
from glint.db import engine
from glint.db import locking
from glint.db import models

Credential = models.Credential
Site = models.Site


class Due(NamedTuple):
    """A credential that is to be checked.

    :ivar enabled: whether its site may be asked.
    """

    id: str
    project_id: str
    enabled: bool
    next_check_at: datetime


def due(
    context: engine.Context,
    limit: int,
    without: Collection[str | None] = (),
) -> list[Due]:
    """Read credentials that are to be checked, those that wait longest first.

    :param limit: how many to read.
    :param without: the ids of projects to leave out.
    """
    with engine.reader(context) as session:
        query = (
            sa.select(
                Credential.id,
                Credential.project_id,
                Site.enabled,
                Credential.next_check_at,
            )
            .join(Site, Site.id == Credential.site_id)
            .where(
                Credential.next_check_at <= clock.now(session),
                Credential.trial_of.is_(None),
                Credential.project_id.not_in(without),
            )
            .order_by(Credential.next_check_at)
            .limit(limit)
        )
        return [
            Due(credential_id, project_id, enabled, at)
            for credential_id, project_id, enabled, at in session.execute(
                query
            )
            if at is not None
        ]


@engine.retried
def begin(context: engine.Context, item: Due) -> bool:
    """Take the right to check a credential, until its next check.

    :returns: False if another conductor was quicker, or the row is locked.
    """
    with engine.writer(context) as session:
        unchanged = Credential.next_check_at == item.next_check_at
        if not locking.lock(
            session, Credential, [item.id], unchanged, wait=False
        ):
            return False
        row = session.get_one(Credential, item.id)
        at = db_credential.next_check(
            clock.now(session), row.state, row.refused_at, row.wrong_logins
        )
        changed = locking.changed(
            session,
            sa.update(Credential)
            .where(Credential.id == item.id, unchanged)
            .values(next_check_at=at, updated_at=Credential.updated_at),
        )
        return bool(changed)
