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

"""The matrix of images that are in the database, alone in a process.

``python -m benchmarks.matrix_process JSON`` makes the listings, sends one
request to the API and writes what that took, as JSON.
"""

from collections.abc import Iterator
import datetime
import hashlib
import io
import json
import pathlib
import sys
import time
from typing import Any
import uuid

from keystonemiddleware import auth_token

from benchmarks import memory
from glint import context as glint_context
from glint import rpc
from glint import service
from glint.api import app
from glint.db import credential as db_credential
from glint.db import image_listing
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


def _images(site: int, count: int, distinct: bool) -> Iterator[dict[str, Any]]:
    """Make the images of a site: all its own, or those of every site."""
    for number in range(count):
        seed = f'{site if distinct else 0}/{number}'.encode()
        yield {
            'id': str(uuid.uuid4()),
            'name': f'image-{number:05d}',
            'status': 'active',
            'visibility': 'private',
            'os_hidden': False,
            'protected': False,
            'owner': uuid.uuid5(uuid.NAMESPACE_URL, str(site)).hex,
            'size': number,
            'disk_format': 'qcow2',
            'container_format': 'bare',
            'checksum': hashlib.md5(seed, usedforsecurity=False).hexdigest(),
            'content': f'sha512:{hashlib.sha512(seed).hexdigest()}',
            'updated_at': '2026-11-23T20:00:00Z',
        }


def _fill(sites: int, images: int, distinct: bool) -> None:
    """Put the listings of all sites into the database."""
    context = glint_context.for_service()
    values: dict[str, Any] = {
        'auth_url': 'https://site.example.org',
        'interface': 'public',
    }
    db_site.ensure_home(context, name='home', **values)
    ids = [db_site.HOME_ID]
    while len(ids) < sites:
        made = db_site.create(
            context, project_id='p', name=f'site-{len(ids)}', **values
        )
        ids.append(made.id)
    for number, site_id in enumerate(ids):
        credential = db_credential.create(
            context,
            id=db_credential.new_id(),
            project_id='p',
            user_id='u',
            site_id=site_id,
            name='x',
            auth_type='v3password',
            scheme='fernet',
            key_id='x',
            secret='x',
        )
        image_listing.listed(
            context,
            image_listing.Key(credential.id, 'default'),
            image_listing.now(context),
            _images(number, images, distinct),
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
