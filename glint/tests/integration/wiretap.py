# SPDX-License-Identifier: Apache-2.0

"""Listens to a connection that carries no HTTP."""

import contextlib
import socket
import threading
import urllib.parse

import fixtures


class Wiretap(fixtures.Fixture):
    """Passes on all that goes to a server and comes from it.

    :param url: of the server.
    :ivar url: where to connect to instead.
    """

    def __init__(self, url: str) -> None:
        self._server = urllib.parse.urlsplit(url)
        self._heard = bytearray()

    def _setUp(self) -> None:
        self._listener = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(self._listener.close)
        here = f'127.0.0.1:{self._listener.getsockname()[1]}'
        there = f'{self._server.hostname}:{self._server.port}'
        self.url = self._server.geturl().replace(there, here)
        threading.Thread(target=self._accept, daemon=True).start()

    @property
    def heard(self) -> bytes:
        return bytes(self._heard)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                server = socket.create_connection(
                    (self._server.hostname, self._server.port)
                )
                for pair in ((client, server), (server, client)):
                    threading.Thread(
                        target=self._pass, args=pair, daemon=True
                    ).start()

    def _pass(self, source: socket.socket, target: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self._heard += data
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
