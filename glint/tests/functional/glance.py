# SPDX-License-Identifier: Apache-2.0

"""One more Glance at a cloud of the lab, with a configuration of its own."""

import contextlib
import dataclasses
import sqlite3
from typing import Any

from glint.tests.functional import faulty
from glint.tests.functional import server

FILE = '/v2/images/[^/]+/file'

_STORES = ('file', 'os_glance_staging_store', 'os_glance_tasks_store')


class Glance(server.Server):
    """A Glance with the Keystone of a cloud, and no images at first.

    Its address is in no catalog.
    """

    NAME = 'glance'
    CONFIGURATION = 'glance-api.conf'
    DATABASE = 'glance.db'
    VARIABLE = 'OS_GLANCE_CONFIG_DIR'

    def _setUp(self) -> None:
        super()._setUp()
        paste = 'glance-api-paste.ini'
        (self.folder / paste).write_text((self._model / paste).read_text())
        self.configure('DEFAULT', worker_self_reference_url=self.url)
        for store in _STORES:
            (self.folder / store).mkdir()
            self.configure(
                store, filesystem_store_datadir=str(self.folder / store)
            )

    def _copy_database(self) -> None:
        """Take the schema and the metadata definitions, but no images."""
        super()._copy_database()
        with contextlib.closing(sqlite3.connect(self._database)) as copy:
            for table in ('locations', 'members', 'properties', 'tags'):
                copy.execute(f'DELETE FROM image_{table}')
            copy.execute('DELETE FROM images')
            copy.commit()

    def images(self, status: str) -> list[str]:
        """Return the ids of the images in a state, by its own database."""
        uri = f'file:{self._database}?mode=ro'
        with contextlib.closing(sqlite3.connect(uri, uri=True)) as database:
            query = 'SELECT id FROM images WHERE status = ?'
            return [row[0] for row in database.execute(query, (status,))]

    def permit(self, **rules: str) -> None:
        """Set rules of the policy, for the next start."""
        path = self.folder / 'policy.yaml'
        path.write_text(
            ''.join(f'"{name}": "{rule}"\n' for name, rule in rules.items())
        )
        self.configure('oslo_policy', policy_file=str(path))


class TestCase(faulty.TestCase):
    """From the home site to a Glance of the test's own."""

    GLANCE = Glance

    def setUp(self) -> None:
        super().setUp()
        west = self.lab.clouds[1]
        self.glance = self.useFixture(self.GLANCE(self.lab, west))
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
