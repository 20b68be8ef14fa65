# SPDX-License-Identifier: Apache-2.0

"""Why queued copies wait: the one list of reasons.

The claim leaves the copies for which one of them holds, and answers name
those that hold for a copy.
"""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
from datetime import datetime
import itertools
from typing import Any
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from glint import conf
from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import models
from glint.db.queue import health
from glint.db.queue import load as loads
from glint.db.queue import refusal

Credential = models.Credential
ImageCopy = models.ImageCopy
Replication = models.Replication
Site = models.Site


class _Hold(NamedTuple):
    """A reason for which a queued copy is not claimed.

    :ivar reason: one of :data:`glint.states.WAITS`.
    :ivar of_source: whether the source is what it is about, not the target.
    :ivar condition: whether it holds for a row of copies, or of replications.
    """

    reason: str
    of_source: bool
    condition: sa.ColumnElement[bool]


class Wait(NamedTuple):
    """A reason for which a copy waits; what does not belong to it is None.

    :ivar reason: one of :data:`glint.states.WAITS`.
    :ivar site: what it is about, as the other rows.
    :ivar running: how many copies or reads count against the limit.
    :ivar until: when Glint looks again.
    :ivar replication_id: whose copy makes the same image.
    :ivar ahead: how many queued replications of the project come before, if
        that was counted.
    """

    reason: str
    site: Site | None = None
    credential: Credential | None = None
    running: int | None = None
    limit: int | None = None
    until: datetime | None = None
    replication_id: str | None = None
    ahead: int | None = None


class _Facts(NamedTuple):
    """What the reasons are told with; rows by their ids."""

    load: loads.Load
    sites: Mapping[str, Site]
    credentials: Mapping[str, Credential]


def _of_replications(load: loads.Load) -> list[_Hold]:
    """:returns: what holds all copies of a replication back."""
    source_id = Replication.source_site_id
    return [
        _Hold(
            states.CREDENTIAL_REFUSED,
            True,
            Replication.source_credential_id.in_(refusal.refused()),
        ),
        _Hold(states.SITE_SILENT, True, source_id.in_(health.silent())),
        _Hold(states.SOURCE_FULL, True, source_id.in_(load.full_sources())),
        _Hold(
            states.PROJECT_FULL,
            True,
            Replication.project_id.in_(load.full_projects()),
        ),
    ]


def _of_copies(now: datetime, load: loads.Load) -> list[_Hold]:
    """:returns: what holds a single copy back."""
    target_id = ImageCopy.target_site_id
    return [
        _Hold(
            states.CREDENTIAL_REFUSED,
            False,
            ImageCopy.credential_id.in_(refusal.refused()),
        ),
        _Hold(states.SITE_SILENT, False, target_id.in_(health.silent())),
        _Hold(
            states.BACKOFF,
            False,
            sa.and_(
                ImageCopy.next_attempt_at.is_not(None),
                ImageCopy.next_attempt_at > now,
            ),
        ),
        _Hold(states.TARGET_FULL, False, target_id.in_(load.full_targets())),
    ]


def claimable(
    now: datetime, load: loads.Load, locked: Collection[str] = ()
) -> tuple[sa.ColumnElement[bool], sa.ColumnElement[bool]]:
    """Make the conditions of what may be claimed.

    :param now: the database's time.
    :param load: what runs.
    :param locked: ids of projects and sites that are passed over.
    :returns: that of the replication, and that of the copy.
    """
    return (
        sa.and_(
            *(sa.not_(hold.condition) for hold in _of_replications(load)),
            Replication.source_site_id.not_in(locked),
            Replication.project_id.not_in(locked),
        ),
        sa.and_(
            ImageCopy.state == states.QUEUED,
            *(sa.not_(hold.condition) for hold in _of_copies(now, load)),
            ImageCopy.target_site_id.not_in(locked),
        ),
    )


def read(
    context: engine.Context, ids: Collection[str], count: bool = True
) -> dict[str, list[Wait]]:
    """Find out why copies are not claimed.

    It takes some statements, however many copies there are.

    :param ids: of copies; of one replication, if something is counted.
    :param count: whether to count what comes before, which takes longer the
        more a project has queued.
    :returns: the reasons by the ids of the copies that are queued. There is
        one at least: a copy that nothing holds back waits for its turn.
    """
    if not ids:
        return {}
    with engine.reader(context) as session:
        load = loads.measure(session)
        holds = [
            *_of_replications(load),
            *_of_copies(clock.now(session), load),
        ]
        query = (
            sa.select(
                ImageCopy,
                Replication,
                *(sa.case((hold.condition, 1), else_=0) for hold in holds),
            )
            .join(Replication, Replication.id == ImageCopy.replication_id)
            .where(ImageCopy.id.in_(ids), ImageCopy.state == states.QUEUED)
        )
        found = [
            (copy, replication, list(itertools.compress(holds, flags)))
            for copy, replication, *flags in session.execute(query)
        ]
        facts = _facts(session, load, [row[:2] for row in found])
        waits = {
            copy.id: [_wait(hold, copy, replication, facts) for hold in held]
            for copy, replication, held in found
        }
        free = [copy.id for copy, _replication, held in found if not held]
        if free:
            ahead = _ahead(session, found[0][1]) if count else None
            turn = Wait(states.TURN, ahead=ahead)
            waits |= {copy_id: [turn] for copy_id in free}
        return waits


def of_replications(
    context: engine.Context, ids: Collection[str]
) -> dict[str, list[Wait]]:
    """Find out why replications have copies that are not claimed.

    :param ids: of replications.
    :returns: the reasons by their ids; see :func:`each_once`. What comes
        before them is not counted.
    """
    query = sa.select(ImageCopy.id, ImageCopy.replication_id).where(
        ImageCopy.replication_id.in_(ids), ImageCopy.state == states.QUEUED
    )
    with engine.reader(context) as session:
        found = {row[0]: row[1] for row in session.execute(query)}
    result: dict[str, list[list[Wait]]] = {}
    for copy_id, waits in read(context, found, count=False).items():
        result.setdefault(found[copy_id], []).append(waits)
    return {key: each_once(waits) for key, waits in result.items()}


def each_once(waits: Iterable[list[Wait]]) -> list[Wait]:
    """Put the reasons of the copies of one replication together.

    :param waits: the reasons of each copy.
    :returns: each reason once, with the moment at which Glint looks first.
    """
    order = sorted(
        itertools.chain(*waits), key=lambda wait: wait.until or datetime.min
    )
    first: dict[tuple[Any, ...], Wait] = {}
    for wait in order:
        about = (wait.reason, wait.site, wait.credential, wait.replication_id)
        first.setdefault(about, wait)
    return sorted(first.values(), key=lambda w: states.WAITS.index(w.reason))


def _facts(
    session: orm.Session,
    load: loads.Load,
    rows: Collection[tuple[ImageCopy, Replication]],
) -> _Facts:
    site_ids: set[str] = set()
    credential_ids: set[str] = set()
    for copy, replication in rows:
        site_ids |= {copy.target_site_id, replication.source_site_id}
        credential_ids |= {
            copy.credential_id,
            replication.source_credential_id,
        }
    sites = session.scalars(sa.select(Site).where(Site.id.in_(site_ids)))
    credentials = session.scalars(
        sa.select(Credential).where(
            Credential.id.in_(credential_ids),
            Credential.refused_at.is_not(None),
        )
    )
    return _Facts(
        load,
        {site.id: site for site in sites},
        {credential.id: credential for credential in credentials},
    )


def _wait(
    hold: _Hold, copy: ImageCopy, replication: Replication, facts: _Facts
) -> Wait:
    """Tell a reason with what belongs to it."""
    site_id, credential_id = copy.target_site_id, copy.credential_id
    if hold.of_source:
        site_id = replication.source_site_id
        credential_id = replication.source_credential_id
    site = facts.sites[site_id]
    load, limits = facts.load, conf.CONF.queue
    if hold.reason == states.CREDENTIAL_REFUSED:
        refused = facts.credentials[credential_id]
        again = refused.next_check_at
        return Wait(hold.reason, site, credential=refused, until=again)
    if hold.reason == states.SITE_SILENT:
        return Wait(hold.reason, site, until=site.next_probe_at)
    if hold.reason == states.SOURCE_FULL:
        reads = load.from_sites[site_id]
        return Wait(hold.reason, site, None, reads, limits.max_reads_from_site)
    if hold.reason == states.TARGET_FULL:
        copies = load.to_sites[site_id]
        return Wait(hold.reason, site, None, copies, limits.max_copies_to_site)
    if hold.reason == states.PROJECT_FULL:
        copies = load.projects[replication.project_id]
        limit = limits.max_copies_per_project
        return Wait(hold.reason, running=copies, limit=limit)
    if copy.awaited_id is not None:
        return Wait(
            states.RESERVATION,
            site,
            until=copy.next_attempt_at,
            replication_id=copy.awaited_id,
        )
    return Wait(hold.reason, until=copy.next_attempt_at)


def _ahead(session: orm.Session, replication: Replication) -> int:
    """Count the queued replications of the project that come before one."""
    before = sa.or_(
        Replication.priority < replication.priority,
        sa.and_(
            Replication.priority == replication.priority,
            Replication.turn_at < replication.turn_at,
        ),
    )
    query = sa.select(sa.func.count(Replication.id)).where(
        Replication.project_id == replication.project_id,
        Replication.state == states.QUEUED,
        before,
    )
    return session.scalar(query) or 0
