# SPDX-License-Identifier: Apache-2.0

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
