# SPDX-License-Identifier: Apache-2.0

"""A small cloud on 127.0.0.1 that answers as a test wants it to."""

from collections.abc import Callable
import contextlib
import copy
import functools
from http import server
import json
import re
import socket
import ssl
import threading
from typing import Any

import fixtures

from glint.image import glance
from glint.image import network
from glint.image import session

PASSWORD = 'canary-password'
USER_ID = 'user-1'
PROJECT_ID = 'project-1'
IMAGE_ID = '6f2f9a4e-4d4c-4a4b-9d3e-3d1a5b0f8c11'
FILE = '/v2/images/%s/file' % IMAGE_ID


def ask(site: session.SiteSession, path: str) -> Any:
    """Get something of a site's Glance."""
    with glance.client(site, 'list') as client:
        return client.http_client.get(path)[1]


class Request(server.BaseHTTPRequestHandler):
    """One request; the test answers it by :meth:`reply` or by hand."""

    protocol_version = 'HTTP/1.1'
    cloud: 'Cloud'

    def _dispatch(self) -> None:
        self.cloud.requests.append(copy.copy(self))
        path = self.path.partition('?')[0]
        for method, pattern, answer in reversed(self.cloud.answers):
            if method == self.command and re.fullmatch(pattern, path):
                with contextlib.suppress(OSError):
                    answer(self)
                return
        self.reply(404, {'message': 'nothing here'})

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _dispatch

    def body(self) -> bytes:
        return self.rfile.read(int(self.headers['Content-Length']))

    def json(self) -> Any:
        return json.loads(self.body())

    def reply(self, status: int, body: Any = b'', **headers: str) -> None:
        """Send an answer, as JSON unless the body is bytes."""
        if not isinstance(body, bytes):
            body = json.dumps(body).encode()
            headers.setdefault('Content_Type', 'application/json')
        self.head(status, Content_Length=str(len(body)), **headers)
        self.wfile.write(body)

    def head(self, status: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace('_', '-'), value)
        self.end_headers()

    def cut(self) -> None:
        """Close the connection."""
        self.close_connection = True
        self.connection.shutdown(socket.SHUT_RDWR)

    def log_message(self, *args: Any) -> None:
        """Write nothing to the test's output."""


class Cloud(fixtures.Fixture):
    """A Keystone, and a Glance of which the test gives the answers.

    :ivar requests: all that came, in their order
    :ivar issued: the tokens given out, the newest last
    :ivar stopping: set at the end of the test, for answers that wait
    :param tls: what to serve https with, None for http
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.requests: list[Request] = []
        self.issued: list[str] = []
        self.stopping = threading.Event()
        self.answers: list[tuple[str, str, Callable[[Request], Any]]] = []
        self.catalog_path = ''
        #: Instead of the one region and its path, if given.
        self.catalog: Any = None
        self._tls = tls
        self.on('POST', '/v3/auth/tokens', self._issue)

    def _setUp(self) -> None:
        handler = type('Handler', (Request,), {'cloud': self})
        self._server = server.ThreadingHTTPServer(('127.0.0.1', 0), handler)
        self._server.handle_error = lambda *args: None
        if self._tls is not None:
            self._server.socket = self._tls.wrap_socket(
                self._server.socket,
                server_side=True,
                do_handshake_on_connect=False,
            )
        self.url = '%s://127.0.0.1:%d' % (
            'https' if self._tls else 'http',
            self._server.server_port,
        )
        thread = threading.Thread(
            target=functools.partial(self._server.serve_forever, 0.02)
        )
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self._server.server_close)
        self.addCleanup(self._server.shutdown)
        self.addCleanup(self.stopping.set)

    def on(
        self, method: str, path: str, answer: Callable[[Request], Any]
    ) -> None:
        """Give the answer to requests for a path, a regular expression."""
        self.answers.append((method, path, answer))

    def reply(self, method: str, path: str, *args: Any, **kwargs: Any) -> None:
        """Give the same answer to all requests for a path."""
        self.on(method, path, lambda r: r.reply(*args, **kwargs))

    def sent(self, method: str, path: str) -> list[Request]:
        """The requests that came for a path."""
        return [
            request
            for request in self.requests
            if request.command == method
            and re.fullmatch(path, request.path.partition('?')[0])
        ]

    def _issue(self, request: Request) -> None:
        identity = request.json()['auth']['identity']
        if identity['password']['user']['password'] != PASSWORD:
            request.reply(401, {'error': {'message': 'Wrong. Request-ID: r'}})
            return
        self.issued.append('token-%d' % (len(self.issued) + 1))
        endpoint = {
            'id': 'e',
            'interface': 'public',
            'region': 'RegionOne',
            'region_id': 'RegionOne',
            'url': self.url + self.catalog_path,
        }
        request.reply(
            201,
            {
                'token': {
                    'methods': ['password'],
                    'user': {'id': USER_ID, 'name': 'u', 'domain': {}},
                    'project': {'id': PROJECT_ID, 'name': 'p', 'domain': {}},
                    'issued_at': '2026-01-01T00:00:00.000000Z',
                    'expires_at': '2099-01-01T00:00:00.000000Z',
                    'catalog': self.catalog
                    or [{'type': 'image', 'id': 'i', 'endpoints': [endpoint]}],
                }
            },
            X_Subject_Token=self.issued[-1],
        )

    def session(self, **kwargs: Any) -> session.SiteSession:
        """A session of the cloud, which is called west in messages.

        :param kwargs: what differs from the usual parameters of the session
            and of its address
        """
        address = session.SiteAddress(
            site_id='west-id',
            name='west',
            auth_url=kwargs.pop('auth_url', self.url),
            region_name=kwargs.pop('region_name', 'RegionOne'),
            interface=kwargs.pop('interface', 'public'),
            ca_cert=kwargs.pop('ca_cert', None),
        )
        auth = {
            'username': 'u',
            'password': kwargs.pop('password', PASSWORD),
            'user_domain_name': 'Default',
            'project_name': 'p',
            'project_domain_name': 'Default',
        }
        made = session.SiteSession(
            address,
            kwargs.pop('auth_type', 'v3password'),
            kwargs.pop('auth', auth),
            kwargs.pop('policy', network.AddressPolicy(['127.0.0.0/8'])),
            **kwargs,
        )
        self.addCleanup(made.close)
        return made
