# SPDX-License-Identifier: Apache-2.0

"""What a client still sends when its request is refused already.

A server that hangs up before it has read everything resets the connection,
and so the client, or the router before it, may never see the answer.
"""

import contextlib
from typing import Any

import webob
import webob.dec

from glint import exception
from glint import gate
from glint.api import server
from glint.api import slots

#: How much is read, in bytes, and for how long, in seconds.
_MOST = 16 * 1024 * 1024
_PATIENCE = 1.0
_BLOCK = 64 * 1024

#: Nobody has shown a token yet, so this keeps one thread at the most.
_turn = gate.Gate(1, 1)


class Remainder:
    """Reads the rest of a body that an error has left unread."""

    def __init__(self, application: Any) -> None:
        self._application = application

    @webob.dec.wsgify
    def __call__(self, request: webob.Request) -> webob.Response:
        response = request.get_response(self._application)
        length = request.content_length or 0
        if response.status_code >= 400 and server.leaves_bodies() and length:
            with contextlib.suppress(exception.TooManyWaiting, OSError):
                _read(request, min(length, _MOST))
        return response


def _read(request: webob.Request, length: int) -> None:
    with contextlib.ExitStack() as stack:
        if not server.has_arrived(length):
            stack.enter_context(_turn.passed(None))
            stack.enter_context(slots.slot(None))
            stack.enter_context(server.cut_after(_PATIENCE))
        while length > 0 and (block := request.body_file_raw.read(_BLOCK)):
            length -= len(block)
