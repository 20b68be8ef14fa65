# SPDX-License-Identifier: Apache-2.0

"""What can go wrong between Glint and a cloud, for the proxy to do.

A fault chooses requests by their method and path, and hits the first of
them or all. Those with a place hit at a byte of the body, of the request
(``TO_CLOUD``) or of its answer (``FROM_CLOUD``).
"""

from collections.abc import Callable
import re
import threading

TO_CLOUD = 'to the cloud'
FROM_CLOUD = 'from the cloud'

#: Requests, as faults choose them.
DOWNLOAD = r'GET /v2/images/[^/?]+/file'
UPLOAD = r'PUT /v2/images/[^/?]+/file'
SHOW = r'GET /v2/images/[^/?]+'
LIST = r'GET /v2/images'
CREATE = r'POST /v2/images'
ANY = r'.*'


class Broken(Exception):
    """The connection is to end here."""


class Answered(Exception):
    """The proxy is to answer itself.

    :ivar status: the HTTP status.
    :ivar body: what it says, as plain text.
    """

    def __init__(self, status: int, body: bytes = b'') -> None:
        super().__init__(status)
        self.status = status
        self.body = body


class Fault:
    """Something that goes wrong with some requests.

    :param requests: a regular expression for all of method and path.
    :param times: how many requests it hits, None for all.
    :ivar hit: set as soon as it has hit once.
    """

    def __init__(self, requests: str, times: int | None = None) -> None:
        self._requests = re.compile(requests)
        self._left = times
        self._lock = threading.Lock()
        self._over = threading.Event()
        self.hit = threading.Event()

    def chooses(self, request: str) -> bool:
        """Say whether it is to hit a request, and count that.

        :param request: the method and the path.
        """
        if self._over.is_set() or not self._requests.fullmatch(request):
            return False
        with self._lock:
            if self._left is None:
                return True
            self._left -= 1
            return self._left >= 0

    def end(self) -> None:
        """Let everything pass from now on, and free what it holds up."""
        self._over.set()

    def pause(self, seconds: float) -> None:
        """Hold up what is passing, until the fault ends at the latest."""
        self._over.wait(seconds)

    def is_over(self, seconds: float) -> bool:
        """Wait, and say whether the fault has ended."""
        return self._over.wait(seconds)

    def request_head(self, head: bytes) -> bytes:
        """Change the head of a request, or end it."""
        return head

    def answer_head(self) -> None:
        """Hold up or end an answer of which the head has come."""


class Delay(Fault):
    """Requests reach the cloud late."""

    def __init__(
        self, requests: str, seconds: float, times: int | None = None
    ) -> None:
        super().__init__(requests, times)
        self._seconds = seconds

    def request_head(self, head: bytes) -> bytes:
        self.hit.set()
        self.pause(self._seconds)
        return head


class Refuse(Fault):
    """The cloud is not asked; the proxy answers with an HTTP status."""

    def __init__(
        self,
        requests: str,
        status: int,
        times: int | None = None,
        body: bytes = b'',
    ) -> None:
        super().__init__(requests, times)
        self._status = status
        self._body = body

    def request_head(self, head: bytes) -> bytes:
        self.hit.set()
        raise Answered(self._status, self._body)


class GiveUp(Fault):
    """A gateway takes a whole body and gives up, but goes on passing it on.

    :param status: what it answers then, None for hanging up.
    :param at: how many bytes of the body the cloud has got by then; None if
        it does not know of the request yet.
    :ivar hit: set when it has the body, and the cloud what it is to have.
    :ivar give_up: the gateway waits for it.
    """

    def __init__(
        self,
        requests: str,
        status: int | None,
        at: int | None,
        times: int | None = None,
    ) -> None:
        super().__init__(requests, times)
        self.status = status
        self.at = at
        self.give_up = threading.Event()

    def end(self) -> None:
        """Let the cloud have the rest."""
        self.give_up.set()
        super().end()


class Reflect(Fault):
    """The cloud is not asked; the proxy repeats what it was told.

    :param write: makes the text of the answer out of the request's head.
    """

    def __init__(
        self, requests: str, status: int, write: Callable[[str], str]
    ) -> None:
        super().__init__(requests)
        self._status = status
        self._write = write

    def request_head(self, head: bytes) -> bytes:
        self.hit.set()
        body = self._write(head.decode()).encode()
        raise Answered(self._status, body)


class DropHeader(Fault):
    """A header of requests gets lost."""

    def __init__(self, requests: str, name: str) -> None:
        super().__init__(requests)
        self._line = re.compile(rb'(?im)^%s:.*\r\n' % name.encode())

    def request_head(self, head: bytes) -> bytes:
        head, count = self._line.subn(b'', head)
        if count:
            self.hit.set()
        return head


class LateAnswer(Delay):
    """The cloud does what it is asked for, but says so late."""

    def request_head(self, head: bytes) -> bytes:
        return head

    def answer_head(self) -> None:
        self.hit.set()
        self.pause(self._seconds)


class LoseAnswer(Fault):
    """The cloud does what it is asked for, and nobody hears of it."""

    def answer_head(self) -> None:
        self.hit.set()
        raise Broken


class BodyFault(Fault):
    """Something that goes wrong with a body.

    :param direction: TO_CLOUD or FROM_CLOUD.
    :param at: the byte of the body, from 0 on.
    """

    def __init__(
        self,
        requests: str,
        direction: str,
        at: int = 0,
        times: int | None = None,
    ) -> None:
        super().__init__(requests, times)
        self.direction = direction
        self.at = at

    def body(self, position: int, data: bytes) -> bytes:
        """Pass on a piece of the body.

        :param position: of its first byte; one piece begins at ``at``.
        :returns: what is to be sent instead.
        """
        if position != self.at or self._over.is_set():
            return data
        self.hit.set()
        return self.strike(data)

    def strike(self, data: bytes) -> bytes:
        """Do it, to the piece that begins where the fault has its place."""
        raise NotImplementedError


class Cut(BodyFault):
    """The connection ends."""

    def strike(self, data: bytes) -> bytes:
        raise Broken


class Corrupt(BodyFault):
    """A bit of one byte is changed."""

    def strike(self, data: bytes) -> bytes:
        return bytes((data[0] ^ 1,)) + data[1:]


class Replace(BodyFault):
    """A part of a body is replaced, where it begins."""

    def __init__(
        self, requests: str, direction: str, what: bytes, by: bytes
    ) -> None:
        super().__init__(requests, direction)
        self._what = re.compile(what)
        self._by = by

    def strike(self, data: bytes) -> bytes:
        return self._what.sub(self._by, data)


class Stall(BodyFault):
    """Nothing passes for a while, nor does the answer to a stalled body."""

    def __init__(
        self,
        requests: str,
        direction: str,
        at: int,
        seconds: float,
        times: int | None = None,
    ) -> None:
        super().__init__(requests, direction, at, times)
        self._seconds = seconds

    def strike(self, data: bytes) -> bytes:
        self.pause(self._seconds)
        return data

    def answer_head(self) -> None:
        if self.direction == TO_CLOUD and self.hit.is_set():
            self.pause(self._seconds)


class Throttle(BodyFault):
    """The body passes slowly.

    :param rate: bytes per second.
    """

    def __init__(self, requests: str, direction: str, rate: float) -> None:
        super().__init__(requests, direction)
        self._rate = rate

    def body(self, position: int, data: bytes) -> bytes:
        self.hit.set()
        self.pause(len(data) / self._rate)
        return data
