# SPDX-License-Identifier: Apache-2.0

"""A private MariaDB server."""

import getpass
import pathlib
import shutil

from cloudlab import command
from cloudlab import packages
from cloudlab import plan
from cloudlab import private_file
from cloudlab import process
from cloudlab import web

PACKAGE = 'mariadb-server'
OFFSETS = {'mariadb': 94}


def find() -> pathlib.Path | None:
    """Return the server's program."""
    return packages.which('mariadbd')


def url(password: str, port: int) -> str:
    """Return the database's URL for SQLAlchemy."""
    return f'mysql+pymysql://glint:{password}@127.0.0.1:{port}/glint'


def prepare(service: plan.Service) -> list[process.Server]:
    """Make the data folder, database and user; describe the server."""
    program = find()
    assert program
    folder = service.path
    data, scratch = folder / 'data', folder / 'tmp'
    user = getpass.getuser()
    if not service.ready:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(mode=0o700)
        scratch.mkdir()
        command.run(
            'mariadb-install-db',
            [
                'mariadb-install-db',
                '--no-defaults',
                f'--datadir={data}',
                f'--user={user}',
                '--auth-root-authentication-method=socket',
                f'--auth-root-socket-user={user}',
                '--skip-test-db',
            ],
            # A server that starts removes all temporary tables where it makes
            # its own, also those of other servers that run.
            {'TMPDIR': str(scratch)},
        )
    # Names that begin with "glint" are for tests that make databases.
    private_file.write(
        folder / 'init.sql',
        f"""CREATE DATABASE IF NOT EXISTS glint;
CREATE USER IF NOT EXISTS 'glint'@'127.0.0.1'
  IDENTIFIED BY '{service.password}';
GRANT ALL PRIVILEGES ON `glint%`.* TO 'glint'@'127.0.0.1';
""",
    )
    port = service.ports['mariadb']
    return [
        process.Server(
            'mariadb',
            [
                program,
                '--no-defaults',
                f'--datadir={data}',
                f'--tmpdir={scratch}',
                f'--user={user}',
                # In the data folder: a socket's path must be short.
                '--socket=server.sock',
                f'--pid-file={folder}/pid',
                '--bind-address=127.0.0.1',
                f'--port={port}',
                '--skip-name-resolve',
                f'--init-file={folder}/init.sql',
                '--character-set-server=utf8mb4',
                '--innodb-buffer-pool-size=64M',
                '--innodb-flush-log-at-trx-commit=2',
            ],
            pathlib.Path(service.log),
            # It greets, in protocol version 10.
            lambda: web.greeting(port)[4:5] == b'\x0a',
        )
    ]
