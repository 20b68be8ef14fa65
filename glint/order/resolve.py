# SPDX-License-Identifier: Apache-2.0

"""Which sites and credentials a replication uses."""

from collections.abc import Collection
from collections.abc import Mapping
from typing import Any

from glint import context as glint_context
from glint import exception
from glint.db import credential as db_credential
from glint.db import site as db_site
from glint.i18n import _
from glint.order import home
from glint.order import owner as owners

Context = glint_context.RequestContext


def site(context: Context, site_id: str, owner: owners.Owner) -> Any:
    """Find a site to copy from or to.

    :param owner: whose replication it is for.
    :raises UnknownSite: if there is none that the project can see.
    :raises SiteDisabled: if it is not to be used.
    """
    try:
        found = db_site.get(context, site_id, owner.project_id)
    except exception.SiteNotFound:
        raise exception.UnknownSite(site_id=site_id) from None
    if not found.enabled:
        raise exception.SiteDisabled(name=found.name)
    return found


def named(
    context: Context,
    ids: Collection[str],
    owner: owners.Owner,
    site_ids: Collection[str],
) -> dict[str, str]:
    """Find the credentials that a request names.

    :param ids: their ids.
    :param owner: whose replication it is for.
    :param site_ids: the sites of the replication.
    :returns: from the id of each site to that of its credential.
    :raises UnknownCredential: if there is one that the owner cannot use.
    :raises CredentialMismatch: if one is for none of these sites, or for
        the same one as another.
    """
    found: dict[str, str] = {}
    for credential_id in ids:
        row = _usable(context, credential_id, owner)
        if row is None:
            raise exception.UnknownCredential(id=credential_id)
        if row.site_id not in site_ids:
            raise exception.CredentialMismatch(
                id=row.id,
                reason=_('it is for a site that the request does not name.'),
            )
        if row.site_id in found:
            raise exception.CredentialMismatch(
                id=row.id,
                reason=_('it is for the same site as another one.'),
            )
        found[row.site_id] = row.id
    return found


def still_usable(
    context: Context, ids: Collection[str], owner: owners.Owner
) -> dict[str, str]:
    """Find those of formerly named credentials that can be used today.

    :returns: as from :func:`named`.
    """
    rows = [_usable(context, credential_id, owner) for credential_id in ids]
    return {
        row.site_id: row.id
        for row in rows
        if row is not None and row.refused_at is None
    }


def _usable(context: Context, credential_id: str, owner: owners.Owner) -> Any:
    try:
        return db_credential.get(context, credential_id, *owner)
    except exception.CredentialNotFound:
        return None


def credential(
    context: Context, at: Any, owner: owners.Owner, chosen: Mapping[str, str]
) -> str:
    """Find the credential to use at a site; make a trust if it is home.

    :param at: the site.
    :param owner: whose replication it is for; the own credentials of the
        user come before those that others share in the project.
    :param chosen: the credentials that were named, by site; they come first.
    :returns: the id of the credential.
    :raises NoCredential: if there is none.
    """
    if at.id in chosen:
        return chosen[at.id]
    if at.home and owner == owners.caller(context):
        return str(home.credential_for_home(context).id)
    return existing(context, at, owner, chosen)


def existing(
    context: Context, at: Any, owner: owners.Owner, chosen: Mapping[str, str]
) -> str:
    """Find the credential to use at a site, where nobody can make a trust.

    For the parameters, see :func:`credential`.

    :returns: the id of the credential.
    :raises NoCredential: if there is none.
    """
    if at.id in chosen:
        return chosen[at.id]
    found = db_credential.choose(context, at.id, *owner)
    if found is None:
        raise exception.NoCredential(name=at.name)
    return found.id
