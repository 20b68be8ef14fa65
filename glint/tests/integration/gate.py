# SPDX-License-Identifier: Apache-2.0

"""A gate before a database, which keeps the commit of a chosen transaction.

The process at the other side stands within the transaction then, with all its
locks, however fast it is.
"""

import contextlib
import re
import selectors
import socket
import threading

import fixtures
import sqlalchemy as sa

_PIECE = 65536
#: What keeps a driver from TLS.
_PLAIN = {
    'mysql': ('ssl_disabled', 'true'),
    'postgresql': ('sslmode', 'disable'),
}
_END = re.compile(rb'\b(COMMIT|ROLLBACK)\b')


class Gate(fixtures.Fixture):
    """Passes on what a process and a database send to each other.

    :param url: of the database.
    :ivar url: of the database behind the gate.
    :ivar caught: set once a commit is kept.
    """

    def __init__(self, url: str) -> None:
        self._target = sa.make_url(url)
        self.caught = threading.Event()
        self._opened = threading.Event()
        self._lock = threading.Lock()
        self._pattern: re.Pattern[bytes] | None = None

    def _setUp(self) -> None:
        self._listener = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(self._listener.close)
        self.addCleanup(self.open)
        behind = self._target.set(
            host='127.0.0.1', port=self._listener.getsockname()[1]
        )
        # A gate that sees TLS sees no words: MariaDB 11.4 and later have it,
        # and the driver takes it where it can.
        name, value = _PLAIN[behind.get_backend_name()]
        behind = behind.update_query_dict({name: value})
        self.url = behind.render_as_string(hide_password=False)
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self, pattern: str) -> None:
        """Keep the commit of the next transaction that sends some words.

        :param pattern: the words, as a regular expression.
        """
        with self._lock:
            self.caught.clear()
            self._opened.clear()
            self._pattern = re.compile(pattern.encode(), re.DOTALL)

    def open(self) -> None:
        """Let the commit that was kept go on, and all others."""
        with self._lock:
            self._pattern = None
            self._opened.set()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _address = self._listener.accept()
                server = socket.create_connection(
                    (self._target.host, self._target.port)
                )
                threading.Thread(
                    target=self._pass_on, args=(client, server), daemon=True
                ).start()

    def _pass_on(self, client: socket.socket, server: socket.socket) -> None:
        said = b''
        with (
            contextlib.suppress(OSError),
            client,
            server,
            selectors.DefaultSelector() as selector,
        ):
            selector.register(client, selectors.EVENT_READ, server)
            selector.register(server, selectors.EVENT_READ, client)
            while True:
                for key, _events in selector.select():
                    piece = key.fileobj.recv(_PIECE)  # type: ignore[union-attr]
                    if not piece:
                        return
                    if key.fileobj is client:
                        said += piece
                        if _END.search(piece):
                            self._keep(said)
                            said = b''
                    key.data.sendall(piece)

    def _keep(self, said: bytes) -> None:
        """Wait, if this is the transaction that is looked for."""
        with self._lock:
            if self._pattern is None or not self._pattern.search(said):
                return
            self._pattern = None
        self.caught.set()
        self._opened.wait()
