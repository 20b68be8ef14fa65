# SPDX-License-Identifier: Apache-2.0

"""How often the source is read, and what is known of its size."""

import contextlib
import dataclasses
import hashlib
import sqlite3
import threading
import time

import fixtures

from glint.stream import feed
from glint.tests import noise
from glint.tests.functional import base

MIB = 1024 * 1024


class FeedTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.west, self.east = map(self.add_site, self.lab.clouds[1:3])
        self._clouds = dict(
            zip((self.west, self.east), self.lab.clouds[1:3], strict=True)
        )

    def _assert_there(self, replication_id: str, digest: str) -> None:
        for copy in self.end_of(replication_id)['copies']:
            cloud = self._clouds[copy['target_site_id']]
            made = self.copied({'copies': [copy]}, cloud)
            self.assertEqual(digest, made.os_hash_value)

    def _begin(self, image_id: str, *targets: str) -> str:
        made = self.call(
            'POST',
            '/v1/replications',
            202,
            image_id=image_id,
            target_site_ids=targets,
        )
        replication_id: str = made.json['id']
        return replication_id

    def test_replications_at_the_same_time_read_the_source_once(self) -> None:
        # Nothing stays, so it must be shared while it is read.
        self.config(group='conductor', spool_linger=0)
        joined = threading.Event()
        confirm = feed.Feed.confirm

        def confirm_later(self: feed.Feed, timeout: float) -> bool:
            return joined.wait(timeout) and confirm(self, timeout)

        self.useFixture(
            fixtures.MonkeyPatch(
                'glint.stream.feed.Feed.confirm', confirm_later
            )
        )
        # The same cloud, but who knows.
        cloud = dataclasses.replace(self.lab.clouds[1], name='third')
        third = self.add_site(cloud)
        self._clouds[third] = cloud
        image = self.make_image(noise.make(MIB) * 8)
        first = self._begin(image.id, self.west, self.east)
        self._await_bytes(first)
        second = self._begin(image.id, third)
        self._await_bytes(second)
        joined.set()
        self._assert_there(first, image.os_hash_value)
        self._assert_there(second, image.os_hash_value)
        self.assertEqual(1, self.lab.home.downloads(image.id))

    def _await_bytes(self, replication_id: str) -> None:
        path = f'/v1/replications/{replication_id}'
        while not self.call('GET', path, 200).json['bytes_sent']:
            time.sleep(0.05)

    def test_replication_shortly_after_reads_the_source_no_more(self) -> None:
        image = self.make_image(noise.make(5 * MIB))
        first = self.replicate(image.id, self.west, self.east)
        for copy in first['copies']:
            images = (
                self._clouds[copy['target_site_id']].member.glance().images
            )
            made = images.get(copy['target_image_id'])
            self.assertEqual(image.os_hash_value, made.os_hash_value)
            # So that the second one does not adopt it.
            images.delete(made.id)
        second = self._begin(image.id, self.west)
        self._assert_there(second, image.os_hash_value)
        self.assertEqual(1, self.lab.home.downloads(image.id))

    def test_image_that_the_spool_has_no_room_for_arrives(self) -> None:
        self.config(group='conductor', spool_max_size=MIB)
        image = self.make_image(noise.make(MIB) * 40)
        replication = self.replicate(image.id, self.west, self.east)
        self.assertEqual('completed', replication['state'])
        for cloud, copy in zip(
            (self.lab.clouds[1], self.lab.clouds[2]),
            sorted(
                replication['copies'],
                key=lambda copy: copy['target_site_id'] != self.west,
            ),
            strict=True,
        ):
            made = self.copied({'copies': [copy]}, cloud)
            self.assertEqual(image.os_hash_value, made.os_hash_value)
        self.assertEqual(2, self.lab.home.downloads(image.id))

    def test_image_of_unknown_size_arrives_with_its_size(self) -> None:
        # As some stores leave it in Glance's record.
        for unknown in (None, 0):
            data = noise.make(3 * MIB + 1)
            image = self.make_image(data)
            self._declare(image.id, unknown)
            replication = self.replicate(image.id, self.west)
            made = self.copied(replication, self.lab.clouds[1])
            self.assertEqual(
                (len(data), hashlib.sha512(data).hexdigest()),
                (made.size, made.os_hash_value),
            )
            [copy] = replication['copies']
            self.assertEqual(
                [len(data)] * 5,
                [
                    copy['bytes_sent'],
                    copy['bytes_total'],
                    replication['bytes_sent'],
                    replication['bytes_total'],
                    replication['size'],
                ],
            )

    def test_image_of_unknown_size_and_hash_is_adopted_by_its_data(
        self,
    ) -> None:
        image = self.make_image(noise.make(MIB))
        self._declare(image.id, None, 'checksum', 'os_hash_value')
        made = self.copied(
            self.replicate(image.id, self.west), self.lab.clouds[1]
        )
        self.assertEqual(image.os_hash_value, made.os_hash_value)
        [copy] = self.replicate(image.id, self.west)['copies']
        self.assertEqual(
            ('adopted', made.id, 0),
            (copy['outcome'], copy['target_image_id'], copy['bytes_sent']),
        )

    def _declare(self, image_id: str, size: int | None, *unknown: str) -> None:
        """Change the size of an image at home, and delete other fields."""
        path = self.lab.home.logs['glance'].parent / 'glance' / 'glance.db'
        with (
            contextlib.closing(sqlite3.connect(path)) as database,
            database,
        ):
            database.execute(
                'UPDATE images SET size = ? WHERE id = ?', (size, image_id)
            )
            for name in unknown:
                database.execute(
                    f'UPDATE images SET {name} = NULL WHERE id = ?',
                    (image_id,),
                )
