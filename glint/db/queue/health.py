# SPDX-License-Identifier: Apache-2.0

"""Which sites answer, and when those that do not are asked again.

A site that does not answer is unreachable from the first time on. At
``next_probe_at`` a conductor asks it something that concerns no copy, and the
next question waits twice as long, until the site answers. A site that fails
some times in a row is silent: none of its copies is claimed.
"""

from collections.abc import Collection
from datetime import datetime
from datetime import timedelta
import random
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from glint import conf
from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import locking
from glint.db import models

Credential = models.Credential
ImageCopy = models.ImageCopy
Replication = models.Replication
Site = models.Site

#: Doublings after which a wait is longer than any that may be configured.
_MAX_DOUBLINGS = 30

#: How long a site is left alone after a question, whoever wants it asked.
_REST = timedelta(seconds=5)


class Probe(NamedTuple):
    """A site that did not answer and is to be asked."""

    site_id: str
    name: str
    project_id: str
    enabled: bool
    failures: int
    next_probe_at: datetime | None


def silent() -> sa.Select[str]:
    """:returns: the query for the ids of the sites that do not answer."""
    return sa.select(Site.id).where(
        Site.next_probe_at.is_not(None),
        Site.failures >= conf.CONF.conductor.breaker_failures,
    )


def waits() -> sa.ColumnElement[bool]:
    """:returns: which copies, joined with Replication, wait for a site."""
    return sa.and_(
        ImageCopy.state == states.QUEUED,
        sa.or_(
            ImageCopy.target_site_id.in_(silent()),
            Replication.source_site_id.in_(silent()),
        ),
    )


def due(context: engine.Context, limit: int) -> list[Probe]:
    """Read the sites that are to be asked, the oldest question first.

    :param limit: how many to read.
    """
    with engine.reader(context) as session:
        query = (
            sa.select(
                Site.id,
                Site.name,
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
    """Take the right to ask a site, until the next question.

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
                probed_at=now,
                updated_at=Site.updated_at,
            ),
        )
        return bool(changed)


def hasten(session: orm.Session, site_ids: Collection[str]) -> None:
    """Let silent sites be asked at once, as somebody waits for them.

    Whoever repeats that has each of them asked no sooner: a question that is
    under way is the answer to it, and a site rests after each one.

    :param site_ids: the sites, whose rows are locked.
    """
    settings = conf.CONF.network
    longest = timedelta(
        seconds=2 * (settings.connect_timeout + settings.request_timeout)
    )
    now = clock.now(session)
    idle = sa.or_(
        Site.probed_at.is_(None),
        Site.probed_at < Site.health_checked_at,
        # Its conductor has died.
        Site.probed_at < now - longest,
    )
    session.execute(
        sa.update(Site)
        .where(
            Site.id.in_(site_ids),
            Site.failures >= conf.CONF.conductor.breaker_failures,
            Site.next_probe_at > now,
            Site.health_checked_at < now - _REST,
            idle,
        )
        .values(next_probe_at=now, updated_at=Site.updated_at)
    )


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
def failed(
    context: engine.Context,
    site_id: str,
    detail: str,
    counted: bool = False,
) -> None:
    """Note that a site did not answer.

    :param detail: what happened instead.
    :param counted: whether this was counted when the question began.
    """
    most = conf.CONF.conductor.breaker_failures
    with engine.writer(context) as session:
        if not counted:
            # Of a silent site only the questions count: copies that still
            # ran are not to make the wait longer.
            session.execute(
                sa.update(Site)
                .where(Site.id == site_id, Site.failures < most)
                .values(failures=Site.failures + 1, updated_at=Site.updated_at)
            )
        query = sa.select(Site.failures).where(Site.id == site_id)
        failures = session.scalar(query) or 0
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
