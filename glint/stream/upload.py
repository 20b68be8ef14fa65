# SPDX-License-Identifier: Apache-2.0

"""Sends the data of an image to a site.

One PUT, never sent again and never redirected. What makes it safe is how it
ends: the last byte goes out only when the source's hash is confirmed, and
until then the connection can be closed short of its Content-Length, so that
data which came corrupt or cut off are never sent whole. What the site stores
other than it was sent, it makes active all the same; that is found afterwards.
"""

from collections.abc import Callable
import contextlib
import http.client
import select
import ssl
from typing import Protocol

from glint import interrupt as interrupts
from glint.image import failure
from glint.image import network
from glint.image import session as sessions
from glint.image import transport

#: How far the sender stays behind what the feed has. Out of this reserve it
#: drips while nothing comes, as servers drop a body that stalls: uWSGI by
#: default after four seconds.
HOLD_BACK = 64 * 1024
#: Seconds between two dripped bytes.
DRIP = 1.0
#: Bytes read and sent at a time.
PIECE = 1024 * 1024
#: Seconds to wait for what the site says after it closed the connection.
_LAST_WORDS = 10.0


class Feed(Protocol):
    """The bytes of an image, as a sender needs them."""

    @property
    def size(self) -> int | None:
        """Bytes of the whole image, None while unknown."""

    def wait(self, offset: int, timeout: float) -> int:
        """Wait until there are bytes beyond an offset, or will be none.

        :param offset: in bytes
        :param timeout: seconds
        :returns: how many bytes there are, from the first on
        :raises SiteFailure: when the source failed
        """

    def confirm(self, timeout: float) -> bool:
        """Wait until the image is whole and its hash proved right.

        :param timeout: seconds
        :returns: False when it is not known yet
        :raises SiteFailure: when the source failed
        """

    def read(self, offset: int, buffer: memoryview) -> memoryview:
        """Read bytes that there are.

        :returns: them, in the buffer or elsewhere; good until the next call
        """

    def send_to(self, out: int, offset: int, count: int) -> int | None:
        """Have the kernel send bytes that there are to a socket.

        :param out: the descriptor of the socket
        :returns: how many it took, None when they have to be read
        :raises OSError: when it takes none
        """


def upload(
    session: sessions.SiteSession,
    image_id: str,
    feed: Feed,
    *,
    interrupt: interrupts.Interrupt,
    progress: Callable[[int], None],
    stall_timeout: float,
    answer_timeout: float = 600,
) -> None:
    """Send an image's data, and return when the site has accepted them.

    :param session: of the site
    :param image_id: the image there, which must be queued
    :param feed: the data
    :param interrupt: cuts the connection
    :param progress: called with the number of bytes sent so far
    :param stall_timeout: seconds in which the site must take a byte
    :param answer_timeout: seconds that it may take to store what it took
    :raises SiteFailure: when the site or the source failed
    :raises Interrupted: when the interrupt was set
    """
    size = _await_reserve(feed, interrupt)
    token = session.fresh_token()
    with contextlib.ExitStack() as cleanup:
        with session.calling('upload', interrupt):
            put = _Put(session.connect(interrupt), stall_timeout)
            cleanup.callback(put.close)
            put.begin(session.file_path(image_id), token, size)
        sent = _send(put, feed, size, interrupt, progress)
        interrupt.check()
        with session.calling('upload', interrupt):
            answer = put.answer(answer_timeout)
            if not 200 <= answer.status < 300:
                path = session.file_path(image_id)
                raise session.failure('upload', answer, asked=('PUT', path))
            if sent < size:
                raise http.client.IncompleteRead(b'', size - sent)


def _await_reserve(feed: Feed, interrupt: interrupts.Interrupt) -> int:
    """Wait until there is enough to drip from, or all; return the size."""
    there = 0
    while True:
        interrupt.check()
        there = feed.wait(max(HOLD_BACK, there), DRIP)
        size = feed.size
        if size is not None:
            if there == size and size <= HOLD_BACK:
                if feed.confirm(DRIP):
                    return size
            elif there > HOLD_BACK:
                return size


def _send(
    put: '_Put',
    feed: Feed,
    size: int,
    interrupt: interrupts.Interrupt,
    progress: Callable[[int], None],
) -> int:
    """Send the data until all are sent, or the site takes no more.

    :returns: how many bytes were sent
    """
    sent = 0
    while sent < size:
        interrupt.check()
        free = min(_free(feed, sent, size) - sent, PIECE)
        if not free:
            # The last byte has to wait.
            continue
        count = put.send(feed, sent, free)
        if not count:
            break
        sent += count
        progress(sent)
    return sent


def _free(feed: Feed, sent: int, size: int) -> int:
    """Up to which byte the sender may send now, after a wait if needed."""
    there = feed.wait(sent + HOLD_BACK, DRIP)
    if there > sent + HOLD_BACK:
        return there - HOLD_BACK
    if there == size and feed.confirm(DRIP):
        return size
    return min(sent + 1, there, size - 1)


class _Put:
    """A PUT, from its head to its answer.

    :param connection: used for nothing else
    :param stall_timeout: seconds in which the site must take a byte
    """

    def __init__(
        self, connection: network.HTTPConnection, stall_timeout: float
    ) -> None:
        self._connection = connection
        self._stall_timeout = stall_timeout
        self._sock = connection.sock
        self._sock.settimeout(stall_timeout)
        self._poll = select.poll()
        self._poll.register(self._sock, select.POLLIN | select.POLLOUT)
        self._response = transport.Response(self._sock, method='PUT')
        self._lost: OSError | None = None
        # Takes memory only when it is used.
        self._buffer = memoryview(bytearray(PIECE))
        #: What of the buffer is still to be sent.
        self._piece = self._buffer[:0]

    def begin(self, path: str, token: str, size: int) -> None:
        self._connection.putrequest('PUT', path)
        self._connection.putheader('X-Auth-Token', token)
        self._connection.putheader('Content-Type', 'application/octet-stream')
        self._connection.putheader('Content-Length', str(size))
        # This one survives proxies that turn the body into chunks.
        self._connection.putheader('x-openstack-image-size', str(size))
        self._connection.endheaders()
        # Whoever waits in a send does not see that the site answers.
        self._sock.settimeout(0)

    def send(self, feed: Feed, offset: int, count: int) -> int:
        """Send some bytes of a feed.

        :param offset: where they begin, which is where the last ones ended
        :param count: the most to send
        :returns: how many the site took, 0 when it answered, closed the
            connection or stalled instead
        """
        try:
            while not self._answers():
                taken = self._give(feed, offset, count)
                if taken:
                    return taken
        except OSError as e:
            self._lost = e
        return 0

    def _give(self, feed: Feed, offset: int, count: int) -> int:
        """Send what the site takes at once; return how many bytes."""
        try:
            # With TLS it is not the kernel that encrypts.
            if not isinstance(self._sock, ssl.SSLSocket):
                taken = feed.send_to(self._sock.fileno(), offset, count)
                if taken is not None:
                    return taken
            if not self._piece:
                self._piece = feed.read(offset, self._buffer[:count])
            taken = self._sock.send(self._piece)
            self._piece = self._piece[taken:]
        except (BlockingIOError, ssl.SSLWantReadError, ssl.SSLWantWriteError):
            return 0
        return taken

    def _answers(self) -> bool:
        """Whether the site answers already; waits until it takes a byte."""
        ready = self._poll.poll(self._stall_timeout * 1000)
        if not ready:
            raise TimeoutError('No byte was taken.')
        if not ready[0][1] & select.POLLIN:
            return False
        if not isinstance(self._sock, ssl.SSLSocket):
            return True
        # There may be no more than a message of TLS itself, a new ticket.
        try:
            self._response.fp.peek(1)
        except ssl.SSLWantReadError:
            return False
        return True

    def answer(self, timeout: float) -> failure.Answer:
        """Wait for the answer.

        :param timeout: seconds until it is complete
        :raises OSError: and others, when none comes
        """
        # Who closes the connection may have said why before.
        self._response.bound(
            transport.MAX_HEAD, _LAST_WORDS if self._lost else timeout
        )
        try:
            self._response.begin()
            body = self._response.read(failure.MAX_ANSWER)
        except (OSError, http.client.HTTPException) as e:
            if self._lost is None:
                raise
            raise self._lost from e
        return failure.Answer(self._response.status, body)

    def close(self) -> None:
        # Both hold the socket open.
        self._response.close()
        self._connection.close()
