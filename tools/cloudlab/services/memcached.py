# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""A private memcached."""

import getpass
import os
import pathlib
import shutil
import socket

from cloudlab import plan
from cloudlab import process

PACKAGE = 'memcached'
OFFSETS = {'memcached': 98}
_PATH = f'{os.environ.get("PATH", os.defpath)}:/usr/sbin:/usr/local/sbin'


def find() -> pathlib.Path | None:
    """Return the server's program."""
    program = shutil.which('memcached', path=_PATH)
    return pathlib.Path(program) if program else None


def url(_password: str, port: int) -> str:
    """Return what memcached_servers of keystonemiddleware takes."""
    return f'127.0.0.1:{port}'


def _answers(port: int) -> bool:
    """Tell whether a server tells its version."""
    try:
        with socket.create_connection(('127.0.0.1', port), 5) as connection:
            connection.sendall(b'version\r\n')
            return connection.recv(8) == b'VERSION '
    except OSError:
        return False


def prepare(service: plan.Service) -> list[process.Server]:
    """Describe the server, which keeps nothing on disk."""
    program = find()
    assert program
    port = service.ports['memcached']
    return [
        process.Server(
            'memcached',
            [
                program,
                f'--user={getpass.getuser()}',
                '--listen=127.0.0.1',
                f'--port={port}',
                '--udp-port=0',
            ],
            pathlib.Path(service.log),
            lambda: _answers(port),
        )
    ]
