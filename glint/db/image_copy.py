# SPDX-License-Identifier: Apache-2.0

"""Copies in the database, as the API sees them."""

from collections.abc import Iterable
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from typing import NamedTuple

from oslo_utils import timeutils
import sqlalchemy as sa
from sqlalchemy import orm

from glint import exception
from glint import states
from glint.db import change
from glint.db import clock
from glint.db import engine
from glint.db import listing
from glint.db import models
from glint.db import quota
from glint.db import replication as db_replication
from glint.db.queue import health
from glint.db.queue import refusal
from glint.db.queue import state as queue_state
from glint.db.queue import turn

ImageCopy = models.ImageCopy

#: The most copies that are read to tell what a project's copies are about.
_MAX_RECENT = 10000


class Recent(NamedTuple):
    """A copy, and what it is a copy of; see the columns of the tables."""

    id: str
    replication_id: str
    target_site_id: str
    target_image_id: str | None
    credential_id: str
    state: str
    phase: str | None
    bytes_sent: int
    bytes_total: int | None
    next_attempt_at: datetime | None
    error: dict[str, Any] | None
    finished_at: datetime | None
    source_site_id: str
    image_id: str
    image_name: str | None
    source_hash: str | None
    created_at: datetime


def get(
    context: engine.Context, replication_id: str, copy_id: str
) -> ImageCopy:
    """Read a copy of a replication.

    :raises CopyNotFound: if the replication has no such copy.
    """
    query = sa.select(ImageCopy).where(
        ImageCopy.id == copy_id, ImageCopy.replication_id == replication_id
    )
    with engine.reader(context) as session:
        copy = session.scalars(query).first()
    if copy is None:
        raise exception.CopyNotFound(id=copy_id)
    return copy


def index(
    context: engine.Context, replication_id: str, page: listing.Page
) -> list[ImageCopy]:
    """Read a page of the copies of a replication."""
    with engine.reader(context) as session:
        return listing.rows(
            session,
            ImageCopy,
            page,
            lambda: ImageCopy.replication_id == replication_id,
        )


def is_only_try(context: engine.Context, replication_id: str) -> bool:
    """Say whether a replication is one copy that never failed so far."""
    query = sa.select(ImageCopy.attempts).where(
        ImageCopy.replication_id == replication_id
    )
    with engine.reader(context) as session:
        attempts = session.scalars(query).all()
    return len(attempts) == 1 and attempts[0] <= 1


def recent(
    context: engine.Context, project_id: str, since: datetime
) -> list[Recent]:
    """Read the copies of a project that run or have finished lately.

    :param since: when they must have finished at the earliest.
    :returns: the copies, the newest first.
    """
    replication = models.Replication
    query = (
        sa.select(
            *(getattr(ImageCopy, name) for name in Recent._fields[:12]),
            *(getattr(replication, name) for name in Recent._fields[12:]),
        )
        .join(replication, replication.id == ImageCopy.replication_id)
        .where(
            replication.project_id == project_id,
            sa.or_(
                ImageCopy.state.in_(states.ACTIVE),
                ImageCopy.finished_at >= since,
            ),
        )
        .order_by(replication.created_at.desc(), ImageCopy.id)
        .limit(_MAX_RECENT)
    )
    with engine.reader(context) as session:
        return [Recent(*row) for row in session.execute(query)]


def queued(copies: Iterable[ImageCopy]) -> list[str]:
    """:returns: the ids of those copies that are queued."""
    return [copy.id for copy in copies if copy.state == states.QUEUED]


def retryable(
    context: engine.Context, replication_id: str, copy_id: str | None = None
) -> list[ImageCopy]:
    """Read the copies of a replication for which a retry changes anything.

    :param copy_id: the one to look at; None for all.
    """
    query = _retryable(sa.select(ImageCopy), replication_id, copy_id)
    with engine.reader(context) as session:
        return list(session.scalars(query))


def _retryable(
    query: sa.Select[Any], replication_id: str, copy_id: str | None = None
) -> sa.Select[Any]:
    """Narrow a query to what has ended early, or waits for what may end."""
    replication = models.Replication
    return query.join(
        replication, replication.id == ImageCopy.replication_id
    ).where(
        _chosen(
            replication_id,
            copy_id,
            sa.or_(
                ImageCopy.state.in_(states.RETRYABLE),
                refusal.waits(),
                health.waits(),
            ),
        )
    )


def is_adopted(context: engine.Context, site_id: str, image_id: str) -> bool:
    """Say whether a copy has taken an image at its target as it was."""
    query = sa.select(ImageCopy.id).where(
        ImageCopy.target_site_id == site_id,
        ImageCopy.state == states.COMPLETED,
        ImageCopy.outcome == states.ADOPTED,
        ImageCopy.target_image_id == image_id,
    )
    with engine.reader(context) as session:
        return session.scalar(query.limit(1)) is not None


def refused(
    context: engine.Context, site_id: str, image_id: str
) -> dict[str, Any]:
    """Tell what a site refused of an image that Glint made or amended there.

    Each copy that adopts the image says so, too, as the first one may be
    forgotten by then.

    :returns: the refused values by field or property; None stands for all.
    """
    query = sa.select(ImageCopy.refused).where(
        ImageCopy.target_site_id == site_id,
        ImageCopy.outcome.in_((states.COPIED, states.ADOPTED)),
        ImageCopy.target_image_id == image_id,
        ImageCopy.refused.is_not(None),
    )
    found: dict[str, Any] = {}
    with engine.reader(context) as session:
        for refusal in session.scalars(query):
            found |= refusal or {}
    return found


def _move(
    session: orm.Session,
    replication_id: str,
    copy_id: str | None,
    before: sa.ColumnElement[bool],
    **values: Any,
) -> None:
    """Move one copy, or all, of a replication out of a state."""
    chosen = _chosen(replication_id, copy_id, before)
    session.execute(sa.update(ImageCopy).where(chosen).values(**values))


def _chosen(
    replication_id: str, copy_id: str | None, *conditions: Any
) -> sa.ColumnElement[bool]:
    """:returns: which of the copies of a replication are meant."""
    chosen = sa.and_(ImageCopy.replication_id == replication_id, *conditions)
    if copy_id is not None:
        chosen = sa.and_(chosen, ImageCopy.id == copy_id)
    return chosen


@engine.retried
def cancel(
    context: engine.Context, replication_id: str, copy_id: str | None = None
) -> None:
    """Cancel a copy, or all copies that are not finished.

    Queued ones are cancelled at once; the conductor that runs one finishes
    what is ``cancelling``.
    """
    with engine.writer(context) as session:
        queue_state.lock(session, replication_id)
        _move(
            session,
            replication_id,
            copy_id,
            ImageCopy.state == states.COPYING,
            state=states.CANCELLING,
        )
        _cancel_queued(session, replication_id, copy_id)
        queue_state.settle(session, replication_id)


def _cancel_queued(
    session: orm.Session, replication_id: str, copy_id: str | None
) -> None:
    queued = ImageCopy.state == states.QUEUED
    # The lock of the replication keeps them as they are.
    found = sa.select(ImageCopy.id).where(
        _chosen(replication_id, copy_id, queued)
    )
    ids = list(session.scalars(found))
    _move(
        session,
        replication_id,
        copy_id,
        queued,
        state=states.CANCELLED,
        next_attempt_at=None,
        finished_at=clock.utcnow(),
    )
    for cancelled_id in ids:
        change.copy_ended(session, cancelled_id)


@engine.retried
def retry(
    context: engine.Context,
    replication_id: str,
    source_credential_id: str,
    credentials: Mapping[str, str],
    limit: quota.Limit | None = None,
) -> None:
    """Queue copies again that failed, were cancelled, or wait.

    Those wait that have a credential that its site refuses, or whose site
    does not answer; the latter is asked at once.

    :param source_credential_id: the credential to read the source with.
    :param credentials: from the ids of the copies to the ids of the
        credentials to use at their targets.
    :param limit: how many active replications the project may have.
    :raises OverQuota: if it has as many already, without this one.
    :raises UnknownSite: if a site was deleted meanwhile.
    :raises CredentialNotFound: if a credential was deleted meanwhile.
    :raises CredentialRefused: if a site refuses a credential.
    """
    quota.prepare(context, limit)
    with engine.writer(context) as session:
        quota.lock(session, limit)
        queue_state.lock(session, replication_id)
        if _is_finished(session, replication_id):
            quota.check(session, limit)
        site_ids = _sites(session, replication_id, credentials)
        db_replication.lock_sites(session, site_ids)
        db_replication.lock_credentials(
            session, [source_credential_id, *credentials.values()]
        )
        # The lock of the replication keeps them as they are.
        found = set(
            session.scalars(
                _retryable(sa.select(ImageCopy.id), replication_id)
            )
        ).intersection(credentials)
        session.execute(
            sa.update(models.Replication)
            .where(models.Replication.id == replication_id)
            .values(source_credential_id=source_credential_id)
        )
        for copy_id in found:
            # One that is queued has not ended, and does not begin again.
            _move(
                session,
                replication_id,
                copy_id,
                ImageCopy.state.in_(states.RETRYABLE),
                started_at=None,
            )
            # Nor is it to wait longer than for what it waits for.
            _move(
                session,
                replication_id,
                copy_id,
                ImageCopy.state == states.QUEUED,
                next_attempt_at=None,
            )
            _move(
                session,
                replication_id,
                copy_id,
                ImageCopy.state.in_((*states.RETRYABLE, states.QUEUED)),
                state=states.QUEUED,
                credential_id=credentials[copy_id],
                attempts=0,
                awaited_id=None,
                bytes_sent=0,
                error=None,
                notes=None,
                finished_at=None,
            )
        if found:
            _queue_anew(session, replication_id)
            health.hasten(session, site_ids)
        queue_state.settle(session, replication_id)


def _queue_anew(session: orm.Session, replication_id: str) -> None:
    """Let a replication have its turn as if it were asked for now."""
    replication = session.get_one(models.Replication, replication_id)
    replication.turn_at = turn.at(timeutils.utcnow(), replication.size)
    session.flush()


def _is_finished(session: orm.Session, replication_id: str) -> bool:
    """Say whether a retry makes one more active replication."""
    row = models.Replication
    query = sa.select(row.state).where(row.id == replication_id)
    return session.scalar(query) in states.FINAL


def _sites(
    session: orm.Session, replication_id: str, copy_ids: Iterable[str]
) -> list[str]:
    """:returns: the sites that copies of a replication are from and to."""
    source = sa.select(models.Replication.source_site_id).where(
        models.Replication.id == replication_id
    )
    targets = sa.select(ImageCopy.target_site_id).where(
        ImageCopy.replication_id == replication_id,
        ImageCopy.id.in_(list(copy_ids)),
    )
    return list(session.scalars(source.union(targets)))
