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

"""One more Glance at a cloud of the lab, with a configuration of its own."""

import configparser
import contextlib
import dataclasses
import os
import pathlib
import re
import signal
import sqlite3
import subprocess
from typing import Any

import fixtures
import requests

from glint.tests.functional import faulty
from glint.tests.integration import lab as labs
from glint.tests.integration import stack as stacks

FILE = '/v2/images/[^/]+/file'

_STORES = ('file', 'os_glance_staging_store', 'os_glance_tasks_store')


class Glance(fixtures.Fixture):
    """A Glance with the Keystone of a cloud, and no images at first.

    Its address is in no catalog.

    :param lab: the lab.
    :param cloud: the cloud.
    :ivar folder: with its configuration and all that it writes.
    """

    def __init__(self, lab: labs.Lab, cloud: labs.Cloud) -> None:
        self._uwsgi = lab.venv / 'bin' / 'uwsgi'
        self._model = cloud.logs['glance'].parent / 'glance'
        self._process: subprocess.Popen[bytes] | None = None
        self._limit: tuple[str, ...] = ()

    def _setUp(self) -> None:
        self.folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self._port = stacks.free_port()
        self.url = f'http://127.0.0.1:{self._port}'
        self._copy_database()
        paste = 'glance-api-paste.ini'
        (self.folder / paste).write_text((self._model / paste).read_text())
        self._copy_uwsgi()
        self._conf = configparser.ConfigParser(interpolation=None)
        self._conf.read(self._model / 'glance-api.conf')
        self.configure('DEFAULT', worker_self_reference_url=self.url)
        self.configure(
            'database', connection=f'sqlite:///{self._database}?timeout=30'
        )
        for store in _STORES:
            (self.folder / store).mkdir()
            self.configure(
                store, filesystem_store_datadir=str(self.folder / store)
            )
        self.configure('oslo_concurrency', lock_path=str(self.folder))
        self.addCleanup(self.kill)

    def _copy_database(self) -> None:
        """Take the schema and the metadata definitions, but no images."""
        self._database = self.folder / 'glance.db'
        with (
            contextlib.closing(
                sqlite3.connect(self._model / 'glance.db')
            ) as model,
            contextlib.closing(sqlite3.connect(self._database)) as copy,
        ):
            model.backup(copy)
            for table in ('locations', 'members', 'properties', 'tags'):
                copy.execute(f'DELETE FROM image_{table}')
            copy.execute('DELETE FROM images')
            copy.commit()

    def _copy_uwsgi(self) -> None:
        text = (self._model / 'uwsgi.ini').read_text()
        text = re.sub(
            '(?m)^http-socket .*',
            f'http-socket = 127.0.0.1:{self._port}',
            text,
        )
        text = re.sub(
            '(?m)^req-logger .*', f'req-logger = file:{self._log}', text
        )
        (self.folder / 'uwsgi.ini').write_text(text)

    @property
    def _log(self) -> pathlib.Path:
        return self.folder / 'access.log'

    def configure(self, group: str, **options: str) -> None:
        """Set options of the configuration, for the next start."""
        if group != 'DEFAULT' and not self._conf.has_section(group):
            self._conf.add_section(group)
        for name, value in options.items():
            self._conf.set(group, name, value)

    def limit_files(self, size: int) -> None:
        """Let it write no file of more bytes, from the next start on.

        To Glance, the store is then full.
        """
        self._limit = ('prlimit', f'--fsize={size}')

    def start(self) -> None:
        """Start it, and wait until it answers."""
        with (self.folder / 'glance-api.conf').open('w') as conf:
            self._conf.write(conf)
        with (self.folder / 'output').open('ab') as output:
            self._process = subprocess.Popen(
                [
                    *self._limit,
                    self._uwsgi,
                    '--ini',
                    self.folder / 'uwsgi.ini',
                ],
                stdout=output,
                stderr=output,
                env={**os.environ, 'OS_GLANCE_CONFIG_DIR': str(self.folder)},
                start_new_session=True,
            )
        stacks.until(self._answers, 60, 'answer of Glance')

    def _answers(self) -> bool:
        with contextlib.suppress(requests.ConnectionError):
            return requests.get(self.url, timeout=10).ok
        return False

    def kill(self) -> None:
        """End it and all its workers at once, as if the host had died."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None

    def images(self, status: str) -> list[str]:
        """Return the ids of the images in a state, by its own database."""
        uri = f'file:{self._database}?mode=ro'
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as database:
            query = 'SELECT id FROM images WHERE status = ?'
            return [row[0] for row in database.execute(query, (status,))]

    def requests(self, method: str, path: str) -> int:
        """Return how many requests came for a path, a regular expression."""
        found = re.findall(f'"{method} {path} HTTP', self._log.read_text())
        return len(found)


class TestCase(faulty.TestCase):
    """From the home site to a Glance of the test's own."""

    def setUp(self) -> None:
        super().setUp()
        west = self.lab.clouds[1]
        self.glance = self.useFixture(Glance(self.lab, west))
        self.region = self.useFixture(faulty.Region(west, self.glance.url))
        self.cloud = dataclasses.replace(
            west,
            name=self.region.name,
            region_name=self.region.name,
            member=dataclasses.replace(
                west.member, region_name=self.region.name
            ),
        )

    def start_site(self) -> str:
        self.glance.start()
        return self.add_site(self.cloud)

    def failed(self, image_id: str, site_id: str, **body: Any) -> Any:
        """Return the copy of a replication that ends in an error."""
        [copy] = self.replicate(image_id, site_id, **body)['copies']
        self.assertEqual('error', copy['state'])
        return copy

    def plan(self, image_id: str, site_id: str) -> Any:
        """Return what a dry run says of the site."""
        answer = self.call(
            'POST',
            '/v1/replications?dry_run=true',
            200,
            image_id=image_id,
            target_site_ids=[site_id],
        )
        return answer.json['targets'][0]
