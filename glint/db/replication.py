# SPDX-License-Identifier: Apache-2.0

"""Replications in the database."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Mapping
import dataclasses
from datetime import timedelta
from typing import Any
import uuid

from oslo_db import exception as db_exception
import sqlalchemy as sa
from sqlalchemy import orm

from glint import exception
from glint import states
from glint.db import engine
from glint.db import leftover
from glint.db import listing
from glint.db import locking
from glint.db import models
from glint.db import project
from glint.db import quota
from glint.db import site as db_site
from glint.db.queue import state
from glint.db.queue import turn

Replication = models.Replication

#: About as long as it takes to give a copy back and to claim another one.
_CONSIDERABLE = timedelta(seconds=1)


def _visible(project_id: str | None) -> sa.ColumnElement[bool]:
    """:param project_id: whose view it is; None is that of an admin."""
    if project_id is None:
        return sa.true()
    return Replication.project_id == project_id


def _is_to(site_id: str | None) -> sa.ColumnElement[bool]:
    """:param site_id: one of the sites that it is to; None for any."""
    if site_id is None:
        return sa.true()
    copy = models.ImageCopy
    # Not EXISTS, which a database may turn round: it would read and sort all
    # copies to the site. So it reads in the order of the list, to the end of
    # the page.
    found = sa.select(copy.id).where(
        copy.replication_id == Replication.id, copy.target_site_id == site_id
    )
    return found.correlate(Replication).scalar_subquery().is_not(None)


@engine.retried
def create(
    context: engine.Context,
    targets: Mapping[str, str],
    limit: quota.Limit | None = None,
    **values: Any,
) -> tuple[Replication, bool]:
    """Add a replication with a queued copy per target.

    :param targets: from target site ids to the credential ids to use there.
    :param limit: how many active replications the project may have.
    :param values: the columns of the replication.
    :returns: the replication and True; where the project used the
        client_token before, that replication and False.
    :raises OverQuota: if the project has as many already.
    :raises UnknownSite: if a site was deleted meanwhile.
    :raises CredentialNotFound: if a credential was deleted meanwhile.
    :raises CredentialRefused: if a site refuses a credential.
    """
    project_id = values['project_id']
    replication = Replication(
        id=str(uuid.uuid4()), state=states.QUEUED, **values
    )
    sites = [*targets, replication.source_site_id]
    credentials = [*targets.values(), replication.source_credential_id]
    names = _site_names(context, sites)
    replication.source_site_name = names[replication.source_site_id]
    project.ensure(context, project_id)
    try:
        with engine.writer(context) as session:
            quota.enforce(session, limit)
            session.add(replication)
            session.flush()
            lock_sites(session, sites)
            lock_credentials(session, credentials)
            for site_id, credential_id in targets.items():
                session.add(
                    models.ImageCopy(
                        id=str(uuid.uuid4()),
                        replication_id=replication.id,
                        target_site_id=site_id,
                        target_site_name=names[site_id],
                        credential_id=credential_id,
                        state=states.QUEUED,
                    )
                )
    except exception.OverQuota:
        # The same request may have been counted a moment ago.
        first = get_by_token(context, project_id, values.get('client_token'))
        if first is None:
            raise
        return first, False
    except db_exception.DBDuplicateEntry:
        first = get_by_token(context, project_id, values['client_token'])
        if first is None:
            # It was deleted since, so that its token is free again.
            return create(context, targets, limit, **values)
        return first, False
    return replication, True


def _site_names(
    context: engine.Context, ids: Collection[str]
) -> dict[str, str]:
    """Read what sites are called, by their ids.

    :raises UnknownSite: if one was deleted already.
    """
    names = db_site.names(context, ids)
    for site_id in ids:
        if site_id not in names:
            raise exception.UnknownSite(site_id=site_id)
    return names


def lock_sites(session: orm.Session, ids: Iterable[str]) -> None:
    """Keep sites from being deleted until the transaction ends.

    :raises UnknownSite: if one was deleted already.
    """
    wanted = set(ids)
    query = sa.select(models.Site.id).where(models.Site.id.in_(wanted))
    found = session.scalars(query.order_by('id').with_for_update())
    for site_id in wanted.difference(found):
        raise exception.UnknownSite(site_id=site_id)


def lock_credentials(session: orm.Session, ids: Iterable[str]) -> None:
    """Keep credentials as they are until the transaction ends.

    :raises CredentialNotFound: if one was deleted already.
    :raises CredentialRefused: if a site refuses one.
    """
    wanted = set(ids)
    row = models.Credential
    query = sa.select(row.id, row.refused_at, row.detail)
    query = query.where(row.id.in_(wanted)).order_by(row.id)
    found = session.execute(query.with_for_update()).all()
    for credential_id in wanted.difference(item.id for item in found):
        raise exception.CredentialNotFound(id=credential_id)
    for item in found:
        if item.refused_at is not None:
            raise exception.CredentialRefused(
                id=item.id, reason=item.detail or ''
            )


def get(
    context: engine.Context, replication_id: str, project_id: str | None
) -> Replication:
    """Read a replication.

    :param project_id: whose view it is; None is that of an admin or of the
        conductor.
    :raises ReplicationNotFound: if there is none that the project can see.
    """
    with engine.reader(context) as session:
        replication = session.scalars(
            sa.select(Replication).where(
                Replication.id == replication_id, _visible(project_id)
            )
        ).first()
    if replication is None:
        raise exception.ReplicationNotFound(id=replication_id)
    return replication


def get_by_token(
    context: engine.Context, project_id: str, client_token: str | None
) -> Replication | None:
    """Read the replication that a project made with a client token."""
    if client_token is None:
        return None
    query = sa.select(Replication).where(
        Replication.project_id == project_id,
        Replication.client_token == client_token,
    )
    with engine.reader(context) as session:
        return session.scalars(query).first()


def index(
    context: engine.Context, project_id: str | None, page: listing.Page
) -> list[Replication]:
    """Read a page of the replications that a project can see.

    :param page: its filters may name a ``target_site_id`` as well.
    """
    filters = dict(page.filters)
    to = _is_to(filters.pop('target_site_id', None))
    page = dataclasses.replace(page, filters=filters)
    with engine.reader(context) as session:
        return listing.rows(
            session,
            Replication,
            page,
            lambda: sa.and_(_visible(project_id), to),
            fixed=() if project_id is None else ('project_id',),
        )


@engine.retried
def set_image(
    context: engine.Context,
    replication_id: str,
    name: str | None,
    size: int | None,
    source_hash: str | None = None,
) -> bool:
    """Note what the source says of the image; size in bytes.

    :returns: whether the replication has its turn considerably later than it
        seemed, as its size was not known before.
    """
    with engine.writer(context) as session:
        state.lock(session, replication_id)
        row = session.get(Replication, replication_id)
        if row is None:
            return False
        before = row.turn_at
        if row.size is None:
            row.turn_at = turn.at(before, size)
        row.image_name, row.size, row.source_hash = name, size, source_hash
        return row.turn_at - before > _CONSIDERABLE


@engine.retried
def prioritize(
    context: engine.Context, replication_id: str, priority: int
) -> None:
    """Say how urgent a replication is.

    :param priority: its place in :data:`glint.states.PRIORITIES`.
    """
    with engine.writer(context) as session:
        session.execute(
            sa.update(Replication)
            .where(Replication.id == replication_id)
            .values(priority=priority)
        )


@engine.retried
def delete(context: engine.Context, replication_id: str) -> None:
    """Remove a finished replication and its copies.

    :raises ReplicationHasLeftovers: if an unfinished image of a copy is not
        removed yet.
    :raises ReplicationNotFinal: if copies are queued or running.
    :raises ReplicationNotFound: if it is gone.
    """
    with engine.writer(context) as session:
        changed = locking.changed(
            session,
            sa.delete(Replication).where(
                Replication.id == replication_id,
                Replication.state.in_(states.FINAL),
                ~leftover.of_replication(),
            ),
        )
        if changed:
            return
        replication = session.get(Replication, replication_id)
    if replication is None:
        raise exception.ReplicationNotFound(id=replication_id)
    if replication.state in states.FINAL:
        raise exception.ReplicationHasLeftovers(id=replication_id)
    raise exception.ReplicationNotFinal(
        id=replication_id, state=replication.state
    )
