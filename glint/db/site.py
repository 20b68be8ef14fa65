# SPDX-License-Identifier: Apache-2.0

"""Sites in the database."""

from collections.abc import Collection
from typing import Any
import uuid

from oslo_db import exception as db_exception
from oslo_log import log
from oslo_utils import timeutils
import sqlalchemy as sa
from sqlalchemy import orm

from glint import exception
from glint import states
from glint.db import engine
from glint.db import leftover
from glint.db import listing
from glint.db import locking
from glint.db import models
from glint.db import quota
from glint.i18n import _

Site = models.Site

LOG = log.getLogger(__name__)

#: The home site has the same id in every database.
HOME_ID = str(uuid.uuid5(uuid.NAMESPACE_URL, 'urn:openstack:glint:home'))

#: What says which Glance a site is. Images that Glint has begun there could
#: not be found again elsewhere.
_PLACE = frozenset(('auth_url', 'interface', 'region_name'))
#: What decides where the secrets and tokens of its users are sent, and who
#: may read them there.
_WAY = _PLACE | {'ca_cert'}

_ACTIVE = _(
    'copies from or to it are queued or running (%d). Wait for them or '
    'cancel them, then try again.'
)
_LEFT = _(
    'copies that have ended left unfinished images there (%d), whose removal '
    'is tried again and again; the notes of these copies say why it fails. '
    'Try again when the images are removed.'
)


def _visible(project_id: str | None) -> sa.ColumnElement[bool]:
    """:param project_id: whose view it is; None is that of an admin."""
    if project_id is None:
        return sa.true()
    return sa.or_(Site.home, Site.shared, Site.project_id == project_id)


@engine.retried
def create(
    context: engine.Context, limit: quota.Limit | None = None, **values: Any
) -> Site:
    """Add a site.

    :param limit: how many sites of its own the project may have.
    :raises OverQuota: if it has as many already.
    :raises SiteExists: if the project has one of that name.
    """
    site = Site(id=str(uuid.uuid4()), **values)
    quota.prepare(context, limit)
    try:
        with engine.writer(context) as session:
            quota.enforce(session, limit)
            session.add(site)
            session.flush()
    except db_exception.DBDuplicateEntry:
        raise exception.SiteExists(name=values['name']) from None
    return site


def get(context: engine.Context, site_id: str, project_id: str | None) -> Site:
    """Read a site.

    :param project_id: whose view it is; None is that of an admin.
    :raises SiteNotFound: if there is none that the project can see.
    """
    with engine.reader(context) as session:
        site = session.scalars(
            sa.select(Site).where(Site.id == site_id, _visible(project_id))
        ).first()
    if site is None:
        raise exception.SiteNotFound(id=site_id)
    return site


def names(context: engine.Context, ids: Collection[str]) -> dict[str, str]:
    """:returns: the names of sites by their ids, of those that there are."""
    query = sa.select(Site.id, Site.name).where(Site.id.in_(ids))
    with engine.reader(context) as session:
        return {row.id: row.name for row in session.execute(query)}


def index(
    context: engine.Context, project_id: str | None, page: listing.Page
) -> list[Site]:
    """Read a page of the sites that a project can see.

    :param project_id: whose view it is; None is that of an admin.
    """
    with engine.reader(context) as session:
        return listing.rows(session, Site, page, lambda: _visible(project_id))


@engine.retried
def update(
    context: engine.Context,
    site_id: str,
    only_user: str | None = None,
    **values: Any,
) -> Site:
    """Change a site.

    :param only_user: the one user who may have credentials for the site if
        it changes where they are sent; None if anybody may.
    :raises SiteExists: if the project has another one of that name.
    :raises SiteHasCredentials: if others have some.
    :raises SiteInUse: if it would become another place under copies that are
        queued or running, or before what they left there is removed.
    :raises SiteNotFound: if it is gone.
    """
    try:
        with engine.writer(context) as session:
            session.execute(
                sa.update(Site).where(Site.id == site_id).values(**values)
            )
            site = session.get(Site, site_id)
            if site is not None and _PLACE.intersection(values):
                _check_unused(session, site)
                _check_clean(session, site)
            if site is not None and only_user and _WAY.intersection(values):
                _check_credentials(session, site, only_user)
    except db_exception.DBDuplicateEntry:
        raise exception.SiteExists(name=values['name']) from None
    if site is None:
        raise exception.SiteNotFound(id=site_id)
    return site


@engine.retried
def delete(
    context: engine.Context,
    site_id: str,
    user_id: str | None = None,
    cascade: bool = False,
) -> None:
    """Remove a site.

    :param user_id: who wants that, to tell the own credentials from others.
    :param cascade: whether its credentials go with it.
    :raises SiteNotEmpty: if there are some, and they are to stay.
    :raises SiteInUse: if copies from or to it are queued or running.
    :raises SiteNotFound: if it is gone.
    """
    with engine.writer(context) as session:
        # Takes the row's lock, which a new replication takes as well.
        changed = locking.changed(
            session,
            sa.update(Site)
            .where(Site.id == site_id)
            .values(updated_at=timeutils.utcnow()),
        )
        if not changed:
            raise exception.SiteNotFound(id=site_id)
        site = session.get_one(Site, site_id)
        # What is left there stays, as the notes of the copies will say.
        _check_unused(session, site)
        if not cascade:
            _check_empty(session, site, user_id)
        session.execute(sa.delete(Site).where(Site.id == site_id))


def _check_empty(
    session: orm.Session, site: Site, user_id: str | None
) -> None:
    """Look for credentials for a site whose row is locked.

    Whose the others are is nobody's business.
    """
    users = session.scalars(
        sa.select(models.Credential.user_id).where(
            models.Credential.site_id == site.id
        )
    ).all()
    if users:
        raise exception.SiteNotEmpty(
            name=site.name,
            count=len(users),
            others=sum(user != user_id for user in users),
        )


def _check_credentials(session: orm.Session, site: Site, user_id: str) -> None:
    """Look for credentials of others for a site whose row is locked."""
    credential = models.Credential
    others = sa.select(credential.id).where(
        credential.site_id == site.id, credential.user_id != user_id
    )
    if session.scalar(others.limit(1)) is not None:
        raise exception.SiteHasCredentials(name=site.name)


def _check_unused(session: orm.Session, site: Site) -> None:
    """Look for active copies from or to a site whose row is locked."""
    count = _active(session, site.id)
    if count:
        raise exception.SiteInUse(name=site.name, reason=_ACTIVE % count)


def _check_clean(session: orm.Session, site: Site) -> None:
    """Look for what was left at a site that no active copy uses."""
    count = _left(session, site.id)
    if count:
        raise exception.SiteInUse(name=site.name, reason=_LEFT % count)


def _active(session: orm.Session, site_id: str) -> int:
    """Count the active copies from or to a site."""
    replication = models.Replication
    copy = models.ImageCopy
    query = (
        sa.select(sa.func.count())
        .select_from(copy)
        .join(replication, replication.id == copy.replication_id)
        .where(
            copy.state.in_(states.ACTIVE),
            sa.or_(
                copy.target_site_id == site_id,
                replication.source_site_id == site_id,
            ),
        )
    )
    return session.scalars(query).one()


def _left(session: orm.Session, site_id: str) -> int:
    """Count the copies that have ended and left something at a site.

    To be asked after :func:`_active`: what ends between the two questions
    is then in one of the answers.
    """
    copy = models.ImageCopy
    query = (
        sa.select(sa.func.count())
        .select_from(copy)
        .where(copy.target_site_id == site_id, leftover.left())
    )
    return session.scalars(query).one()


@engine.retried
def ensure_home(context: engine.Context, **values: Any) -> None:
    """Make the home site's row say what the configuration says.

    That holds also while something is unfinished there: where the old
    Keystone is gone, nothing could be finished there anyway. The log tells.
    """
    home = {'home': True, 'shared': True, 'enabled': True, **values}
    this = sa.update(Site).where(Site.id == HOME_ID)
    with engine.writer(context) as session:
        changed = locking.changed(
            session, this.where(_is_elsewhere(home)).values(**home)
        )
        if changed:
            active = _active(session, HOME_ID)
            _tell_of_move(active, _left(session, HOME_ID))
            return
        changed = locking.changed(session, this.values(**home))
        if changed:
            return
    try:
        with engine.writer(context) as session:
            session.add(Site(id=HOME_ID, project_id='', **home))
    except db_exception.DBDuplicateEntry:
        # Another process was quicker, with the same configuration.
        return


def _is_elsewhere(values: dict[str, Any]) -> sa.ColumnElement[bool]:
    """:returns: whether a row says another place than the values."""
    return sa.or_(
        sa.false(),
        *(
            getattr(Site, key).is_distinct_from(values[key])
            for key in _PLACE.intersection(values)
        ),
    )


def _tell_of_move(active: int, left: int) -> None:
    if active or left:
        LOG.warning(
            'The home site has another auth_url, region_name or interface '
            'now. %d copies from or to it are queued or running, and %d that '
            'have ended left unfinished images there. All of them go on at '
            'the new place. What they began at the old place stays there '
            'with the property glint_replication_id: remove it there.',
            active,
            left,
        )
