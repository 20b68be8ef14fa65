# SPDX-License-Identifier: Apache-2.0

"""Credentials in the database."""

from collections.abc import Collection
import contextlib
from datetime import datetime
from datetime import timedelta
import random
from typing import Any
import uuid

from oslo_db import exception as db_exception
from oslo_utils import timeutils
import sqlalchemy as sa
from sqlalchemy import orm

from glint import conf
from glint import exception
from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import kept_secret
from glint.db import listing
from glint.db import locking
from glint.db import models
from glint.db import quota

Credential = models.Credential

#: After so many wrong logins in a row a credential is only tried when a user
#: asks for that: sites lock accounts after six, of which the user needs some.
MOST_WRONG_LOGINS = 4

#: How much more often those are checked whose site did not answer.
_HASTE = 24
#: By how much of it a wait is longer at random, at most.
_SPREAD = 0.25


def new_id() -> str:
    """Make the id of a credential, which its secret is bound to."""
    return str(uuid.uuid4())


def next_check(
    now: datetime, state: str, refused_at: datetime | None, wrong_logins: int
) -> datetime | None:
    """Say when a conductor checks a credential the next time.

    Each further wait for a refused one is twice as long, and four times for
    one for which the site may lock an account.

    :param now: when it was checked.
    :param state: what came out; see the columns for the others.
    :returns: None if not at all.
    """
    settings = conf.CONF.conductor
    interval: float = settings.check_interval
    wait = interval
    if wrong_logins >= MOST_WRONG_LOGINS:
        return None
    if wrong_logins:
        wait = settings.wrong_login_delay * 4 ** (wrong_logins - 1)
    elif refused_at is not None:
        refused_for = (now - refused_at).total_seconds()
        wait = max(settings.recheck_delay, refused_for)
        if interval:
            wait = min(wait, interval)
    elif not interval:
        return None
    elif state == states.CREDENTIAL_UNREACHABLE:
        wait = interval / _HASTE
    spread = random.uniform(1, 1 + _SPREAD)  # noqa: S311
    return now + timedelta(seconds=wait * spread)


def _visible(
    project_id: str | None, user_id: str | None
) -> sa.ColumnElement[bool]:
    """The user's own and the project's shared ones; all if both are None."""
    if project_id is None:
        return sa.true()
    return sa.and_(
        Credential.trial_of.is_(None),
        Credential.project_id == project_id,
        sa.or_(Credential.user_id == user_id, Credential.shared),
    )


@engine.retried
def create(
    context: engine.Context, limit: quota.Limit | None = None, **values: Any
) -> Credential:
    """Add a credential, its secret encrypted already.

    :param limit: how many credentials the project may have.
    :raises CredentialExists: if the user has one of that name for the site.
    :raises OverQuota: if the project has as many already.
    :raises UnknownSite: if the site was deleted meanwhile.
    """
    credential = Credential(**values)
    credential.next_check_at = next_check(
        timeutils.utcnow(), states.CREDENTIAL_UNKNOWN, None, 0
    )
    quota.prepare(context, limit)
    try:
        with engine.writer(context) as session:
            quota.enforce(session, limit)
            session.add(credential)
            session.flush()
            kept_secret.settle(session, credential.id, credential.secret)
    except db_exception.DBDuplicateEntry:
        kept_secret.abandon(context, values['id'], values['secret'])
        raise exception.CredentialExists(name=values['name']) from None
    except db_exception.DBReferenceError:
        kept_secret.abandon(context, values['id'], values['secret'])
        raise exception.UnknownSite(site_id=values['site_id']) from None
    return credential


def get(
    context: engine.Context,
    credential_id: str,
    project_id: str | None,
    user_id: str | None,
) -> Credential:
    """Read a credential.

    :param project_id: whose view it is; None, with user_id None, is that of
        an admin or of the conductor.
    :raises CredentialNotFound: if there is none that the user can see.
    """
    with engine.reader(context) as session:
        credential = session.scalars(
            sa.select(Credential).where(
                Credential.id == credential_id, _visible(project_id, user_id)
            )
        ).first()
    if credential is None:
        raise exception.CredentialNotFound(id=credential_id)
    return credential


def index(
    context: engine.Context,
    project_id: str | None,
    user_id: str | None,
    page: listing.Page,
) -> list[Credential]:
    """Read a page of the credentials that a user can see."""
    with engine.reader(context) as session:
        return listing.rows(
            session, Credential, page, lambda: _visible(project_id, user_id)
        )


def choose(
    context: engine.Context, site_id: str, project_id: str, user_id: str
) -> Credential | None:
    """Find the credential to use at a site: an own one before a shared one.

    Among several, one that worked when last checked is preferred, then one
    that was not refused, then the newest.

    :returns: the credential, or None if the user has none there.
    """
    query = _by_preference(project_id, user_id).where(
        Credential.site_id == site_id
    )
    with engine.reader(context) as session:
        return session.scalars(query.limit(1)).first()


def choose_all(
    context: engine.Context, project_id: str, user_id: str
) -> dict[str, Credential]:
    """Find the credential to use at each site, as :func:`choose` does.

    :returns: from the ids of the sites to the credentials.
    """
    chosen: dict[str, Credential] = {}
    with engine.reader(context) as session:
        for found in session.scalars(_by_preference(project_id, user_id)):
            chosen.setdefault(found.site_id, found)
    return chosen


def _by_preference(project_id: str, user_id: str) -> sa.Select[Credential]:
    return (
        sa.select(Credential)
        .where(_visible(project_id, user_id))
        .order_by(
            sa.case((Credential.user_id == user_id, 0), else_=1),
            sa.case(
                (Credential.state == states.CREDENTIAL_OK, 0),
                (Credential.refused_at.is_(None), 1),
                else_=2,
            ),
            Credential.created_at.desc(),
        )
    )


@engine.retried
def delete(context: engine.Context, credential_id: str) -> None:
    """Remove a credential and its secret.

    :raises CredentialInUse: if queued or running copies use it.
    :raises CredentialNotFound: if it is gone.
    """
    replication = models.Replication
    copy = models.ImageCopy
    used = (
        sa.select(copy.id)
        .join(replication, replication.id == copy.replication_id)
        .where(
            copy.state.in_(states.ACTIVE),
            sa.or_(
                copy.credential_id == credential_id,
                replication.source_credential_id == credential_id,
            ),
        )
    )
    with engine.writer(context) as session:
        # Takes the row's lock, which a new replication takes as well.
        changed = locking.changed(
            session,
            sa.update(Credential)
            .where(Credential.id == credential_id)
            .values(updated_at=timeutils.utcnow()),
        )
        if not changed:
            raise exception.CredentialNotFound(id=credential_id)
        if session.scalar(used.limit(1)) is not None:
            raise exception.CredentialInUse(id=credential_id)
        session.execute(
            sa.delete(Credential).where(Credential.id == credential_id)
        )


@engine.retried
def set_state(
    context: engine.Context,
    credential_id: str,
    state: str,
    detail: str | None,
    secret: str | None = None,
    **values: Any,
) -> None:
    """Note what the last check of a credential said, unless it was refused.

    :param secret: what was tried, as it is stored; nothing is noted of one
        that was replaced meanwhile.
    :param values: the other columns to change.
    """
    with engine.writer(context) as session:
        row = _lock(session, credential_id, secret)
        if row is None:
            return
        wrong = 0 if state == states.CREDENTIAL_OK else row.wrong_logins
        now = clock.now(session)
        session.execute(
            sa.update(Credential)
            .where(Credential.id == credential_id)
            .values(
                state=state,
                detail=detail,
                checked_at=now,
                refused_at=None,
                wrong_logins=wrong,
                next_check_at=next_check(now, state, None, wrong),
                **values,
            )
        )


def _lock(
    session: orm.Session, credential_id: str, secret: str | None
) -> Credential | None:
    """Lock a row, to write what follows from it.

    :param secret: which one it must have; None for any.
    :returns: the row as it is; None if it is gone or has another secret.
    """
    locking.lock(session, Credential, [credential_id])
    row = session.get(Credential, credential_id)
    return row if row and secret in (None, row.secret) else None


@engine.retried
def refuse(
    context: engine.Context,
    credential_id: str,
    detail: str,
    counted: bool,
    secret: str | None = None,
) -> None:
    """Note that a site refuses a credential.

    :param counted: whether the site may have counted it against the account.
    :param secret: as for :func:`set_state`.
    """
    state = states.CREDENTIAL_UNAUTHORIZED
    with engine.writer(context) as session:
        row = _lock(session, credential_id, secret)
        if row is None:
            return
        now = clock.now(session)
        since = row.refused_at or now
        wrong = row.wrong_logins + int(counted)
        session.execute(
            sa.update(Credential)
            .where(Credential.id == credential_id)
            .values(
                state=state,
                detail=detail,
                checked_at=now,
                refused_at=since,
                wrong_logins=wrong,
                next_check_at=next_check(now, state, since, wrong),
            )
        )


@engine.retried
def update(context: engine.Context, old: Credential, **values: Any) -> None:
    """Change a credential, with its secret or without.

    :param old: the row as it was read.
    :param values: the columns to change; with a new secret, all that was
        known of the old one.
    :raises CredentialExists: if the user has another one of the new name.
    :raises CredentialNotFound: if it is gone.
    :raises CredentialChanged: if another request replaced the secret first.
    """
    query = sa.update(Credential).where(Credential.id == old.id)
    secret = values.get('secret')
    if secret is not None:
        query = query.where(Credential.secret == old.secret)
    try:
        with engine.writer(context) as session:
            if secret is not None:
                values['next_check_at'] = next_check(
                    clock.now(session), values['state'], None, 0
                )
            if not locking.changed(session, query.values(**values)):
                if session.get(Credential, old.id) is None:
                    raise exception.CredentialNotFound(id=old.id)
                raise exception.CredentialChanged(id=old.id)
            if secret is not None:
                kept_secret.settle(session, old.id, secret)
    except db_exception.DBDuplicateEntry:
        _abandon(context, old.id, secret)
        raise exception.CredentialExists(name=values['name']) from None
    except exception.GlintException:
        _abandon(context, old.id, secret)
        raise


def _abandon(
    context: engine.Context, credential_id: str, secret: str | None
) -> None:
    if secret is not None:
        kept_secret.abandon(context, credential_id, secret)


def end_trials(context: engine.Context, age: timedelta) -> None:
    """Delete what was to be tried, and whose process died over it.

    :param age: how long each trial may take.
    """
    with engine.reader(context) as session:
        query = sa.select(Credential.id).where(
            Credential.trial_of.is_not(None),
            Credential.created_at < clock.now(session) - age,
        )
        left = session.scalars(query).all()
    for credential_id in left:
        # Another conductor may be quicker.
        with contextlib.suppress(exception.CredentialNotFound):
            delete(context, credential_id)


@engine.retried
def swap_secret(
    context: engine.Context, old: Credential, **values: Any
) -> bool:
    """Replace the encrypted secret if nobody did meanwhile.

    :param old: the row as it was read.
    :param values: the new scheme, key_id and secret.
    :returns: whether it was replaced.
    """
    with engine.writer(context) as session:
        changed = locking.changed(
            session,
            sa.update(Credential)
            .where(Credential.id == old.id, Credential.secret == old.secret)
            .values(updated_at=Credential.updated_at, **values),
        )
        kept_secret.settle(session, old.id, values['secret'])
        return bool(changed)


def key_ids(context: engine.Context) -> set[tuple[str, str]]:
    """List the pairs of scheme and key id that rows are encrypted with."""
    with engine.reader(context) as session:
        query = sa.select(Credential.scheme, Credential.key_id).distinct()
        return {(scheme, key_id) for scheme, key_id in session.execute(query)}


def not_encrypted_with(
    context: engine.Context,
    scheme: str,
    key_id: str,
    limit: int,
    without: Collection[str] = (),
) -> list[Credential]:
    """Read some of the rows that another key or scheme encrypted.

    :param limit: how many at most.
    :param without: ids of rows that are left out.
    """
    query = sa.select(Credential).where(
        sa.not_(
            sa.and_(Credential.scheme == scheme, Credential.key_id == key_id)
        ),
        Credential.id.not_in(list(without)),
    )
    with engine.reader(context) as session:
        return list(session.scalars(query.limit(limit)))
