# SPDX-License-Identifier: Apache-2.0

"""The matrix of images that are in the database, alone in a process.

``python -m benchmarks.matrix_process JSON`` makes the listings, sends one
request to the API and writes what that took, as JSON.
"""

import datetime
import io
import json
import pathlib
import sys
import time
from typing import Any

from keystonemiddleware import auth_token

from benchmarks import listings
from benchmarks import memory
from glint import context as glint_context
from glint import rpc
from glint import service
from glint.api import app
from glint.db import migration
from glint.db import site as db_site

_USER = {'id': 'u', 'name': 'u', 'domain': {'id': 'd', 'name': 'd'}}
_PROJECT = {'id': 'p', 'name': 'p', 'domain': {'id': 'd', 'name': 'd'}}


def _configure(folder: pathlib.Path, connection: str) -> None:
    conf = folder / 'matrix.conf'
    conf.write_text(
        '[DEFAULT]\ntransport_url = fake:/\n'
        f'[database]\nconnection = {connection}\n'
        '[home]\nauth_url = http://home.example.org/v3\n'
        '[keystone_authtoken]\n'
        'www_authenticate_uri = http://home.example.org/v3\n'
        # No conductor runs.
        '[api]\nlisting_max_age = 86400\n'
    )
    service.prepare([], prog='matrix', config_files=[str(conf)])
    rpc.init()
    migration.sync()


def _fill(sites: int, images: int, distinct: bool) -> None:
    context = glint_context.for_service()
    db_site.ensure_home(
        context,
        name='home',
        auth_url='https://site.example.org',
        interface='public',
    )
    owner = listings.Owner(project_id='p', user_id='u')
    ids = [db_site.HOME_ID, *listings.make_sites(context, owner, sites - 1)]
    for number, site_id in enumerate(ids):
        listings.fill(
            context,
            owner,
            site_id,
            listings.images(number if distinct else 0, images),
        )


def _token(*_arguments: Any, **_named: Any) -> dict[str, Any]:
    """Answer for the home Keystone."""
    now = datetime.datetime.now(datetime.UTC)
    return {
        'token': {
            'methods': ['password'],
            'user': _USER,
            'project': _PROJECT,
            'roles': [{'id': 'r', 'name': 'reader'}],
            'issued_at': now.isoformat(),
            'expires_at': (now + datetime.timedelta(hours=1)).isoformat(),
        }
    }


def _get(application: app.Application, query: str) -> int:
    """Send a request, and return the size of the answer."""
    environ = {
        'REQUEST_METHOD': 'GET',
        'SCRIPT_NAME': '',
        'PATH_INFO': '/v1/images',
        'QUERY_STRING': query,
        'SERVER_NAME': 'localhost',
        'SERVER_PORT': '80',
        'SERVER_PROTOCOL': 'HTTP/1.1',
        'HTTP_X_AUTH_TOKEN': 'x',
        'wsgi.url_scheme': 'http',
        'wsgi.input': io.BytesIO(),
        'wsgi.errors': sys.stderr,
    }
    answered: list[str] = []

    def start(status: str, *_arguments: Any) -> None:
        answered.append(status)

    size = sum(map(len, application(environ, start)))
    assert answered == ['200 OK'], answered
    return size


def main() -> None:
    task = json.loads(sys.argv[1])
    _configure(pathlib.Path(task['folder']), task['connection'])
    _fill(task['sites'], task['images'], task['distinct'])
    auth_token.AuthProtocol.fetch_token = _token
    application = app.make_app()
    # What the first request loads belongs to no request.
    _get(application, 'name=none&limit=1')
    idle = memory.idle()
    began, cpu = time.monotonic(), time.process_time()
    size = _get(application, task['query'])
    figures = {
        'seconds': time.monotonic() - began,
        'cpu': time.process_time() - cpu,
        'memory': memory.peak() - idle,
        'size': size / 2**20,
    }
    print(json.dumps(figures))


if __name__ == '__main__':
    main()
