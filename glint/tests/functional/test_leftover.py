# SPDX-License-Identifier: Apache-2.0

"""Unfinished images that are removed later, from real Glances."""

import time

from glanceclient import exc
import sqlalchemy as sa

from glint import context
from glint.db import engine
from glint.db import models
from glint.tests import noise
from glint.tests.functional import base


class LeftoverTest(base.TestCase):
    def _leave(self, replication_id: str, image_id: str) -> None:
        """Note an image as what a copy left behind."""
        with engine.writer(context.for_service()) as session:
            session.execute(
                sa.update(models.ImageCopy)
                .where(models.ImageCopy.replication_id == replication_id)
                .values(target_image_id=image_id)
            )

    def _await_end(self, replication_id: str) -> list[str]:
        """Wait until the image is forgotten.

        :returns: the notes of the copy.
        """
        path = f'/v1/replications/{replication_id}'
        while (copy := self.call('GET', path, 200).json['copies'][0])[
            'target_image_id'
        ]:
            time.sleep(0.05)
        notes: list[str] = copy['notes']
        return notes

    def test_only_the_marked_image_is_removed(self) -> None:
        cloud = self.lab.clouds[1]
        glance = cloud.member.glance()
        west = self.add_site(cloud)
        image = self.make_image(noise.make(16))
        others = self.make_image(b'of somebody', cloud, name=image.name)
        made = self.replicate(image.id, west, options={'on_conflict': 'fail'})
        self.assertEqual('error', made['state'])
        self._leave(made['id'], others.id)
        self.config(group='conductor', recheck_delay=0.1)
        self._await_end(made['id'])
        self.assertEqual('active', glance.images.get(others.id).status)
        ours = glance.images.create(
            name='left', glint_replication_id=made['id']
        )
        self._leave(made['id'], ours.id)
        self.assertIn(ours.id, self._await_end(made['id'])[-1])
        self.assertRaises(exc.HTTPNotFound, glance.images.get, ours.id)
        self.call('DELETE', f'/v1/replications/{made["id"]}', 204)
