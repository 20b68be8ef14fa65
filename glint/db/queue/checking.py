# SPDX-License-Identifier: Apache-2.0

"""Which credentials are to be checked again, for that was long ago."""

from collections.abc import Collection
from datetime import datetime
from datetime import timedelta
from typing import NamedTuple
import uuid

import sqlalchemy as sa

from glint import states
from glint.db import clock
from glint.db import credential as db_credential
from glint.db import engine
from glint.db import locking
from glint.db import models

Credential = models.Credential
Site = models.Site

#: By how much of the interval credentials are checked earlier, so that those
#: that were checked together are not for ever.
_SPREAD = 0.25
#: How much more often those are checked whose site did not answer.
_HASTE = 24


class Due(NamedTuple):
    """A credential that is to be checked."""

    id: str
    state: str
    checked_at: datetime | None
    project_id: str


def due(
    context: engine.Context,
    interval: float,
    limit: int,
    without: Collection[str | None] = (),
) -> list[Due]:
    """Read credentials that are to be checked, those that wait longest first.

    :param interval: how often each is to be checked, in seconds.
    :param limit: how many to read.
    :param without: the ids of projects to leave out.
    """
    last = sa.func.coalesce(Credential.checked_at, Credential.created_at)
    silent = Credential.state == states.CREDENTIAL_UNREACHABLE
    with engine.reader(context) as session:
        now = clock.now(session)
        query = (
            sa.select(
                Credential.id,
                Credential.state,
                Credential.checked_at,
                Credential.project_id,
                last,
            )
            .join(Site, Site.id == Credential.site_id)
            .where(
                Site.enabled,
                Credential.project_id.not_in(without),
                Credential.wrong_logins < db_credential.MOST_WRONG_LOGINS,
                sa.or_(
                    last < now - timedelta(seconds=interval * (1 - _SPREAD)),
                    sa.and_(
                        silent,
                        last < now - timedelta(seconds=interval / _HASTE),
                    ),
                ),
            )
            .order_by(last)
        )
        found: list[Due] = []
        for (
            credential_id,
            state,
            checked_at,
            project_id,
            since,
        ) in session.execute(query):
            item = Due(credential_id, state, checked_at, project_id)
            wait = interval * (1 - _SPREAD * _fraction(item.id))
            if item.state == states.CREDENTIAL_UNREACHABLE:
                wait = interval / _HASTE
            if since + timedelta(seconds=wait) < now:
                found.append(item)
            if len(found) == limit:
                break
        return found


def _fraction(credential_id: str) -> float:
    """:returns: a number from 0 to 1, the same for a credential always."""
    return uuid.UUID(credential_id).int / 2**128


@engine.retried
def begin(context: engine.Context, credential: Due) -> bool:
    """Take the right to check a credential.

    :returns: False if another conductor was quicker, or the row is locked.
    """
    with engine.writer(context) as session:
        if not locking.lock(session, Credential, [credential.id], wait=False):
            return False
        result = session.execute(
            sa.update(Credential)
            .where(
                Credential.id == credential.id,
                Credential.state == credential.state,
                Credential.checked_at.is_not_distinct_from(
                    credential.checked_at
                ),
            )
            .values(
                checked_at=clock.utcnow(), updated_at=Credential.updated_at
            )
        )
        return bool(result.rowcount)  # type: ignore[attr-defined]
