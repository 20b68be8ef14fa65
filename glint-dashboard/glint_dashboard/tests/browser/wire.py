# SPDX-License-Identifier: Apache-2.0

"""A line to a server that can be slow or torn."""

import contextlib
import socket
import threading
import time
from typing import Any

_PIECE = 16384


class Wire:
    """Passes on what comes to a port of its own.

    :param port: of the server, on this machine.
    :ivar rate: bytes per second towards the server, for each connection.
    :ivar torn: requests that upload end early.
    """

    def __init__(self, port: int) -> None:
        self._server = ('127.0.0.1', port)
        self._ear = socket.create_server(('127.0.0.1', 0))
        self.url = f'http://127.0.0.1:{self._ear.getsockname()[1]}'
        self.rate = 1e9
        self.torn = False
        threading.Thread(target=self._listen, daemon=True).start()

    def close(self) -> None:
        self._ear.close()

    def _listen(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client = self._ear.accept()[0]
                threading.Thread(
                    target=self._serve, args=(client,), daemon=True
                ).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._server) as server:
            back = threading.Thread(
                target=self._pass, args=(server, client), daemon=True
            )
            back.start()
            self._pass(client, server, slow=True)
            back.join()

    def _pass(self, source: Any, target: Any, slow: bool = False) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_PIECE):
                if slow and self.torn and data.startswith(b'PUT '):
                    break
                target.sendall(data)
                if slow:
                    time.sleep(len(data) / self.rate)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)
