# SPDX-License-Identifier: Apache-2.0

"""How a function becomes the one that answers a call."""

from collections.abc import Callable
import functools
from typing import Any

import pecan

from glint.api import audit
from glint.api import validation

Handler = Callable[..., Any]


def expose(
    *,
    query: validation.Schema | None = None,
    body: validation.Schema | None = None,
    answer: validation.Schema | None = None,
    status: int = 200,
) -> Callable[[Handler], Handler]:
    """Let a method of a controller answer a call in JSON.

    Pecan gives the method the ids in the path and nothing else. The valid
    query and body come as the keyword arguments ``query`` and ``body``, if
    the call has them.

    :param query: the schema of the query; None if the call takes none.
    :param body: the schema of the body; None if the call takes none.
    :param answer: the schema of the answer; None if it is empty.
    :param status: the HTTP status of success; 204 means an empty answer.
    """
    call = validation.Call(query, body, answer)

    def decorate(function: Handler) -> Handler:
        @functools.wraps(function)
        def handler(self: Any, *ids: str) -> Any:
            pecan.response.status = status
            found = function(self, *ids, **call.read(pecan.request))
            call.check(found)
            return pecan.response if status == 204 else found

        handler.call = call  # type: ignore[attr-defined]
        handler.status = status  # type: ignore[attr-defined]
        exposed: Handler = pecan.expose(template='json')(handler)
        return exposed

    return decorate


def locate(new_id: str) -> None:
    """Say where what was just made is: in Location, and for the audit trail.

    :param new_id: its id, below the address that was called.
    """
    address = pecan.request.path_url.rstrip('/')
    pecan.response.location = f'{address}/{new_id}'
    audit.note('created', id=new_id)
