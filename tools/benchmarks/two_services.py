# SPDX-License-Identifier: Apache-2.0

"""Glint and Glance, with the same uWSGI and the same database server."""

from collections.abc import Callable
from concurrent import futures
import dataclasses
import itertools
import json
import pathlib
import re
import sys
from typing import Any
import urllib.request
import uuid

import pymysql
import sqlalchemy as sa

from benchmarks import lab as labs
from cloudlab import command
from cloudlab import plan
from cloudlab import private_file
from cloudlab import process
from cloudlab import uwsgi
from workbench import glint as workbench_glint

_PROCESSES = 2
_CLIENTS = 4
_VENV = pathlib.Path(sys.executable).parents[1]


class WrongAnswer(Exception):
    """Something else than what is measured."""


@dataclasses.dataclass(frozen=True)
class Service:
    """A service that is measured.

    :ivar database: the URL of its database.
    :ivar path: of the list.
    :ivar key: of the items in it.
    :ivar filter: by a state that four of a hundred items have.
    :ivar body: makes what is posted.
    """

    name: str
    url: str
    token: str
    database: str
    path: str
    key: str
    filter: str
    body: Callable[[], dict[str, Any]]

    def get(self, path: str) -> Any:
        return self._call(path, None)

    def post_many(self, number: int) -> None:
        """Add items, as several clients at the same time."""
        with futures.ThreadPoolExecutor(_CLIENTS) as pool:
            for _done in pool.map(
                lambda body: self._call(self.path, body),
                [self.body() for _number in range(number)],
            ):
                pass

    def _call(self, path: str, body: Any) -> Any:
        request = urllib.request.Request(
            self.url + path,
            json.dumps(body).encode() if body else None,
            {'X-Auth-Token': self.token, 'Content-Type': 'application/json'},
        )
        with urllib.request.urlopen(request) as answer:
            return json.load(answer)


def _database(lab: plan.Lab, name: str) -> str:
    """Make a database, and return its URL."""
    url = sa.make_url(lab.services['mariadb'].url)
    at = sa.create_engine(url, isolation_level='AUTOCOMMIT')
    with at.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE {name}'))
    at.dispose()
    return url.set(database=name).render_as_string(hide_password=False)


def _start(
    root: pathlib.Path,
    name: str,
    venv: pathlib.Path,
    folder: pathlib.Path,
    port: int,
    extra: str = '',
) -> str:
    """Start a service, and return its URL."""
    logs = (str(root / f'{name}.log'), str(root / f'{name}-access.log'))
    (root / 'run').mkdir(exist_ok=True)
    process.start(
        root,
        uwsgi.server(
            f'scale-{name}',
            venv,
            folder,
            f'{name}.wsgi.api:application',
            f'OS_{name.upper()}_CONFIG_DIR',
            port,
            logs,
            _PROCESSES,
            extra=extra,
        ),
    )
    return f'http://127.0.0.1:{port}'


def glint_conf(root: str | pathlib.Path) -> pathlib.Path:
    """Return where the configuration of this Glint is."""
    return pathlib.Path(root) / 'scale-glint' / 'glint.conf'


def glint(root: pathlib.Path, lab: plan.Lab) -> Service:
    """Start a Glint, with sites and a credential."""
    database = _database(lab, 'glint_scale')
    conf = workbench_glint.configure(
        glint_conf(root).parent,
        _VENV,
        lab,
        {
            'DEFAULT': {'transport_url': lab.services['rabbitmq'].url},
            'database': {'connection': database},
            'quota': {'active_replications': '100000'},
        },
    )
    url = _start(root, 'glint', _VENV, conf.parent, lab.glint.port + 7)
    home = labs.Cloud(lab.clouds[0])
    site_id = ''
    service = Service(
        'Glint',
        url,
        home.token(),
        database,
        '/v1/replications',
        'replications',
        'state=error',
        lambda: {'image_id': str(uuid.uuid4()), 'target_site_ids': [site_id]},
    )
    site_id = service._call(
        '/v1/sites', {'name': 'target', 'auth_url': 'http://192.0.2.1/v3'}
    )['id']
    service._call(
        '/v1/credentials',
        {
            'site_id': site_id,
            'name': 'x',
            'auth_type': 'v3applicationcredential',
            'auth': {
                'application_credential_id': 'x',
                'application_credential_secret': 'x',
            },
            'check': False,
        },
    )
    return service


def glance(root: pathlib.Path, lab: plan.Lab) -> Service:
    """Start a Glance like that of the first cloud, but on MariaDB."""
    database = _database(lab, 'glint_scale_glance')
    cloud = lab.clouds[0]
    venv = pathlib.Path(lab.venv)
    # Not all that is installed beside it here.
    drivers = root / 'drivers'
    drivers.mkdir()
    (drivers / 'pymysql').symlink_to(pathlib.Path(pymysql.__file__).parent)
    folder = root / 'scale-glance'
    folder.mkdir(mode=0o700)
    theirs = pathlib.Path(cloud.glance_conf_dir)
    text = (theirs / 'glance-api.conf').read_text()
    private_file.write(
        folder / 'glance-api.conf',
        re.sub(
            '^connection = .*$', f'connection = {database}', text, flags=re.M
        ),
    )
    paste = theirs / 'glance-api-paste.ini'
    (folder / paste.name).write_text(paste.read_text())
    command.run(
        'glance-manage db_sync',
        [
            *('env', f'PYTHONPATH={drivers}', venv / 'bin' / 'glance-manage'),
            *('--config-dir', folder, 'db_sync'),
        ],
    )
    url = _start(
        root,
        'glance',
        venv,
        folder,
        lab.glint.port + 8,
        extra=f'pythonpath = {drivers}\n',
    )
    home = labs.Cloud(cloud)
    numbers = itertools.count()
    return Service(
        'Glance',
        url,
        home.token(),
        database,
        '/v2/images',
        'images',
        'status=queued',
        lambda: {
            'name': f'new-{next(numbers)}',
            'disk_format': 'raw',
            'container_format': 'bare',
        },
    )
