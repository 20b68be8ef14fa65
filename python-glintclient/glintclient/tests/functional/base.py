# SPDX-License-Identifier: Apache-2.0

"""The real openstack command with a real Glint and real clouds."""

import contextlib
import json
import os
import pathlib
import subprocess
from typing import Any
import uuid

import fixtures
import openstack
from oslotest import base

from glintclient import image_replication_service
from glintclient.tests.functional import glint as glints


class TestCase(base.BaseTestCase):
    """Gives each test a site "west" of its own name, and an image at home.

    :ivar lab: the record of the lab.
    :ivar conn: an SDK connection of the member of the first cloud.
    """

    DEFAULT_TIMEOUT = 600

    @classmethod
    def setUpClass(cls) -> None:
        super().setUpClass()
        cls.lab = glints.lab()
        cls.glint = glints.Glint(cls.lab)
        cls.glint.setUp()
        cls.addClassCleanup(cls.glint.cleanUp)

    def setUp(self) -> None:
        super().setUp()
        self.folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self.clouds = self._clouds()
        self.write_clouds()
        self.conn = self.connect('home')
        self.client = self.conn.image_replication

    def _clouds(self) -> dict[str, Any]:
        """Describe the clouds of the lab, with this Glint in the first."""
        path = pathlib.Path(self.lab['dir']) / 'clouds.yaml'
        clouds: dict[str, Any] = json.loads(path.read_text())['clouds']
        for name in ('home', 'home-admin', 'home-other'):
            clouds[name]['image_replication_endpoint_override'] = (
                self.glint.url
            )
        return clouds

    def write_clouds(self) -> None:
        """Write clouds.yaml, after a test has changed it."""
        path = self.folder / 'clouds.yaml'
        path.write_text(json.dumps({'clouds': self.clouds}))
        self.useFixture(
            fixtures.EnvironmentVariable('OS_CLIENT_CONFIG_FILE', str(path))
        )

    def connect(self, cloud: str) -> openstack.connection.Connection:
        conn = openstack.connect(cloud=cloud)
        image_replication_service.add_to(conn)
        self.addCleanup(conn.close)
        return conn

    def command(self, *arguments: str) -> list[str]:
        """Make the command line of openstack image."""
        return [str(glints.BIN / 'openstack'), 'image', *arguments]

    def environment(self, cloud: str, **more: str) -> dict[str, str]:
        return os.environ | {'OS_CLOUD': cloud, **more}

    def openstack(
        self,
        *arguments: str,
        cloud: str = 'home',
        code: int = 0,
        given: str = '',
        **environment: str,
    ) -> subprocess.CompletedProcess[str]:
        """Run openstack image.

        :param cloud: of clouds.yaml.
        :param code: the exit code that it is to end with.
        :param given: the standard input.
        :param environment: more variables.
        """
        done = subprocess.run(
            self.command(*arguments),
            env=self.environment(cloud, **environment),
            input=given,
            capture_output=True,
            text=True,
        )
        if done.returncode != code:
            self.fail(f'{arguments}: {done.returncode}\n{done.stderr}')
        return done

    def json(self, *arguments: str, **options: Any) -> Any:
        """Run openstack image, and read its output."""
        return json.loads(
            self.openstack(*arguments, '-f', 'json', **options).stdout
        )

    def unique(self, word: str) -> str:
        return f'{word}-{uuid.uuid4().hex[:8]}'

    def make_site(self, cloud: str = 'west') -> str:
        """Add a site with a credential of the member there.

        :returns: its name.
        """
        name = self.unique(cloud)
        there = self.clouds[cloud]['auth']
        site = self.client.create_site(
            name=name, auth_url=there['auth_url'], region_name='RegionOne'
        )
        self.client.create_credential(
            site_id=site.id,
            name='mine',
            auth_type='v3password',
            auth={k: v for k, v in there.items() if k != 'auth_url'},
        )
        self.addCleanup(self._empty, cloud, site.id)
        return name

    def make_image(
        self, size: int = 4096, cloud: str = 'home', **fields: Any
    ) -> Any:
        """Upload an image of random bytes, which is deleted at the end."""
        glance = self.connect(cloud).image
        image = glance.create_image(
            name=fields.pop('name', self.unique('image')),
            disk_format='raw',
            container_format='bare',
            # Without the signature of a boot sector, which Glance looks into.
            data=os.urandom(size).replace(b'\x55\xaa', b'\0\0'),
            # It would be looked for by its name, which Glance misreads.
            allow_duplicates=True,
            **fields,
        )
        self.addCleanup(glance.delete_image, image)
        return image

    def _empty(self, cloud: str, site_id: str) -> None:
        """Delete what was copied to a site, and the site."""
        glance = self.connect(cloud).image
        for replication in self.client.replications():
            for copy in self.client.copies(
                replication, target_site_id=site_id
            ):
                if copy.outcome == 'copied' and copy.target_image_id:
                    with contextlib.suppress(
                        openstack.exceptions.NotFoundException
                    ):
                        glance.delete_image(copy.target_image_id)
        self.client.delete_site(site_id, cascade=True)
