# SPDX-License-Identifier: Apache-2.0

"""Queues copies again."""

from collections.abc import Iterable
from typing import Any

from glint import context as glint_context
from glint import exception
from glint.db import image_copy as db_image_copy
from glint.db import quota as db_quota
from glint.order import owner as owners
from glint.order import quota
from glint.order import resolve

Context = glint_context.RequestContext


def queue_again(
    context: Context, replication: Any, copies: Iterable[Any]
) -> list[str]:
    """Queue failed and cancelled copies with the credentials of today.

    What the request named is used again as long as it can be. A conductor has
    to be told of it.

    :param context: the context of the request.
    :param replication: the replication that they are of.
    :param copies: the copies.
    :returns: the ids of the credentials that are used.
    :raises BadRequest: if a site or a credential for it is missing.
    :raises Conflict: if a credential was deleted at this moment.
    :raises CredentialRefused: if a site refuses a credential.
    :raises OverQuota: if the project has too many active replications.
    """
    owner = owners.caller(context)
    if owner.project_id != replication.project_id:
        # An operator helps out, with what the user has registered.
        owner = owners.Owner(replication.project_id, replication.user_id)

    chosen = resolve.still_usable(
        context, replication.credential_ids or (), owner
    )

    def credential(site_id: str) -> str:
        site = resolve.site(context, site_id, owner)
        return resolve.credential(context, site, owner, chosen)

    source = credential(replication.source_site_id)
    targets = {copy.id: credential(copy.target_site_id) for copy in copies}
    limit = quota.of(owner.project_id, db_quota.ACTIVE_REPLICATIONS)
    try:
        db_image_copy.retry(context, replication.id, source, targets, limit)
    except exception.CredentialNotFound as e:
        # It was there a moment ago: try again, there may be another one.
        raise exception.Conflict(reason=str(e)) from None
    return sorted({source, *targets.values()})
