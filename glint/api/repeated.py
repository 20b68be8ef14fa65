# SPDX-License-Identifier: Apache-2.0

"""Requests that are sent again, as their clients tell by a token."""

import hashlib
import json
from typing import Any

from glint import context as glint_context
from glint import exception
from glint.db import replication as db_replication
from glint.order import owner as owners


def digest(request: dict[str, Any]) -> str:
    """Say what was asked for in 64 characters.

    :param request: the valid body of the request, with the defaults. The
        order of its sites and credentials does not matter.
    """
    plain = {
        key: sorted(value) if isinstance(value, list) else value
        for key, value in request.items()
        if key != 'client_token'
    }
    text = json.dumps(plain, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()


def first(
    context: glint_context.RequestContext, token: str | None, wanted: str
) -> db_replication.Replication | None:
    """Find what the project has asked for with the same token.

    :param wanted: the digest of this request.
    :raises ClientTokenUsed: if that was something else.
    """
    if token is None:
        return None
    project_id = owners.caller(context).project_id
    found = db_replication.get_by_token(context, project_id, token)
    if found is not None:
        check(found, wanted)
    return found


def check(found: db_replication.Replication, wanted: str) -> None:
    """Let through only a request that is the one of a replication.

    :param wanted: the digest of this request.
    :raises ClientTokenUsed: if it is another one.
    """
    if found.request_hash != wanted:
        raise exception.ClientTokenUsed(
            token=found.client_token, id=found.id, image_id=found.image_id
        )
