# SPDX-License-Identifier: Apache-2.0

"""Requests that are sent again, as their clients tell by a token."""

import hashlib
import json
from typing import Any

from glint import context as glint_context
from glint import exception
from glint.db import replication as db_replication
from glint.order import owner as owners


def digest(wanted: dict[str, Any]) -> str:
    """Say what is asked for in 64 characters.

    :param wanted: as from :func:`glint.order.place.filled`. The order of its
        sites and credentials does not matter, nor what it calls the image.
    """
    plain = {
        key: sorted(value) if isinstance(value, list) else value
        for key, value in wanted.items()
        if key not in ('client_token', 'image_name')
    }
    text = json.dumps(plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def first(
    context: glint_context.RequestContext,
    owner: owners.Owner,
    wanted: dict[str, Any],
) -> db_replication.Replication | None:
    """Find what the project has asked for with the same token.

    :param wanted: as for :func:`digest`.
    :returns: the replication; None if there is none yet.
    :raises ClientTokenUsed: if something else was asked for.
    """
    token = wanted['client_token']
    if token is None:
        return None
    found = db_replication.get_by_token(context, owner.project_id, token)
    if found is not None:
        check(found, wanted)
    return found


def check(found: db_replication.Replication, wanted: dict[str, Any]) -> None:
    """Let through only the request that a replication was made for.

    :raises ClientTokenUsed: if it is another one.
    """
    if found.request_hash != digest(wanted):
        raise exception.ClientTokenUsed(
            token=found.client_token, id=found.id, image_id=found.image_id
        )
