# SPDX-License-Identifier: Apache-2.0

"""Which sites answer, and when those that do not are asked again.

A site that fails some times in a row is silent: none of its copies is
claimed. At ``next_probe_at`` a conductor asks it something that concerns no
copy, and the next question waits twice as long, until the site answers.
"""

from datetime import datetime
from datetime import timedelta
import random
from typing import NamedTuple

import sqlalchemy as sa

from glint import conf
from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import locking
from glint.db import models

Credential = models.Credential
Site = models.Site

#: Doublings after which a wait is longer than any that may be configured.
_MAX_DOUBLINGS = 30


class Probe(NamedTuple):
    """A silent site that is to be asked."""

    site_id: str
    project_id: str
    enabled: bool
    failures: int
    next_probe_at: datetime | None


def silent() -> sa.Select[str]:
    """:returns: the query for the ids of the sites that do not answer."""
    return sa.select(Site.id).where(Site.next_probe_at.is_not(None))


def due(context: engine.Context, limit: int) -> list[Probe]:
    """Read the silent sites that are to be asked, the oldest question first.

    :param limit: how many to read.
    """
    with engine.reader(context) as session:
        query = (
            sa.select(
                Site.id,
                Site.project_id,
                Site.enabled,
                Site.failures,
                Site.next_probe_at,
            )
            .where(Site.next_probe_at <= clock.now(session))
            .order_by(Site.next_probe_at)
            .limit(limit)
        )
        return [Probe(*row) for row in session.execute(query)]


@engine.retried
def begin(context: engine.Context, probe: Probe) -> bool:
    """Take the right to ask a silent site, until the next question.

    :returns: False if another conductor was quicker, or the row is locked.
    """
    with engine.reader(context) as session:
        now = clock.now(session)
    with engine.writer(context) as session:
        if not locking.lock(session, Site, [probe.site_id], wait=False):
            return False
        changed = locking.changed(
            session,
            sa.update(Site)
            .where(
                Site.id == probe.site_id,
                Site.next_probe_at == probe.next_probe_at,
            )
            .values(
                failures=Site.failures + 1,
                next_probe_at=now + _wait(probe.failures + 1),
                updated_at=Site.updated_at,
            ),
        )
        return bool(changed)


def credentials(context: engine.Context, site_id: str) -> list[str]:
    """Read which credentials a site may be asked with.

    One that the site refused is not tried again for that, as this might lock
    its user out. One that worked when it was last tried says more of the site
    than one that did not, if there is such a one.

    :returns: their ids.
    """
    query = sa.select(Credential.id, Credential.state).where(
        Credential.site_id == site_id,
        Credential.state != states.CREDENTIAL_UNAUTHORIZED,
    )
    with engine.reader(context) as session:
        found = session.execute(query).all()
    good = [row.id for row in found if row.state == states.CREDENTIAL_OK]
    return good or [row.id for row in found]


@engine.retried
def failed(context: engine.Context, site_id: str, detail: str) -> None:
    """Note that a site did not answer."""
    with engine.writer(context) as session:
        # The questions to a silent site are counted when they begin.
        session.execute(
            sa.update(Site)
            .where(Site.id == site_id, Site.next_probe_at.is_(None))
            .values(failures=Site.failures + 1, updated_at=Site.updated_at)
        )
        query = sa.select(Site.failures).where(Site.id == site_id)
        failures = session.scalar(query) or 0
        if failures < conf.CONF.conductor.breaker_failures:
            return
        now = clock.now(session)
        session.execute(
            sa.update(Site)
            .where(Site.id == site_id)
            .values(
                health_state=states.SITE_UNREACHABLE,
                health_detail=detail,
                health_checked_at=now,
                next_probe_at=sa.func.coalesce(
                    Site.next_probe_at, now + _wait(failures)
                ),
                updated_at=Site.updated_at,
            )
        )


@engine.retried
def answered(context: engine.Context, site_id: str) -> None:
    """Note that a site answers; its copies go on at once."""
    _end_silence(context, site_id, states.SITE_OK)


@engine.retried
def forget(context: engine.Context, site_id: str) -> None:
    """Let the copies of a silent site go on, as it cannot be asked."""
    _end_silence(context, site_id, states.SITE_UNKNOWN)


def _end_silence(context: engine.Context, site_id: str, state: str) -> None:
    with engine.writer(context) as session:
        session.execute(
            sa.update(Site)
            .where(Site.id == site_id)
            .values(
                failures=0,
                next_probe_at=None,
                health_state=state,
                health_detail=None,
                health_checked_at=clock.utcnow(),
                updated_at=Site.updated_at,
            )
        )


def _wait(failures: int) -> timedelta:
    """:returns: how long nobody asks the site."""
    settings = conf.CONF.conductor
    doublings = min(failures - settings.breaker_failures, _MAX_DOUBLINGS)
    seconds = min(
        settings.probe_delay * 2 ** max(doublings, 0), settings.max_probe_delay
    )
    return timedelta(
        seconds=seconds * random.uniform(0.75, 1.25)  # noqa: S311
    )
