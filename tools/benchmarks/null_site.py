# SPDX-License-Identifier: Apache-2.0

"""A site that gives and takes bytes as fast as the kernel can.

``python -m benchmarks.null_site`` writes its port and serves until its
standard input ends. The image N has N bytes; what is uploaded is dropped.
"""

import functools
import hashlib
from http import server
import json
import os
import random
import socket
import sys
import threading

_BLOCK = 64 * 2**20
_TOKEN = 'null'


def block() -> bytes:
    """Return what all images consist of, again and again."""
    return random.Random(0).randbytes(_BLOCK)


def sha512(size: int) -> str:
    """Return the hash of an image."""
    hasher = hashlib.sha512()
    data = memoryview(block())
    for offset in range(0, size, _BLOCK):
        hasher.update(data[: size - offset])
    return hasher.hexdigest()


@functools.cache
def _file() -> int:
    fd = os.memfd_create('image')
    os.write(fd, block())
    return fd


class _Handler(server.BaseHTTPRequestHandler):
    protocol_version = 'HTTP/1.1'

    def _answer(self, status: int, body: bytes = b'') -> None:
        self.send_response(status)
        self.send_header('X-Subject-Token', _TOKEN)
        self.send_header('Content-Type', 'application/json')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_POST(self) -> None:
        """Give a token, as Keystone does."""
        self.rfile.read(int(self.headers['Content-Length']))
        url = f'http://{self.headers["Host"]}'
        endpoint = {
            'id': 'image',
            'interface': 'public',
            'region': 'RegionOne',
            'region_id': 'RegionOne',
            'url': url,
        }
        token = {
            'methods': ['password'],
            'user': {'id': 'u', 'name': 'u', 'domain': {'id': 'd'}},
            'issued_at': '2000-01-01T00:00:00.000000Z',
            'expires_at': '2999-01-01T00:00:00.000000Z',
            'catalog': [{'id': 'i', 'type': 'image', 'endpoints': [endpoint]}],
        }
        self._answer(201, json.dumps({'token': token}).encode())

    def do_GET(self) -> None:
        """Give an image's data."""
        size = int(self.path.split('/')[-2])
        self.send_response(200)
        self.send_header('Content-Length', str(size))
        self.end_headers()
        sent = 0
        while sent < size:
            offset = sent % _BLOCK
            sent += os.sendfile(
                self.connection.fileno(),
                _file(),
                offset,
                min(_BLOCK - offset, size - sent),
            )

    def do_PUT(self) -> None:
        """Take an image's data."""
        left = int(self.headers['Content-Length'])
        buffer = bytearray(2**20)
        # Some of them came together with the head.
        left -= len(self.rfile.read1(min(left, len(buffer))))
        # With MSG_TRUNC they are not even copied out of the kernel.
        flags = socket.MSG_TRUNC
        while left:
            count = self.connection.recv_into(
                buffer, min(left, len(buffer)), flags
            )
            if not count:
                raise ConnectionError('The upload broke off.')
            left -= count
        self.close_connection = True
        self._answer(204)

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


def main() -> None:
    httpd = server.ThreadingHTTPServer(('127.0.0.1', 0), _Handler)
    httpd.daemon_threads = True
    _file()
    threading.Thread(target=httpd.serve_forever, daemon=True).start()
    print(httpd.server_port, flush=True)
    sys.stdin.read()


if __name__ == '__main__':
    main()
