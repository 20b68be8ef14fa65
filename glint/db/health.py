# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Which sites answer, and when those that do not are tried again.

A site that fails some times in a row is silent: none of its copies is
claimed until ``next_probe_at``. Then one copy is, and the next one waits
twice as long, until one proves that the site answers.
"""

from datetime import datetime
from datetime import timedelta
import random

import sqlalchemy as sa
from sqlalchemy import orm

from glint import conf
from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import models

Site = models.Site

# Whether copies from or to a site may be claimed: all, one, or none.
ANSWERS = 'answers'
PROBE = 'probe'
WAIT = 'wait'

#: Doublings after which a wait is longer than any that may be configured.
_MAX_DOUBLINGS = 30


def silent(now: datetime) -> sa.Select[str]:
    """:returns: the query for the ids of the sites that are not asked now."""
    return sa.select(Site.id).where(Site.next_probe_at > now)


def admit(session: orm.Session, site_id: str, now: datetime) -> str:
    """Say whether copies from or to a site may be claimed.

    Who is told PROBE has taken the only probe until the next one.

    :returns: ANSWERS, PROBE or WAIT.
    """
    query = sa.select(Site.failures, Site.next_probe_at).where(
        Site.id == site_id
    )
    site = session.execute(query).first()
    if site is None or site.next_probe_at is None:
        return ANSWERS
    taken = session.execute(
        sa.update(Site)
        .where(
            Site.id == site_id,
            Site.next_probe_at == site.next_probe_at,
            Site.next_probe_at <= now,
        )
        .values(
            failures=Site.failures + 1,
            next_probe_at=now + _wait(site.failures + 1),
            updated_at=Site.updated_at,
        )
    )
    return PROBE if taken.rowcount else WAIT  # type: ignore[attr-defined]


@engine.retried
def failed(context: engine.Context, site_id: str, detail: str) -> None:
    """Note that a site did not answer."""
    with engine.writer(context) as session:
        # The probes of a silent site are counted when they begin.
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
    """Note that a site answers."""
    with engine.writer(context) as session:
        session.execute(
            sa.update(Site)
            .where(Site.id == site_id)
            .values(
                failures=0,
                next_probe_at=None,
                health_state=states.SITE_OK,
                health_detail=None,
                health_checked_at=clock.utcnow(),
                updated_at=Site.updated_at,
            )
        )


def _wait(failures: int) -> timedelta:
    """:returns: how long no copy tries the site."""
    settings = conf.CONF.conductor
    doublings = min(failures - settings.breaker_failures, _MAX_DOUBLINGS)
    seconds = min(
        settings.probe_delay * 2 ** max(doublings, 0), settings.max_probe_delay
    )
    return timedelta(
        seconds=seconds * random.uniform(0.75, 1.25)  # noqa: S311
    )
