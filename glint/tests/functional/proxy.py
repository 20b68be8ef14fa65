# SPDX-License-Identifier: Apache-2.0

"""A proxy between Glint and a real Glance that makes things go wrong."""

from collections.abc import Callable
from collections.abc import Collection
from collections.abc import Iterator
import contextlib
import re
import socket
import threading
import urllib.parse

import fixtures

from glint.tests.functional import exchange as exchanges
from glint.tests.functional import faults as faults_

#: Bytes passed on at a time; few, so that a slow line flows evenly.
_PIECE = 16 * 1024
#: What the kernel may keep of a line, so that a stall is soon felt.
_BUFFER = 64 * 1024


class Proxy(fixtures.Fixture):
    """Passes on each request to a Glance, as the faults of the moment let it.

    Each connection serves one request.

    :param url: of the Glance.
    :ivar url: where to ask instead.
    :ivar exchanges: all requests that came, in their order.
    :ivar busy: set while there are connections.
    """

    def __init__(self, url: str) -> None:
        found = urllib.parse.urlsplit(url)
        self._cloud = (found.hostname, found.port)
        self._lock = threading.Lock()
        self._faults: list[faults_.Fault] = []
        self._lines: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._flowing = threading.Event()
        self._flowing.set()
        self.busy = threading.Event()
        self.exchanges: list[exchanges.Exchange] = []

    def _setUp(self) -> None:
        self._port = 0
        self.listen()
        self.url = f'http://127.0.0.1:{self._port}'
        self.addCleanup(self._stop)

    def inject(self, fault: faults_.Fault) -> faults_.Fault:
        """Let a fault happen from now on, until its end().

        :returns: the fault.
        """
        with self._lock:
            self._faults.append(fault)
        return fault

    def find(self, requests: str) -> list[exchanges.Exchange]:
        """Return the exchanges of some requests, chosen as faults do."""
        return [
            exchange
            for exchange in list(self.exchanges)
            if re.fullmatch(requests, exchange.request)
        ]

    def listen(self) -> None:
        """Accept connections again, on the port of before."""
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        self._listener.bind(('127.0.0.1', self._port))
        self._port = self._listener.getsockname()[1]
        self._listener.listen(32)
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def refuse(self) -> None:
        """Refuse connections, as a cloud does that is not there."""
        # Closing alone does not wake the thread that waits on it.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._acceptor.join()
        self._listener.close()

    def cut(self) -> None:
        """End all connections that there are."""
        with self._lock:
            for line in self._lines:
                _shut(line)

    def freeze(self) -> None:
        """Let nothing pass, and tell nobody, until :meth:`thaw`."""
        self._flowing.clear()

    def thaw(self) -> None:
        """Let pass what was held up, and all that comes."""
        self._flowing.set()

    def _stop(self) -> None:
        self.thaw()
        self.refuse()
        with self._lock:
            for fault in self._faults:
                fault.end()
        self.cut()
        for thread in self._threads:
            thread.join()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                line, _address = self._listener.accept()
                with self._lock:
                    self._lines.add(line)
                    self.busy.set()
                thread = threading.Thread(
                    target=self._serve, args=(line,), daemon=True
                )
                self._threads.append(thread)
                thread.start()

    @contextlib.contextmanager
    def _open(self, line: socket.socket) -> Iterator[None]:
        with self._lock:
            self._lines.add(line)
        try:
            yield
        finally:
            with self._lock:
                self._lines.discard(line)
                if not self._lines:
                    self.busy.clear()
            line.close()

    def _serve(self, line: socket.socket) -> None:
        with self._open(line), contextlib.suppress(OSError, faults_.Broken):
            head, body = exchanges.read_head(line)
            self._flowing.wait()
            exchange = exchanges.Exchange.of(head)
            self.exchanges.append(exchange)
            try:
                self._handle(line, head, body, exchange)
            finally:
                exchange.ended = True

    def _handle(
        self,
        line: socket.socket,
        head: bytes,
        body: bytes,
        exchange: exchanges.Exchange,
    ) -> None:
        with self._lock:
            faults = [
                fault
                for fault in self._faults
                if fault.chooses(exchange.request)
            ]
        try:
            for fault in faults:
                head = fault.request_head(head)
        except faults_.Answered as answer:
            exchange.status = answer.status
            _answer(line, answer.status, answer.body)
            return
        for fault in faults:
            if isinstance(fault, faults_.GiveUp):
                self._give_up(line, head, body, exchange, fault)
                return
        self._pass_on(line, head, body, exchange, faults)

    def _give_up(
        self,
        line: socket.socket,
        head: bytes,
        body: bytes,
        exchange: exchanges.Exchange,
        fault: faults_.GiveUp,
    ) -> None:
        while len(body) < exchange.size:
            piece = line.recv(_PIECE)
            if not piece:
                raise faults_.Broken
            body += piece
        message = head + body
        early = 0 if fault.at is None else len(head) + fault.at
        cloud = socket.create_connection(self._cloud)
        with self._open(cloud):
            cloud.sendall(message[:early])
            fault.hit.set()
            rest = message[early:]
            if early:
                rest = _drip(cloud, rest, fault.give_up.wait)
            fault.give_up.wait()
            exchange.status = fault.status
            if fault.status is not None:
                _answer(line, fault.status)
            _shut(line)
            if early:
                rest = _drip(cloud, rest, fault.is_over)
            fault.pause(60)
            cloud.sendall(rest)
            exchange.sent = len(body)
            exchanges.read_head(cloud)

    def _pass_on(
        self,
        line: socket.socket,
        head: bytes,
        body: bytes,
        exchange: exchanges.Exchange,
        faults: Collection[faults_.Fault],
    ) -> None:
        cloud = socket.socket()
        cloud.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _BUFFER)
        cloud.connect(self._cloud)
        with self._open(cloud):
            cloud.sendall(head)
            upload = threading.Thread(
                target=self._upload,
                args=(line, cloud, body, exchange, faults),
                daemon=True,
            )
            upload.start()
            try:
                self._download(cloud, line, exchange, faults)
            finally:
                # Both ends learn of it, and the other direction ends, too.
                _shut(cloud)
                _shut(line)
                upload.join()

    def _upload(
        self,
        line: socket.socket,
        cloud: socket.socket,
        body: bytes,
        exchange: exchanges.Exchange,
        faults: Collection[faults_.Fault],
    ) -> None:
        def sent(count: int) -> None:
            exchange.sent += count
            self._flowing.wait()

        try:
            _pump(line, cloud, body, _of(faults, faults_.TO_CLOUD), sent)
            cloud.shutdown(socket.SHUT_WR)
        except (OSError, faults_.Broken):
            _shut(cloud)
            _shut(line)

    def _download(
        self,
        cloud: socket.socket,
        line: socket.socket,
        exchange: exchanges.Exchange,
        faults: Collection[faults_.Fault],
    ) -> None:
        def received(count: int) -> None:
            exchange.received += count
            self._flowing.wait()

        head, body = exchanges.read_head(cloud)
        exchange.status = int(head.split(None, 2)[1])
        for fault in faults:
            fault.answer_head()
        line.sendall(head)
        _pump(cloud, line, body, _of(faults, faults_.FROM_CLOUD), received)


def _of(
    faults: Collection[faults_.Fault], direction: str
) -> list[faults_.BodyFault]:
    return [
        fault
        for fault in faults
        if isinstance(fault, faults_.BodyFault)
        and fault.direction == direction
    ]


def _pump(
    source: socket.socket,
    sink: socket.socket,
    data: bytes,
    faults: Collection[faults_.BodyFault],
    passed: Callable[[int], None],
) -> None:
    """Pass on a body to its end.

    :param data: what was already read of it.
    :param passed: called with the number of bytes that were passed on.
    """
    position = 0
    while data or (data := source.recv(_PIECE)):
        # So that one piece begins at the place of each fault.
        ahead = [fault.at for fault in faults if fault.at > position]
        end = min([place - position for place in ahead] + [len(data)])
        piece, data = data[:end], data[end:]
        size = len(piece)
        for fault in faults:
            piece = fault.body(position, piece)
        sink.sendall(piece)
        position += size
        passed(size)


def _drip(
    cloud: socket.socket, rest: bytes, wait: Callable[[float], bool]
) -> bytes:
    """Send a byte a second, all but the last one.

    uWSGI gives up on a body of which nothing comes for 4 s.

    :param wait: waits for a number of seconds, and says whether to end.
    :returns: what is left.
    """
    while len(rest) > 1 and not wait(1):
        cloud.sendall(rest[:1])
        rest = rest[1:]
    return rest


def _answer(line: socket.socket, status: int, body: bytes = b'') -> None:
    """Answer, and let the peer send on so that it can read the answer."""
    line.sendall(
        b'HTTP/1.1 %d Of the proxy\r\nContent-Type: text/html\r\n'
        b'Content-Length: %d\r\nConnection: close\r\n\r\n%s'
        % (status, len(body), body)
    )
    line.shutdown(socket.SHUT_WR)
    while line.recv(_PIECE):
        pass


def _shut(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RDWR)
