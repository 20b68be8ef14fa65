# SPDX-License-Identifier: Apache-2.0

"""Requests to the API of a site, of which nothing is taken on trust.

The answers of a remote cloud are bounded in size and time, redirects and
proxies are not followed, and each connection obeys the address policy.
"""

import functools
import http.client
import io
import math
import socket
import ssl
import time
from typing import Any

import requests
from requests import adapters
from urllib3 import connectionpool

from glint import interrupt as interrupts
from glint.image import network

#: The largest answer; the longest list that Glance gives takes a third.
MAX_ANSWER = 16 * 1024 * 1024
#: The largest head and error of an answer about data.
MAX_HEAD = 256 * 1024
#: The most values in an answer, of which each takes up to a hundred bytes of
#: memory; the longest list that Glance gives has a fifth.
MAX_VALUES = 1_000_000

#: 300 comes with a list of versions.
_REDIRECTS = range(301, 400)


class AnswerTooLarge(OSError):
    """A site sends more than any of its answers can need."""


class Redirected(OSError):
    """A site sends to somewhere else, where Glint does not go.

    :ivar status: its HTTP status
    """

    def __init__(self, status: int) -> None:
        super().__init__('The answer is a redirect.')
        self.status = status


class Misunderstood(OSError):
    """A peer expects TLS where there is none, or the reverse.

    :ivar kind: the word of the failure table for it
    """

    def __init__(self, kind: str) -> None:
        super().__init__(kind)
        self.kind = kind


#: What OpenSSL calls an answer that is none of TLS.
_NO_TLS = (
    'PACKET_LENGTH_TOO_LONG',
    'RECORD_LAYER_FAILURE',
    'WRONG_VERSION_NUMBER',
)
#: What a peer that hangs up raises, by the versions of Python and OpenSSL; the
#: second one is that of Python 3.11.2.
_HUNG_UP = (
    ssl.SSLEOFError,
    ssl.SSLZeroReturnError,
    BrokenPipeError,
    ConnectionResetError,
)
#: How a TLS peer begins to say that it does not understand.
_ALERT = '\x15\x03'


class _HTTPConnection(network.HTTPConnection):
    """Notices a peer that waits for TLS."""

    _answered = False

    def getresponse(self) -> Any:
        answered, self._answered = self._answered, True
        try:
            return super().getresponse()
        except http.client.BadStatusLine as e:
            if str(e).startswith(_ALERT):
                raise Misunderstood('tls_wanted') from e
            if isinstance(e, ConnectionError) and not answered:
                raise Misunderstood('http_unanswered') from e
            raise


class _HTTPSConnection(network.HTTPSConnection):
    """Notices a peer that does not speak TLS."""

    def connect(self) -> None:
        try:
            super().connect()
        except _HUNG_UP as e:
            raise Misunderstood('tls_unanswered') from e
        except ssl.SSLError as e:
            if e.reason in _NO_TLS:
                raise Misunderstood('tls_missing') from e
            raise


class _BoundedReader(io.RawIOBase):
    """What a peer answers, up to a size and a time if there are such.

    :param raw: the stream of the socket
    :param sock: the socket, whose timeout bounds each single wait
    """

    def __init__(self, raw: io.RawIOBase, sock: socket.socket) -> None:
        super().__init__()
        self._raw = raw
        self._sock = sock
        self._left = math.inf
        self._deadline: float | None = None

    def bound(self, size: int, seconds: float) -> None:
        self._left = size
        self._deadline = time.monotonic() + seconds

    def unbound(self, seconds: float) -> None:
        self._left = math.inf
        self._deadline = None
        self._sock.settimeout(seconds)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int | None:
        if self._deadline is not None:
            seconds = self._deadline - time.monotonic()
            if seconds <= 0:
                raise TimeoutError('The answer took too long.')
            self._sock.settimeout(seconds)
        count: int | None = self._raw.readinto(buffer)
        self._left -= count or 0
        if self._left < 0:
            raise AnswerTooLarge('The answer is too large.')
        return count

    def close(self) -> None:
        self._raw.close()
        super().close()


class Response(http.client.HTTPResponse):
    """The answer to one request, which a peer cannot draw out for ever."""

    def __init__(self, sock: socket.socket, *args: Any, **kwargs: Any) -> None:
        super().__init__(sock, *args, **kwargs)
        self._bounds = _BoundedReader(self.fp.detach(), sock)
        self.fp = io.BufferedReader(self._bounds)

    def bound(self, size: int, seconds: float) -> None:
        """Let no more come from now on.

        :param size: bytes, those of the head included
        :param seconds: until the last byte
        """
        self._bounds.bound(size, seconds)

    def unbound(self, seconds: float) -> None:
        """Let any number of bytes come, at any time.

        :param seconds: without a byte after which the peer is given up
        """
        self._bounds.unbound(seconds)


def _bounded(
    *args: Any, size: int, seconds: float, **kwargs: Any
) -> http.client.HTTPResponse:
    made = Response(*args, **kwargs)
    made.bound(size, seconds)
    return made


class GuardedAdapter(adapters.HTTPAdapter):
    """Carries the requests of one session.

    :param policy: says where they may go
    :param interrupt: cuts them
    :param tls: what the certificates of the site are verified with
    :param seconds: the longest time from a request to the end of its answer
    :param max_answer: bytes
    """

    def __init__(
        self,
        policy: network.AddressPolicy,
        interrupt: interrupts.Interrupt,
        tls: ssl.SSLContext,
        seconds: float,
        max_answer: int = MAX_ANSWER,
    ) -> None:
        self._guards: dict[str, Any] = {
            'policy': policy,
            'interrupt': interrupt,
        }
        self._tls = tls
        self._answer_class: Any = functools.partial(
            _bounded, size=max_answer, seconds=seconds
        )
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        # Whatever makes a pool will do as its class.
        makers: dict[str, Any] = {
            'http': functools.partial(
                self._pool,
                connectionpool.HTTPConnectionPool,
                _HTTPConnection,
            ),
            'https': functools.partial(
                self._pool,
                connectionpool.HTTPSConnectionPool,
                _HTTPSConnection,
            ),
        }
        self.poolmanager.pool_classes_by_scheme = makers

    def _pool(
        self,
        pool_class: type[connectionpool.HTTPConnectionPool],
        connection_class: type[network.HTTPConnection],
        *args: Any,
        **kwargs: Any,
    ) -> Any:
        def make(**parameters: Any) -> network.HTTPConnection:
            connection = connection_class(**self._guards, **parameters)
            connection.response_class = self._answer_class
            return connection

        pool: Any = pool_class(*args, **kwargs)
        pool.ConnectionCls = make
        return pool

    def build_connection_pool_key_attributes(
        self, request: Any, verify: Any, cert: Any = None
    ) -> tuple[dict[str, Any], dict[str, Any]]:
        host, _tls = super().build_connection_pool_key_attributes(
            request, True
        )
        return host, {'ssl_context': self._tls}

    def cert_verify(self, *args: Any, **kwargs: Any) -> None:
        """Add no authority to those of the TLS context."""

    def send(self, *args: Any, **kwargs: Any) -> requests.Response:
        response = super().send(*args, **kwargs)
        if 'content-encoding' in response.headers:
            # A few kilobytes could unpack to any size.
            response.close()
            raise requests.exceptions.ContentDecodingError(
                'The answer is encoded, which was not asked for.'
            )
        if response.status_code in _REDIRECTS:
            response.close()
            raise Redirected(response.status_code)
        # Nobody asks this adapter for a stream.
        values = sum(map(response.content.count, (b',', b'[', b'{')))
        if values > MAX_VALUES:
            raise AnswerTooLarge('The answer has too many values.')
        return response


def session(adapter: GuardedAdapter) -> requests.Session:
    """A session that reaches nothing but through the adapter.

    :param adapter: carries its requests
    """
    made = requests.Session()
    # Neither proxies nor .netrc of the conductor's environment.
    made.trust_env = False
    made.headers['Accept-Encoding'] = 'identity'
    made.adapters.clear()
    made.mount('http://', adapter)
    made.mount('https://', adapter)
    return made
