# SPDX-License-Identifier: Apache-2.0

"""Bodies and clients that no library would send, at the real API."""

import contextlib
import json
import socket
from typing import Any
from urllib import parse

from glint.tests.integration import base
from glint.tests.integration import stack as stacks

_MIB = 1024 * 1024
_PEM = b'-----BEGIN CERTIFICATE-----\n'


def _site(**fields: Any) -> bytes:
    site = {'name': 's', 'auth_url': 'https://k.example.org/v3', **fields}
    return json.dumps(site).encode()


_BODIES = (
    (b'', 400),
    (b'{', 400),
    (b'[]', 400),
    (b'null', 400),
    (b'\xff\xfe{}', 400),
    (b'{"name": "\xc3\x28"}', 400),
    (_site(name='\ud800'), 400),
    (_site(name='a\0b'), 400),
    (b'{"name": "a", "name": "b", "auth_url": "https://k/"}', 400),
    (b'{"name": NaN, "auth_url": "https://k/"}', 400),
    (b'{"name": 1e999, "auth_url": "https://k/"}', 400),
    (b'[' * 50_000, 400),
    (b'{"name": ' + b'9' * 50_000 + b'}', 400),
    (_site(ca_cert='x' * 65_537), 400),
    (_site(ca_cert=(_PEM + b'A' * 10 * _MIB).decode()), 413),
)

_PATHS = (
    ('/v1/sites?name=%FF', 400),
    ('/v1/sites?name=%00', 400),
    ('/v1/sites?limit=1&limit=2', 400),
    ('/v1/sites?limit=-1', 400),
    ('/v1/sites?limit=1e9', 400),
    ('/v1/sites?marker=' + 'x' * 8000, 400),
    ('/v1/sites?' + '&'.join(f'k{n}=v' for n in range(2000)), 400),
    ('/v1/sites/%FF', 404),
    ('/v1/sites/%00', 404),
    ('/v1/sites/..%2f..%2fetc%2fpasswd', 404),
    ('/v1/sites/' + 'a' * 8000, 404),
    ('/%F0%9F%92%A9', 404),
)


class TestBadInput(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        url = parse.urlsplit(self.url)
        self._address = (url.hostname, url.port)
        self._token = self.lab.home.member.session().get_token()
        # The first request waits until the application is loaded.
        self.get('/v1/sites')

    def _head(self, *lines: str) -> bytes:
        return '\r\n'.join(
            (
                'POST /v1/sites HTTP/1.1',
                'Host: glint',
                f'X-Auth-Token: {self._token}',
                'Content-Type: application/json',
                *lines,
                '\r\n',
            )
        ).encode('latin-1')

    def _answer(self, sock: socket.socket) -> tuple[int, dict[str, Any]]:
        """:returns: the status and the error."""
        with sock.makefile('rb') as answer:
            head, _, body = answer.read().partition(b'\r\n\r\n')
        return int(head.split()[1]), json.loads(body)['errors'][0]

    def _send(self, body: bytes) -> tuple[int, dict[str, Any]]:
        with socket.create_connection(self._address, timeout=30) as sock:
            sock.sendall(self._head(f'Content-Length: {len(body)}'))
            with contextlib.suppress(ConnectionError):
                sock.sendall(body)
            return self._answer(sock)

    def test_bad_bodies_are_refused(self) -> None:
        for body, status in _BODIES:
            got, error = self._send(body)
            told = f'{body[:40]!r}: {error}'
            self.assertEqual((status, status), (got, error['status']), told)
            self.assertLess(len(error['detail']), 500, told)

    def test_bad_paths_and_queries_are_refused(self) -> None:
        for path, status in _PATHS:
            with socket.create_connection(self._address, timeout=30) as sock:
                sock.sendall(
                    f'GET {path} HTTP/1.1\r\nHost: glint\r\n'
                    f'X-Auth-Token: {self._token}\r\n\r\n'.encode()
                )
                got, error = self._answer(sock)
            told = f'{path[:60]}: {error}'
            self.assertEqual((status, status), (got, error['status']), told)
            self.assertLess(len(error['detail']), 500, told)

    def test_headers_that_are_no_text_are_refused(self) -> None:
        for line, status in (
            (b'X-Auth-Token: \xff\xfe', 401),
            (b'X-Auth-Token: ' + b'x' * 16_000, 401),
            (b'OpenStack-API-Version: image-replication \xff', 400),
        ):
            with socket.create_connection(self._address, timeout=30) as sock:
                sock.sendall(
                    b'GET /v1/sites HTTP/1.1\r\nHost: glint\r\n'
                    + line
                    + b'\r\n\r\n'
                )
                got, error = self._answer(sock)
            self.assertEqual((status, status), (got, error['status']), line)

    def test_slow_clients_keep_nobody_waiting(self) -> None:
        """More of them than the API has threads.

        Some are waited for; all others are refused at once.
        """
        with contextlib.ExitStack() as stack:
            slow = [
                stack.enter_context(
                    socket.create_connection(self._address, timeout=60)
                )
                for _ in range(32)
            ]
            for sock in slow:
                sock.sendall(self._head('Content-Length: 100'))
                sock.sendall(b'{"name": ')
            self.get('/v1/sites')
            # uWSGI lets a body pause for four seconds by default.
            codes = [self._answer(sock)[1]['code'] for sock in slow]
        waited_for = codes.count('image-replication.request.invalid')
        refused = codes.count('image-replication.request.too_many_waiting')
        self.assertEqual(32, waited_for + refused, codes)
        # Of one project, half the threads of each process.
        self.assertGreater(waited_for, 0)
        self.assertLessEqual(waited_for, 2 * stacks.PROCESSES)
