# SPDX-License-Identifier: Apache-2.0

"""Reads the data of an image from a site."""

import contextlib
import http.client
import re

from glint import interrupt as interrupts
from glint.image import failure
from glint.image import network
from glint.image import session as sessions
from glint.image import transport

#: What stores and proxies that cannot serve a range answer when asked for
#: one; whoever can not serve the image at all says so again without it.
_NO_RANGE = (206, 400, 416, 500, 501)


class Download:
    """The data of an image on their way.

    :ivar offset: where in the image they begin, in bytes
    :ivar length: how many they are, None when the site does not say
    :ivar path: what was asked for
    """

    def __init__(
        self,
        session: sessions.SiteSession,
        path: str,
        connection: network.HTTPConnection,
        response: transport.Response,
        interrupt: interrupts.Interrupt,
    ) -> None:
        self._session = session
        self.path = path
        self._connection = connection
        self._response = response
        self._interrupt = interrupt
        self.status = response.status
        self.offset = _offset(response)
        self.length = response.length
        if response.status == 200 and response.will_close:
            # Glance says 0 also where it does not know, and sends what it
            # has until it closes the connection.
            self.length = self.length or None
        self._left = self.length

    def readinto(self, buffer: memoryview) -> int:
        """Read what has arrived, or wait for something to arrive.

        :param buffer: where to
        :returns: how many bytes, 0 at the end
        :raises SiteFailure: when the data break off
        :raises Interrupted: when the interrupt was set
        """
        if self._left is not None:
            buffer = buffer[: self._left]
        if not buffer:
            return 0
        with self._session.calling('download', self._interrupt):
            if self._response.chunked:
                data = self._response.read1(len(buffer))
                count = len(data)
                buffer[:count] = data
            else:
                # Not read(), which would wait until the buffer is full.
                count = self._response.fp.readinto1(buffer)
            if self._left is not None:
                if not count:
                    raise http.client.IncompleteRead(b'', self._left)
                self._left -= count
        return count

    def serves(self, offset: int) -> bool:
        """Whether it holds the data from an offset, or all of them."""
        return self.status in (200, 206) and self.offset in (0, offset)

    def fail(self) -> failure.SiteFailure:
        """Turn the answer into the failure that it is."""
        if self.status in (200, 206):
            return self._session.failure('download', 'garbled')
        with self._session.calling('download', self._interrupt):
            body = self._response.read(failure.MAX_ANSWER)
        return self._session.failure(
            'download',
            failure.Answer(self.status, body),
            asked=('GET', self.path),
        )

    def close(self) -> None:
        self._response.close()
        self._connection.close()


def _offset(response: http.client.HTTPResponse) -> int:
    """Where the data begin, -1 when what the answer says of it is odd."""
    if response.status != 206:
        return 0
    found = re.fullmatch(
        r'bytes (\d+)-(\d+)/(\d+|\*)', response.getheader('Content-Range', '')
    )
    if found is None:
        return -1
    first, last = int(found[1]), int(found[2])
    if response.length not in (None, last - first + 1):
        return -1
    return first


def open_source(
    session: sessions.SiteSession,
    image_id: str,
    offset: int = 0,
    *,
    interrupt: interrupts.Interrupt,
    timeout: float,
) -> Download:
    """Ask a site for the data of an image.

    :param session: of the site
    :param image_id: the image
    :param offset: the first byte wanted; a site that cannot serve a part
        begins with the first of all, see :attr:`Download.offset`
    :param interrupt: cuts it, also while it is read
    :param timeout: seconds without any byte after which the site is lost
    :raises SiteFailure: when there are no data to be had
    :raises Interrupted: when the interrupt was set
    """

    def request(offset: int, token: str) -> Download:
        return _request(session, image_id, offset, token, interrupt, timeout)

    download = request(offset, session.token())
    if download.status == 401 and session.permits('GET', download.path):
        download.close()
        download = request(offset, session.fresh_token())
    if offset and not download.serves(offset) and download.status in _NO_RANGE:
        download.close()
        download = request(0, session.token())
    if not download.serves(offset):
        with contextlib.closing(download):
            raise download.fail()
    return download


def _request(
    session: sessions.SiteSession,
    image_id: str,
    offset: int,
    token: str,
    interrupt: interrupts.Interrupt,
    timeout: float,
) -> Download:
    path = session.file_path(image_id)
    with (
        session.calling('download', interrupt),
        contextlib.ExitStack() as undo,
    ):
        connection = session.connect(interrupt)
        undo.callback(connection.close)
        connection.sock.settimeout(timeout)
        connection.putrequest('GET', path)
        connection.putheader('X-Auth-Token', token)
        connection.putheader('Connection', 'close')
        if offset:
            connection.putheader('Range', 'bytes=%d-' % offset)
        connection.endheaders()
        response = transport.Response(connection.sock, method='GET')
        undo.callback(response.close)
        # All but the data themselves: the head, or why there are none.
        response.bound(transport.MAX_HEAD, timeout)
        response.begin()
        if response.status in (200, 206):
            response.unbound(timeout)
        if response.getheader('Content-Encoding'):
            raise ValueError('The data are encoded.')
        undo.pop_all()
    return Download(session, path, connection, response, interrupt)
