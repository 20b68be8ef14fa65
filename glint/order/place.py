# SPDX-License-Identifier: Apache-2.0

"""How what is wanted becomes a replication."""

from typing import Any

from glint import conf
from glint import context as glint_context
from glint import exception
from glint import states
from glint.db import image_listing
from glint.db import quota as db_quota
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.i18n import _
from glint.order import owner as owners
from glint.order import quota
from glint.order import repeated
from glint.order import resolve

Context = glint_context.RequestContext


def filled(wanted: dict[str, Any]) -> dict[str, Any]:
    """Fill in the defaults of what is wanted.

    :param wanted: ``image_id`` and ``target_site_ids``, and what else the
        body of a request may have.
    """
    return {
        'image_name': None,
        'source_site_id': db_site.HOME_ID,
        'credential_ids': [],
        'client_token': None,
        'priority': states.NORMAL,
        **wanted,
        'options': _options(wanted.get('options', {})),
    }


def _options(given: dict[str, Any]) -> dict[str, Any]:
    """Fill in the defaults.

    Null means as it is at the source and, for on_conflict, that another
    image of the same name is no conflict, as it is none to Glance.
    """
    return {
        'image_name': None,
        'visibility': None,
        'preserve_id': False,
        'members': False,
        'on_conflict': None,
        'on_difference': 'copy',
        **given,
        'properties': {
            'set': {},
            'remove': [],
            **given.get('properties', {}),
        },
    }


def resolved(
    context: Context, owner: owners.Owner, wanted: dict[str, Any]
) -> dict[str, Any]:
    """Find the sites and credentials of what is wanted.

    :param wanted: as from :func:`filled`.
    :returns: image_id, image_name, source_site_id, source_credential_id,
        options, and targets, from the ids of sites to those of credentials.
    :raises GlintException: if one of them cannot be used.
    """
    source, credentials = sites_of(context, owner, wanted)
    source_credential_id = credentials.pop(source.id)
    return {
        'image_id': wanted['image_id'],
        'image_name': wanted['image_name']
        or image_listing.image_name(
            context, source_credential_id, wanted['image_id']
        ),
        'source_site_id': source.id,
        'source_credential_id': source_credential_id,
        'options': wanted['options'],
        'targets': credentials,
    }


def sites_of(
    context: Context, owner: owners.Owner, wanted: dict[str, Any]
) -> tuple[Any, dict[str, str]]:
    """Find the sites of what is wanted, and a credential for each.

    :param wanted: source_site_id, target_site_ids and credential_ids.
    :returns: the source, and from the ids of all sites to those of their
        credentials.
    :raises GlintException: if one of them cannot be used.
    """
    most = conf.CONF.api.max_targets
    if len(wanted['target_site_ids']) > most:
        raise exception.BadRequest(
            reason=_('target_site_ids has more than %s sites.') % most
        )
    source_id = wanted['source_site_id']
    source = resolve.site(context, source_id, owner)
    if source_id in wanted['target_site_ids']:
        raise exception.SourceIsTarget(name=source.name)
    targets = [
        resolve.site(context, site_id, owner)
        for site_id in wanted['target_site_ids']
    ]
    chosen = resolve.named(
        context,
        wanted['credential_ids'],
        owner,
        [site.id for site in (source, *targets)],
    )
    return source, {
        site.id: resolve.credential(context, site, owner, chosen)
        # A request that is refused for another site makes no trust at home.
        for site in sorted((source, *targets), key=lambda site: site.home)
    }


def create(
    context: Context,
    owner: owners.Owner,
    wanted: dict[str, Any],
    request: dict[str, Any],
) -> tuple[db_replication.Replication, bool]:
    """Store a replication; a conductor has to be told of it.

    :param wanted: as from :func:`filled`.
    :param request: the same, as from :func:`resolved`.
    :returns: the replication and True; where the same was asked for with the
        same client_token a moment ago, that replication and False.
    :raises Conflict: if a credential was deleted meanwhile.
    :raises OverQuota: if the project has too many already.
    """
    try:
        replication, created = db_replication.create(
            context,
            project_id=owner.project_id,
            user_id=owner.user_id,
            request_id=context.request_id,
            global_request_id=context.global_request_id,
            client_token=wanted['client_token'],
            request_hash=repeated.digest(wanted),
            credential_ids=wanted['credential_ids'],
            priority=states.PRIORITIES.index(wanted['priority']),
            limit=quota.own(context, db_quota.ACTIVE_REPLICATIONS),
            **request,
        )
    except exception.CredentialNotFound as e:
        # It was there a moment ago: try again, there may be another one.
        raise exception.Conflict(reason=str(e)) from None
    if not created:
        repeated.check(replication, wanted)
    return replication, created
