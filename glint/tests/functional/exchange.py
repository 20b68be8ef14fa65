# SPDX-License-Identifier: Apache-2.0

"""One request and its answer, as the proxy sees them."""

import dataclasses
import http.client
import io
import socket
from typing import Self

from glint.tests.functional import faults

_PIECE = 16 * 1024
_MAX_HEAD = 64 * 1024


@dataclasses.dataclass
class Exchange:
    """A request that came to the proxy, and what became of it.

    :ivar request: its method and path, without the query.
    :ivar token: the X-Auth-Token that came with it.
    :ivar size: how many bytes its body is to have, by its head.
    :ivar status: what the cloud, or the proxy, answered; None for nothing.
    :ivar sent: bytes of the body that went to the cloud.
    :ivar received: bytes of the answer's body that went to Glint.
    :ivar ended: whether it is over.
    """

    request: str
    token: str
    size: int = 0
    status: int | None = None
    sent: int = 0
    received: int = 0
    ended: bool = False

    @classmethod
    def of(cls, head: bytes) -> Self:
        """Read the head of a request."""
        lines = head.decode('latin-1').split('\r\n')
        method, path, _version = lines[0].split()
        headers = http.client.parse_headers(
            io.BytesIO('\r\n'.join(lines[1:]).encode('latin-1'))
        )
        return cls(
            f'{method} {path.partition("?")[0]}',
            headers.get('X-Auth-Token', ''),
            int(headers.get('Content-Length', 0)),
        )


def read_head(line: socket.socket) -> tuple[bytes, bytes]:
    """Read the head of a message, and what comes along of its body."""
    data = b''
    while b'\r\n\r\n' not in data:
        piece = line.recv(_PIECE)
        if not piece or len(data) > _MAX_HEAD:
            raise faults.Broken
        data += piece
    head, end, body = data.partition(b'\r\n\r\n')
    return head + end, body
