# SPDX-License-Identifier: Apache-2.0

"""What uploads that go wrong leave at a real Glance, and how it is removed."""

import sqlite3
from typing import Any

from glint.tests import noise
from glint.tests.functional import faults
from glint.tests.functional import faulty
from glint.tests.functional import glance

MIB = faulty.MIB


class PoisonedTest(faulty.TestCase):
    """A refused upload of which the answer is lost."""

    def test_poisoned_record_is_replaced_and_removed(self) -> None:
        cloud = self.lab.clouds[1]
        west, proxy = self.add_site_through_proxy(cloud)
        # The home site would not take it either, as it checks, too.
        image = self.make_image(noise.make(1024))
        path = self.lab.home.logs['glance'].parent / 'glance' / 'glance.db'
        with sqlite3.connect(path) as database:
            database.execute(
                "UPDATE images SET disk_format = 'vmdk' WHERE id = ?",
                (image.id,),
            )
        proxy.inject(faults.LoseAnswer(faults.UPLOAD, times=1))
        [copy] = self.replicate(image.id, west)['copies']
        self.assertEqual(('error', 1), (copy['state'], copy['attempts']))
        self.assertEqual(
            ('format_refused', 415),
            (copy['error']['code'], copy['error']['http_status']),
        )
        # A second upload to the same record would have been answered 500.
        self.assertEqual(
            [415, 415], [e.status for e in proxy.find(faults.UPLOAD)]
        )
        self.assert_nothing_made(image, cloud)


class DeadGlanceTest(glance.TestCase):
    """What a Glance leaves that dies or loses an image in an upload."""

    def setUp(self) -> None:
        super().setUp()
        self.site_id = self.start_site()
        self.config(group='conductor', max_attempts=1000, retry_delay=0.2)

    def _saving(self, size: int = 256 * MIB) -> tuple[Any, Any, str]:
        """Begin to replicate an image, and catch it in the upload.

        :returns: the image, its replication and its id at the target.
        """
        image = self.make_random_image(size)
        replication = self.start(image.id, self.site_id)
        [image_id] = self.until(lambda: self.glance.images('saving'), 'upload')
        return image, replication, image_id

    def test_record_left_saving_is_removed_and_replaced(self) -> None:
        image, replication, left = self._saving()
        self.glance.kill()
        self.assertEqual([left], self.glance.images('saving'))
        self.glance.start()
        self.assert_completed(self.end_of(replication['id']))
        self.assert_copied(image, self.cloud)
        self.assertEqual([], self.glance.images('saving'))
        self.assertEqual([left], self.glance.images('deleted'))

    def test_image_deleted_during_the_upload_is_made_anew(self) -> None:
        image, replication, lost = self._saving()
        self.cloud.member.glance().images.delete(lost)
        self.assert_completed(self.end_of(replication['id']), attempts=1)
        self.assert_copied(image, self.cloud)
        self.assertEqual([lost], self.glance.images('deleted'))
        self.assertEqual(2, self.glance.requests('PUT', glance.FILE))
        # What the only target was to have is in memory, and then gone.
        self.assertEqual(2, self.lab.home.downloads(image.id))
