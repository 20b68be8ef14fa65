# SPDX-License-Identifier: Apache-2.0

"""What the tests of the conductor share: a source, targets, a database."""

from typing import Any
from unittest import mock
import uuid

import fixtures
import sqlalchemy as sa

from glint import context as glint_context
from glint import states
from glint.conductor import chores
from glint.conductor import crew as crews
from glint.conductor.copy import copier
from glint.conductor.copy import run as runs
from glint.conductor.copy import source as sources
from glint.db import credential as db_credential
from glint.db import image_copy as db_image_copy
from glint.db import listing
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.db.queue import lease
from glint.db.queue import waiting
from glint.secrets import api as secrets
from glint.stream import feed_store
from glint.tests import base
from glint.tests import fixtures as glint_fixtures
from glint.tests.unit.conductor import glance
from glint.tests.unit.image import cloud

IMAGE_ID = cloud.IMAGE_ID
FILE = '/v2/images/[^/]+/file'
DATA = bytes(range(256)) * 1024
HOST = 'conductor-1'


class TestCase(base.TestCase):
    """A replication from one small cloud to another, not begun yet."""

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(glint_fixtures.KeyRepository())
        self.useFixture(glint_fixtures.Database())
        self.spool = self.useFixture(fixtures.TempDir()).path
        self.config(group='conductor', spool_dir=self.spool, lease=5)
        self.config(group='network', allow=['127.0.0.0/8'])
        self.context = glint_context.for_service()
        self.home = self.useFixture(glance.Glance())
        self.west = self.useFixture(glance.Glance())
        self.home_id, self.home_credential_id = self._add('home', self.home)
        self.west_id, self.west_credential_id = self._add('west', self.west)
        self.home.add(IMAGE_ID, DATA)
        self.feeds = feed_store.FeedStore()
        self.addCleanup(self.feeds.close)

    def _add(self, name: str, place: cloud.Cloud) -> tuple[str, str]:
        site = db_site.create(
            self.context,
            project_id='p',
            name=name,
            auth_url=place.url,
            interface='public',
        )
        credential_id = db_credential.new_id()
        self.add_credential(site.id, credential_id)
        return site.id, credential_id

    def add_credential(self, site_id: str, credential_id: str) -> None:
        """Register a credential at a site."""
        encrypted = secrets.encrypt(
            self.context,
            credential_id,
            {
                'username': 'u',
                'password': cloud.PASSWORD,
                'user_domain_name': 'Default',
                'project_name': 'p',
                'project_domain_name': 'Default',
            },
        )
        db_credential.create(
            self.context,
            id=credential_id,
            project_id='p',
            user_id='u',
            site_id=site_id,
            name=credential_id,
            auth_type='v3password',
            scheme=encrypted.scheme,
            key_id=encrypted.key_id,
            secret=encrypted.secret,
        )

    def replicate(
        self,
        targets: dict[str, str] | None = None,
        image_id: str = IMAGE_ID,
        **options: Any,
    ) -> db_replication.Replication:
        """Ask for a copy of an image from home to west.

        :param targets: or to other sites: from their ids to those of the
            credentials.
        """
        made, _new = db_replication.create(
            self.context,
            targets or {self.west_id: self.west_credential_id},
            project_id='p',
            user_id='u',
            image_id=image_id,
            source_site_id=self.home_id,
            source_credential_id=self.home_credential_id,
            options=options,
        )
        return made

    def claim(
        self, replication: db_replication.Replication
    ) -> tuple[runs.CopyRun, sources.Source]:
        """Claim the copy of a replication, as a conductor does."""
        [copy] = lease.claim(self.context, replication.id, HOST, 10)
        source = sources.Source(self.context, replication, self.feeds)
        self.addCleanup(source.close)
        return runs.CopyRun(self.context, copy), source

    def run_copy(
        self, replication: db_replication.Replication
    ) -> db_image_copy.ImageCopy:
        """Claim the copy of a replication and run it to its end."""
        run, source = self.claim(replication)
        source.open()
        copier.run_copy(run, source)
        source.close()
        return self.row(replication)

    def row(
        self, replication: db_replication.Replication
    ) -> db_image_copy.ImageCopy:
        """Read the copy of a replication."""
        [copy] = db_image_copy.index(
            self.context, replication.id, listing.Page()
        )
        return copy

    def make_due(self) -> None:
        """Let all queued copies be due, from now on."""
        past = mock.patch.object(
            waiting,
            'claimable',
            lambda *_args: (
                sa.true(),
                lease.ImageCopy.state == states.QUEUED,
            ),
        )
        past.start()
        self.addCleanup(past.stop)

    def made(self) -> list[dict[str, Any]]:
        """Return the images at the target."""
        return list(self.west.images.values())

    def with_crew(self, chore: chores.Chore) -> None:
        """Do a chore, with a crew, to the end."""
        crew = crews.Crew('test', 16)
        self.addCleanup(crew.stop)
        chore(self.context, crew)
        crew.join()

    @staticmethod
    def new_id() -> str:
        return str(uuid.uuid4())
