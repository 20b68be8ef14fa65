# SPDX-License-Identifier: Apache-2.0

"""A private memcached."""

import getpass
import pathlib

from cloudlab import packages
from cloudlab import plan
from cloudlab import process
from cloudlab import web

PACKAGE = 'memcached'
OFFSETS = {'memcached': 98}


def find() -> pathlib.Path | None:
    """Return the server's program."""
    return packages.which('memcached')


def url(_password: str, port: int) -> str:
    """Return what memcached_servers of keystonemiddleware takes."""
    return f'127.0.0.1:{port}'


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
            lambda: web.greeting(port, b'version\r\n') == b'VERSION ',
        )
    ]
