# SPDX-License-Identifier: Apache-2.0

"""An API that is told to stop, at the worst moment."""

import contextlib
import os
import signal
import socket
import subprocess
from urllib import parse

from glint.tests import waiting
from glint.tests.integration import base


class StopTest(base.TestCase):
    def end(self, name: str) -> int:
        """:returns: the exit code of an API that ends soon by itself."""
        process = self.stack.processes[name]
        process.terminate()
        try:
            return process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            return process.wait()

    def test_api_ends_that_is_just_starting(self) -> None:
        slow = self.stack.folder / 'slow.py'
        slow.write_text('import time\ntime.sleep(600)\n')
        self.stack.spawn_api('young', module='slow')
        output = self.stack.folder / 'young.out'
        waiting.until(
            lambda: 'master-start' in output.read_text(), 60, 'processes'
        )
        self.assertEqual(0, self.end('young'))

    def test_request_under_way_is_answered(self) -> None:
        url = parse.urlsplit(self.url)
        token = self.lab.home.member.session().get_token()
        body = b'{"name": "s", "auth_url": "https://k.example.org/v3"}'
        head = (
            'POST /v1/sites HTTP/1.1\r\n'
            'Host: glint\r\n'
            f'X-Auth-Token: {token}\r\n'
            'Content-Type: application/json\r\n'
            f'Content-Length: {len(body)}\r\n\r\n'
        ).encode()
        with socket.create_connection(
            (url.hostname, url.port), timeout=30
        ) as sock:
            sock.sendall(head + body[:10])
            # The request has its thread as soon as its head is there.
            self.get('/v1/sites')
            self.stack.processes['api'].terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self.stack.processes['api'].wait(1)
            sock.sendall(body[10:])
            with sock.makefile('rb') as answer:
                status = answer.read().split()[1]
        self.assertEqual(b'201', status)
        self.assertEqual(0, self.end('api'))
