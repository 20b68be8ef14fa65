# SPDX-License-Identifier: Apache-2.0

"""A private PostgreSQL server; it refuses to run as root."""

import os
import pathlib
import pwd
import shutil
import signal
import struct
import subprocess
import tempfile

from cloudlab import command
from cloudlab import exception
from cloudlab import plan
from cloudlab import process
from cloudlab import web

PACKAGE = 'postgresql'
OFFSETS = {'postgresql': 95}
_SSL_REQUEST = struct.pack('!ii', 8, 80877103)


def find() -> pathlib.Path | None:
    """Return the folder of the server's programs, of the newest version."""
    found = sorted(
        pathlib.Path('/usr/lib/postgresql').glob('*/bin/postgres'),
        key=lambda path: int(path.parts[-3]),
    )
    program = found[-1] if found else shutil.which('postgres')
    return pathlib.Path(program).resolve().parent if program else None


def url(password: str, port: int) -> str:
    """Return the database's URL for SQLAlchemy."""
    return f'postgresql+psycopg2://glint:{password}@127.0.0.1:{port}/glint'


def _user() -> str | None:
    """Return the user that the server must run as, None for the own one."""
    if os.geteuid():
        return None
    try:
        return pwd.getpwnam('postgres').pw_name
    except KeyError as error:
        raise exception.LabError(
            'PostgreSQL does not run as root and there is no user '
            f'"postgres": install the package {PACKAGE}.'
        ) from error


def _make_folder(service: plan.Service, user: str | None) -> None:
    """Make the folder where the server's user can reach it."""
    shutil.rmtree(service.path, ignore_errors=True)
    if user:
        reached = subprocess.run(
            ['test', '-x', service.path.parent],
            user=user,
            group=user,
            extra_groups=[],
            cwd='/',
            check=False,
        )
        if reached.returncode:
            service.dir = tempfile.mkdtemp('', 'glint-lab-', '/var/tmp')
    service.path.mkdir(mode=0o700, exist_ok=True)
    if user:
        record = pwd.getpwnam(user)
        os.chown(service.path, record.pw_uid, record.pw_gid)


def _make_data(
    service: plan.Service, programs: pathlib.Path, user: str | None
) -> None:
    """Make the data folder, the database and its user."""
    data = service.path / 'data'
    command.run(
        'initdb',
        [
            programs / 'initdb',
            f'--pgdata={data}',
            '--username=postgres',
            '--auth=trust',
            '--encoding=UTF8',
            '--no-locale',
            '--no-sync',
        ],
        user=user,
    )
    # Nobody but glint, and nobody without a password.
    (data / 'pg_hba.conf').write_text(
        'host all glint 127.0.0.1/32 scram-sha-256\n'
    )
    command.run(
        'postgres --single',
        [programs / 'postgres', '--single', '-D', data, 'postgres'],
        user=user,
        stdin=f"CREATE ROLE glint LOGIN CREATEDB PASSWORD '{service.password}'"
        '\nCREATE DATABASE glint OWNER glint\n',
    )


def prepare(service: plan.Service) -> list[process.Server]:
    """Make the database where there is none; describe the server."""
    programs = find()
    assert programs
    user = _user()
    if not service.ready:
        _make_folder(service, user)
        _make_data(service, programs, user)
    port = service.ports['postgresql']
    return [
        process.Server(
            'postgresql',
            [
                programs / 'postgres',
                '-D',
                service.path / 'data',
                '-p',
                str(port),
                '-c',
                'listen_addresses=127.0.0.1',
                '-c',
                'unix_socket_directories=',
                '-c',
                'fsync=off',
            ],
            pathlib.Path(service.log),
            # Asked for encryption, it says whether there is any.
            lambda: web.greeting(port, _SSL_REQUEST)[:1] in {b'S', b'N'},
            user=user,
            # Disconnects clients, where SIGTERM would wait for them.
            stop_signal=signal.SIGINT,
        )
    ]
