# SPDX-License-Identifier: Apache-2.0

"""A real Glint at the first cloud of a lab, for the tests of one class."""

import contextlib
import json
import os
import pathlib
import socket
import subprocess
import sys
import time
from typing import Any
from urllib import request

import fixtures

BIN = pathlib.Path(sys.executable).parent

_CONFIG = """\
[DEFAULT]
state_path = {folder}
[database]
connection = sqlite:///{folder}/glint.db
[secrets]
key_repository = {folder}/keys
[home]
name = home
auth_url = {auth_url}
region_name = {region_name}
[network]
allow = 127.0.0.1/32
[conductor]
progress_interval = 0.2
timer_interval = 1
[keystone_authtoken]
www_authenticate_uri = {auth_url}
service_type = image-replication
{account}
[service_user]
{account}
"""

_ACCOUNT = """\
auth_type = password
auth_url = {auth_url}
username = {username}
password = {password}
user_domain_name = {user_domain_name}
project_name = {project_name}
project_domain_name = {project_domain_name}
"""

_PATIENCE_SECONDS = 90


def free_port() -> int:
    """Find a port that nobody listens on."""
    with contextlib.closing(socket.socket()) as sock:
        sock.bind(('127.0.0.1', 0))
        return sock.getsockname()[1]


class Glint(fixtures.Fixture):
    """The API and a conductor in one process.

    :param lab: the record of a lab.
    :ivar url: where it answers.
    """

    def __init__(self, lab: dict[str, Any]) -> None:
        self._account = lab['glint']

    def _setUp(self) -> None:
        self._folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self._conf = self._folder / 'glint.conf'
        account = _ACCOUNT.format(**self._account)
        self._conf.write_text(
            _CONFIG.format(
                folder=self._folder, account=account, **self._account
            )
        )
        self._manage('db', 'sync')
        self._manage('credential', 'setup')
        port = free_port()
        self.url = f'http://127.0.0.1:{port}'
        self._log = self._folder / 'glint.log'
        output = self._log.open('wb')
        self.addCleanup(output.close)
        self._process = subprocess.Popen(
            [
                *(BIN / 'glint-standalone', '--config-file', self._conf),
                *('--bind-port', str(port)),
            ],
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        self.addCleanup(self._stop)
        self._wait()

    def _manage(self, *arguments: str) -> None:
        subprocess.run(
            [BIN / 'glint-manage', '--config-file', self._conf, *arguments],
            check=True,
            capture_output=True,
        )

    def _wait(self) -> None:
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while True:
            with contextlib.suppress(OSError):
                request.urlopen(f'{self.url}/healthcheck', timeout=5).close()
                return
            if self._process.poll() or time.monotonic() > deadline:
                raise AssertionError(self._log.read_text())
            time.sleep(0.1)

    def _stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(40)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def lab() -> dict[str, Any]:
    """Read the lab that $GLINT_LAB names."""
    path = os.environ.get('GLINT_LAB')
    if not path:
        raise AssertionError(
            'Set GLINT_LAB to the lab.json of "tools/lab start".'
        )
    record: dict[str, Any] = json.loads(pathlib.Path(path).read_text())
    return record
