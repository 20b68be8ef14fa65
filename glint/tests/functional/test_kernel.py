# SPDX-License-Identifier: Apache-2.0

"""Images that need a kernel and a ramdisk, at real Glances."""

from typing import Any
import uuid

from glint.tests import noise
from glint.tests.functional import base


class KernelTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.lab.clouds[1]
        self.west = self.add_site(self.cloud)
        self.glance = self.cloud.member.glance()
        self.kernel = self._part('aki')
        self.ramdisk = self._part('ari')

    def _part(self, kind: str) -> Any:
        return self.make_image(
            noise.make(3000), disk_format=kind, container_format=kind
        )

    def _image(self, **fields: Any) -> Any:
        kinds = {'disk_format': 'ami', 'container_format': 'ami'}
        data = noise.make(5000)
        image = self.make_image(data, **kinds, **fields)
        self.addCleanup(self._remove_made, image.id)
        return image

    def _remove_made(self, image_id: str) -> None:
        for source_id in (image_id, self.kernel.id, self.ramdisk.id):
            for image in self._made_from(source_id):
                self.glance.images.delete(image.id)

    def _made_from(self, image_id: str) -> list[Any]:
        filters = {'glint_source_id': image_id}
        return list(self.glance.images.list(filters=filters))

    def _replicate(self, image: Any) -> dict[str, Any]:
        copy: dict[str, Any]
        [copy] = self.replicate(image.id, self.west)['copies']
        return copy

    def test_kernel_and_ramdisk_go_along(self) -> None:
        image = self._image(
            kernel_id=self.kernel.id, ramdisk_id=self.ramdisk.id
        )
        copy = self._replicate(image)
        self.assertEqual('completed', copy['state'], copy['error'])
        self.assertEqual(
            (11000, 11000), (copy['bytes_sent'], copy['bytes_total'])
        )
        made = self.glance.images.get(copy['target_image_id'])
        self.assertEqual(image.os_hash_value, made.os_hash_value)
        for source, part_id in (
            (self.kernel, made.kernel_id),
            (self.ramdisk, made.ramdisk_id),
        ):
            part = self.glance.images.get(part_id)
            self.assertEqual('active', part.status)
            self.assertEqual(source.os_hash_value, part.os_hash_value)
            self.assertEqual(source.disk_format, part.disk_format)

        # Another image with the same kernel uses the one that is there.
        second = self._image(kernel_id=self.kernel.id)
        copy = self._replicate(second)
        self.assertEqual(5000, copy['bytes_total'])
        other = self.glance.images.get(copy['target_image_id'])
        self.assertEqual(made.kernel_id, other.kernel_id)
        self.assertEqual(1, len(self._made_from(self.kernel.id)))

    def test_image_is_adopted_with_the_kernel_that_it_had(self) -> None:
        image = self._image(
            kernel_id=self.kernel.id, ramdisk_id=self.ramdisk.id
        )
        made_id = self._replicate(image)['target_image_id']
        copy = self._replicate(image)
        self.assertEqual(
            ('adopted', made_id, 0),
            (copy['outcome'], copy['target_image_id'], copy['bytes_sent']),
        )
        self.assertEqual(1, len(self._made_from(self.kernel.id)))
        # With another one it is another image.
        other = self._part('aki')
        self.lab.home.member.glance().images.update(
            image.id, kernel_id=other.id
        )
        copy = self._replicate(image)
        self.assertEqual('copied', copy['outcome'])
        self.assertIn('kernel_id', copy['notes'][0])
        made = self.glance.images.get(copy['target_image_id'])
        [kernel] = self._made_from(other.id)
        self.addCleanup(self.glance.images.delete, kernel.id)
        self.assertEqual(kernel.id, made.kernel_id)

    def test_bytes_of_a_kernel_that_are_none_are_not_booted_from(self) -> None:
        data = noise.make(3000)
        self.kernel = self.make_image(
            data, disk_format='aki', container_format='aki'
        )
        there = self.make_image(data, self.cloud)
        image = self._image(kernel_id=self.kernel.id)
        made = self.copied(self.replicate(image.id, self.west), self.cloud)
        self.assertNotEqual(there.id, made.kernel_id)
        self.assertEqual(
            'aki', self.glance.images.get(made.kernel_id).disk_format
        )

    def test_kernel_of_two_images_at_once_is_sent_once(self) -> None:
        self.kernel = self.make_image(
            noise.make(16 * 1024 * 1024),
            disk_format='aki',
            container_format='aki',
        )
        images = [self._image(kernel_id=self.kernel.id) for _n in range(3)]
        begun = [
            self.call(
                'POST',
                '/v1/replications',
                202,
                image_id=image.id,
                target_site_ids=[self.west],
            ).json['id']
            for image in images
        ]
        [made] = {
            self.copied(self.end_of(replication_id), self.cloud).kernel_id
            for replication_id in begun
        }
        [kernel] = self._made_from(self.kernel.id)
        self.assertEqual((made, 'active'), (kernel.id, kernel.status))
        log = self.cloud.logs['glance_access'].read_text()
        self.assertEqual(1, log.count(f'"PUT /v2/images/{made}/file '))
        self.assertEqual(1, self.lab.home.downloads(self.kernel.id))

    def test_image_that_names_itself_is_refused(self) -> None:
        image = self._image()
        self.lab.home.member.glance().images.update(
            image.id, kernel_id=image.id
        )
        copy = self._replicate(image)
        self.assertEqual('source_boots_itself', copy['error']['code'])
        self.assertEqual(1, copy['attempts'])
        self.assertEqual([], self._made_from(image.id))

    def test_missing_kernel_refuses_the_image(self) -> None:
        missing = str(uuid.uuid4())
        copy = self._replicate(self._image(kernel_id=missing))
        self.assertEqual('source_no_kernel', copy['error']['code'])
        self.assertIn(missing, copy['error']['detail'])

    def test_kernel_of_a_failed_image_is_removed(self) -> None:
        image = self._image(kernel_id=self.kernel.id)
        self._damage(image.id)
        copy = self._replicate(image)
        self.assertEqual('source_corrupt', copy['error']['code'])
        self.assertEqual([], self._made_from(image.id))
        self.assertEqual([], self._made_from(self.kernel.id))

    def _damage(self, image_id: str) -> None:
        """Change a byte of an image where the home site keeps it."""
        self.config(group='conductor', max_attempts=1)
        folder = self.lab.home.logs['glance'].parent / 'images'
        [path] = folder.rglob(image_id)
        data = bytearray(path.read_bytes())
        data[-1] ^= 1
        path.write_bytes(data)

    def test_plan_counts_the_kernel(self) -> None:
        image = self._image(kernel_id=self.kernel.id)
        answer = self.call(
            'POST',
            '/v1/replications?dry_run=true',
            200,
            image_id=image.id,
            target_site_ids=[self.west],
        )
        [plan] = answer.json['targets']
        self.assertEqual(('copy', 8000), (plan['action'], plan['bytes']))
        self.assertIn('kernel_id', ' '.join(plan['notes']))
