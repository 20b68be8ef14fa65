# SPDX-License-Identifier: Apache-2.0

"""Which bytes arrive, and which never become an image."""

import hashlib
import sqlite3
import uuid

from glint.tests import noise
from glint.tests.functional import base


class ContentTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.lab.clouds[1]
        self.west = self.add_site(self.cloud)

    def test_images_of_any_size_arrive(self) -> None:
        mib = 1024 * 1024
        for size in (1, 64 * 1024, 64 * 1024 + 1, mib, mib + 1, 5 * mib):
            data = noise.make(size)
            image = self.make_image(data)
            made = self.copied(self.replicate(image.id, self.west), self.cloud)
            self.assertEqual('active', made.status)
            self.assertEqual(size, made.size)
            self.assertEqual(
                hashlib.sha512(data).hexdigest(), made.os_hash_value
            )

    def test_image_without_a_byte_arrives(self) -> None:
        image = self.make_image(b'')
        self.assertEqual('active', image.status)
        replication = self.replicate(image.id, self.west)
        made = self.copied(replication, self.cloud)
        self.assertEqual(('active', 0), (made.status, made.size))
        self.assertEqual(100, replication['progress'])

    def test_image_of_the_wrong_format_is_refused_and_removed(self) -> None:
        # Clouds that do not check take it; this one does, so the record is
        # changed behind its back.
        image = self.make_image(noise.make(1024))
        self._declare(image.id, 'vmdk')
        replication = self.replicate(image.id, self.west)
        [copy] = replication['copies']
        self.assertEqual('error', copy['state'])
        self.assertEqual(415, copy['error']['http_status'])
        self.assertFalse(copy['error']['retryable'])
        self._assert_nothing_made(image.id)

    def _declare(self, image_id: str, disk_format: str) -> None:
        path = self.lab.home.logs['glance'].parent / 'glance' / 'glance.db'
        with sqlite3.connect(path) as database:
            database.execute(
                'UPDATE images SET disk_format = ? WHERE id = ?',
                (disk_format, image_id),
            )

    def _assert_nothing_made(self, image_id: str) -> None:
        filters = {'glint_source_id': image_id}
        found = self.cloud.member.glance().images.list(filters=filters)
        self.assertEqual([], list(found))

    def test_image_that_is_there_is_adopted_under_any_name(self) -> None:
        data = noise.make(1000)
        image = self.make_image(data)
        there = self.make_image(data, self.cloud, name='of another name')
        replication = self.replicate(image.id, self.west)
        [copy] = replication['copies']
        self.assertEqual(
            ('adopted', there.id), (copy['outcome'], copy['target_image_id'])
        )
        self.assertEqual(0, replication['bytes_sent'])

    def test_queued_image_is_refused(self) -> None:
        glance = self.lab.home.member.glance()
        image = glance.images.create(
            name='queued', disk_format='raw', container_format='bare'
        )
        self.addCleanup(glance.images.delete, image.id)
        [copy] = self.replicate(image.id, self.west)['copies']
        self.assertEqual('error', copy['state'])
        self.assertIn('queued', copy['error']['detail'])

    def test_deactivated_image_is_refused(self) -> None:
        image = self.make_image(noise.make(16))
        admin = self.lab.home.admin.glance()
        admin.images.deactivate(image.id)
        [copy] = self.replicate(image.id, self.west)['copies']
        self.assertEqual('error', copy['state'])
        self.assertIn('deactivated', copy['error']['detail'])

    def test_id_is_preserved_on_request(self) -> None:
        image = self.make_image(noise.make(100))
        replication = self.replicate(
            image.id, self.west, options={'preserve_id': True}
        )
        self.assertEqual(image.id, self.copied(replication, self.cloud).id)

    def test_id_of_a_deleted_image_is_replaced(self) -> None:
        image = self.make_image(noise.make(100))
        glance = self.cloud.member.glance()
        glance.images.create(
            id=image.id, disk_format='raw', container_format='bare'
        )
        glance.images.delete(image.id)
        replication = self.replicate(
            image.id, self.west, options={'preserve_id': True}
        )
        self.assertNotEqual(image.id, self.copied(replication, self.cloud).id)
        self.assertIn(image.id, ' '.join(replication['copies'][0]['notes']))

    def test_image_of_a_remote_site_comes_home(self) -> None:
        data = noise.make(1000)
        image = self.make_image(data, self.cloud)
        home = self.call('GET', '/v1/sites?home=true', 200).json['sites'][0]
        replication = self.replicate(
            image.id, home['id'], source_site_id=self.west
        )
        made = self.copied(replication, self.lab.home)
        self.assertEqual(self.lab.home.member.project_id, made.owner)
        self.assertEqual(hashlib.sha512(data).hexdigest(), made.os_hash_value)

    def test_client_token_makes_one_replication(self) -> None:
        image = self.make_image(noise.make(100))
        token = str(uuid.uuid4())
        first = self.replicate(image.id, self.west, client_token=token)
        second = self.replicate(image.id, self.west, client_token=token)
        self.copied(first, self.cloud)
        self.assertEqual(first['id'], second['id'])
