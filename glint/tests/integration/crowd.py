# SPDX-License-Identifier: Apache-2.0

"""Clients that keep an API waiting, and a site that keeps all waiting."""

from collections.abc import Iterator
import contextlib
import socket
import threading
from urllib import parse

import fixtures


class BlackHole(fixtures.Fixture):
    """A site that accepts connections and never answers.

    :ivar url: what its Keystone's address would be.
    """

    def _setUp(self) -> None:
        self._listener = socket.create_server(('127.0.0.1', 0), backlog=100)
        self.addCleanup(self._listener.close)
        self.url = f'http://127.0.0.1:{self._listener.getsockname()[1]}/v3'
        self._listener.settimeout(60)

    def await_caller(self) -> None:
        """Wait until somebody has connected, and keep it waiting."""
        line, _address = self._listener.accept()
        self.addCleanup(line.close)


def connect(url: str) -> socket.socket:
    """Connect to an API, with little room for what it answers."""
    address = parse.urlsplit(url)
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.settimeout(60)
    line.connect((address.hostname, address.port))
    return line


def head(method: str, path: str, *lines: str) -> bytes:
    """Write the head of a request."""
    return '\r\n'.join(
        (f'{method} {path} HTTP/1.1', 'Host: glint', *lines, '\r\n')
    ).encode()


class Dripping:
    """Connections over which one byte a second is sent.

    :param lines: the connections.
    :ivar bytes: how often a byte was sent over all of them.
    """

    def __init__(self, lines: list[socket.socket]) -> None:
        self._lines = lines
        self._stopped = threading.Event()
        self.bytes = 0

    @contextlib.contextmanager
    def going_on(self) -> Iterator['Dripping']:
        """Drip during a block."""
        thread = threading.Thread(target=self._drip, daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._stopped.set()
            thread.join()

    def _drip(self) -> None:
        while not self._stopped.wait(1):
            for line in self._lines:
                # The API may have hung up.
                with contextlib.suppress(OSError):
                    line.sendall(b'a')
            self.bytes += 1
