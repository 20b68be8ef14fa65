# SPDX-License-Identifier: Apache-2.0

"""How a function becomes the one that answers a call."""

from collections.abc import Callable
import functools
from typing import Any

import pecan

from glint.api import audit

Handler = Callable[..., Any]


def expose(status: int = 200) -> Callable[[Handler], Handler]:
    """Let a method of a controller answer a call in JSON.

    Pecan gives it the ids in the path and nothing else: query and body come
    through the decorators of :mod:`glint.api.validation` only.

    :param status: the HTTP status of success; 204 means an empty answer.
    """

    def decorate(function: Handler) -> Handler:
        @functools.wraps(function)
        def handler(self: Any, *ids: str) -> Any:
            pecan.response.status = status
            answer = function(self, *ids)
            return pecan.response if status == 204 else answer

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
