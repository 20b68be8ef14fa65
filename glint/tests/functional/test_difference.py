# SPDX-License-Identifier: Apache-2.0

"""What becomes of an image of the same bytes that is another image."""

import contextlib
import io
from typing import Any

from glanceclient import exc as glance_exceptions

from glint.tests import noise
from glint.tests.functional import base


def _iso() -> bytes:
    """Return data that Glance takes for a CD, and for anything raw."""
    return bytes(32768) + b'\x01CD001\x01' + noise.make(4096)


class TestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.lab.clouds[1]
        self.west = self.add_site(self.cloud)
        self.glance = self.cloud.member.glance()
        self.data = _iso()

    def there(self, **fields: Any) -> Any:
        """Upload the same bytes to the target."""
        fields = {'name': 'upload-test'} | fields
        return self.make_image(self.data, self.cloud, **fields)

    def plan(self, image: Any, **options: Any) -> Any:
        answer = self.call(
            'POST',
            '/v1/replications?dry_run=true',
            200,
            image_id=image.id,
            target_site_ids=[self.west],
            options=options,
        )
        return answer.json['targets'][0]

    def run_both(self, image: Any, **options: Any) -> Any:
        """Plan it, then do it; both have to say the same.

        :returns: the copy.
        """
        plan = self.plan(image, **options)
        [copy] = self.replicate(image.id, self.west, options=options)['copies']
        if copy['outcome'] == 'copied':
            self.addCleanup(self._remove, copy['target_image_id'])
        done = {
            'copied': 'copy',
            'adopted': 'adopt',
            'skipped': 'skip',
            None: 'conflict',
        }
        self.assertEqual(plan['action'], done[copy['outcome']])
        self.assertEqual(plan['notes'], copy['notes'][: len(plan['notes'])])
        return copy

    def _remove(self, image_id: str) -> None:
        with contextlib.suppress(glance_exceptions.HTTPNotFound):
            self.glance.images.delete(image_id)

    def assert_copied(self, image: Any, **options: Any) -> Any:
        copy = self.run_both(image, **options)
        self.assertEqual('copied', copy['outcome'], copy['error'])
        self.assertIn('A copy is made beside it.', copy['notes'][0])
        return copy

    def assert_adopted(self, image: Any, there_id: str, **options: Any) -> Any:
        copy = self.run_both(image, **options)
        self.assertEqual(
            ('adopted', there_id, 0),
            (copy['outcome'], copy['target_image_id'], copy['bytes_sent']),
            copy['notes'],
        )
        return copy


class DifferenceTest(TestCase):
    def test_cd_is_not_a_disk_of_the_same_bytes(self) -> None:
        there = self.there()
        image = self.make_image(
            self.data,
            name='installer',
            disk_format='iso',
            hw_cdrom_bus='sata',
        )
        copy = self.assert_copied(
            image,
            image_name='installer-cd',
            visibility='community',
            properties={'set': {'os_distro': 'debian'}},
        )
        self.assertEqual(
            f'west has the same bytes as "upload-test" ({there.id}): '
            'disk_format raw, not iso; hw_cdrom_bus missing (sata); '
            'os_distro missing (debian); name upload-test, not installer-cd; '
            'visibility shared, not community. A copy is made beside it.',
            copy['notes'][0],
        )
        made = self.glance.images.get(copy['target_image_id'])
        self.assertEqual(
            ('installer-cd', 'iso', 'sata', 'debian', 'community'),
            (
                made.name,
                made.disk_format,
                made.hw_cdrom_bus,
                made.os_distro,
                made.visibility,
            ),
        )
        self.assertEqual('upload-test', self.glance.images.get(there.id).name)

    def test_what_decides_how_an_image_boots_is_compared(self) -> None:
        there = self.there(name='same')
        for fields in (
            {'hw_firmware_type': 'uefi'},
            {'hw_machine_type': 'q35'},
            {'min_disk': 20},
            {'min_ram': 2048},
            {'architecture': 'aarch64'},
            {'trait:HW_CPU_X86_AVX2': 'required'},
        ):
            image = self.make_image(self.data, name='same', **fields)
            copy = self.assert_copied(image)
            [key] = fields
            self.assertIn(key, copy['notes'][0])
            self.assertIn(there.id, copy['notes'][0])
            self._remove(copy['target_image_id'])
        # The rest is its own matter.
        image = self.make_image(self.data, name='same', tags=['a'], note='b')
        self.assertEqual([], self.assert_adopted(image, there.id)['notes'])

    def test_kernel_is_not_a_disk_of_the_same_bytes(self) -> None:
        there = self.there(name='kernel')
        image = self.make_image(
            self.data, disk_format='aki', container_format='aki'
        )
        copy = self.assert_copied(image)
        self.assertIn('disk_format raw, not aki', copy['notes'][0])
        self.assertNotEqual(there.id, copy['target_image_id'])

    def test_on_conflict_holds_where_the_bytes_are_there(self) -> None:
        image = self.make_image(self.data, name='installer')
        there = self.there()
        self.make_image(noise.make(10), self.cloud, name='installer')
        copy = self.run_both(image, on_conflict='fail')
        self.assertEqual(
            ('error', 'name_conflict'), (copy['state'], copy['error']['code'])
        )
        copy = self.run_both(image, on_conflict='skip')
        self.assertEqual('skipped', copy['outcome'])
        self.assert_adopted(image, there.id, on_conflict='rename')
        copy = self.assert_copied(
            image, image_name='installer', on_conflict='rename'
        )
        made = self.glance.images.get(copy['target_image_id'])
        self.assertEqual('installer (2)', made.name)
        self.assert_adopted(
            image, made.id, image_name='installer', on_conflict='rename'
        )

    def test_image_that_differs_is_in_conflict_by_its_name(self) -> None:
        image = self.make_image(self.data, name='same', hw_disk_bus='scsi')
        self.there(name='same')
        copy = self.run_both(image, on_conflict='fail')
        self.assertEqual('name_conflict', copy['error']['code'])
        self.assertIn('hw_disk_bus missing (scsi).', copy['notes'][0])


class PolicyTest(TestCase):
    """The option on_difference."""

    def setUp(self) -> None:
        super().setUp()
        self.image = self.make_image(
            self.data, name='installer', hw_cdrom_bus='sata', min_disk=3
        )

    def test_image_is_adopted_as_it_is(self) -> None:
        there = self.there(disk_format='iso', hw_firmware_type='uefi')
        copy = self.assert_adopted(
            self.image, there.id, on_difference='adopt', image_name='x'
        )
        self.assertIn('disk_format iso, not raw', copy['notes'][0])
        self.assertIn('hw_firmware_type uefi in addition', copy['notes'][0])
        self.assertIn('adopted as it is', copy['notes'][0])
        self.assertEqual(there, self.glance.images.get(there.id))

    def test_own_image_is_amended(self) -> None:
        there = self.there(hw_firmware_type='uefi', note='kept', tags=['t'])
        options = {
            'image_name': 'installer-cd',
            'visibility': 'community',
            'properties': {'set': {'os_distro': 'debian'}},
        }
        copy = self.assert_adopted(
            self.image, there.id, on_difference='amend', **options
        )
        self.assertIn('It is changed to what was asked', copy['notes'][0])
        made = self.glance.images.get(there.id)
        self.assertEqual(
            ('installer-cd', 'community', 3, 'sata', 'debian'),
            (
                made.name,
                made.visibility,
                made.min_disk,
                made.hw_cdrom_bus,
                made.os_distro,
            ),
        )
        self.assertNotIn('hw_firmware_type', made)
        self.assertEqual(('kept', ['t']), (made.note, made.tags))
        # So that it is the right one from now on.
        copy = self.assert_adopted(self.image, there.id, **options)
        self.assertEqual([], copy['notes'])

    def test_formats_are_not_amended_but_copied(self) -> None:
        there = self.there(disk_format='iso')
        self.assert_copied(self.image, on_difference='amend')
        self.assertEqual(there, self.glance.images.get(there.id))

    def test_image_of_another_project_is_not_amended_but_copied(self) -> None:
        other = self.cloud.other.glance()
        there = other.images.create(
            name='theirs',
            disk_format='raw',
            container_format='bare',
            visibility='community',
        )
        self.addCleanup(self._delete, other, there.id)
        other.images.upload(there.id, io.BytesIO(self.data))
        copy = self.assert_copied(self.image, on_difference='amend')
        self.assertIn('"theirs"', copy['notes'][0])

    def test_visibility_that_is_refused_is_noted_and_the_rest_amended(
        self,
    ) -> None:
        there = self.there()
        copy = self.assert_adopted(
            self.image, there.id, on_difference='amend', visibility='public'
        )
        self.assertIn('visibility could not be set', copy['notes'][1])
        made = self.glance.images.get(there.id)
        self.assertEqual(
            ('sata', 'shared'), (made.hw_cdrom_bus, made.visibility)
        )


class AgainTest(TestCase):
    """The second replication adopts what the first one made."""

    def _twice(self, image: Any, **options: Any) -> Any:
        copy = self.run_both(image, **options)
        self.assertEqual('copied', copy['outcome'], copy['error'])
        made_id = copy['target_image_id']
        listed = self.call('GET', '/v1/replications', 200).json
        [first] = listed['replications']
        self.assert_adopted(image, made_id, **options)
        # And the third one, when the first is forgotten.
        self.call('DELETE', f'/v1/replications/{first["id"]}', 204)
        self.assert_adopted(image, made_id, **options)
        return copy

    def test_after_properties_were_left_out(self) -> None:
        image = self.make_image(
            self.data,
            hw_disk_bus='scsi',
            os_distro='debian',
            base_image_ref='x',
            image_type='snapshot',
            img_signature='x',
        )
        copy = self._twice(
            image,
            image_name='another',
            visibility='community',
            properties={'set': {'os_distro': 'x'}, 'remove': ['hw_disk_bus']},
        )
        self.assertIn('base_image_ref', copy['notes'][0])

    def test_after_the_visibility_was_refused(self) -> None:
        image = self.make_image(self.data)
        copy = self._twice(image, visibility='public')
        self.assertIn('HTTP 403', copy['notes'][0])
        plan = self.plan(image, visibility='public')
        self.assertIn('refused before: visibility', plan['notes'][0])
        # It can be asked for again.
        copy = self.assert_adopted(
            image,
            copy['target_image_id'],
            visibility='public',
            on_difference='amend',
        )
        self.assertIn('HTTP 403', copy['notes'][-1])
        # What was not refused is still missed.
        self.assert_copied(image, visibility='community')

    def test_after_the_id_was_taken(self) -> None:
        image = self.make_image(self.data)
        self.make_image(noise.make(10), self.cloud, id=image.id, name='other')
        copy = self._twice(image, preserve_id=True)
        self.assertIn('is taken', copy['notes'][0])

    def test_after_users_changed_what_decides_nothing(self) -> None:
        image = self.make_image(self.data, hw_disk_bus='scsi', note='a')
        copy = self.run_both(image)
        made_id = copy['target_image_id']
        self.glance.images.update(made_id, name='mine', note='b', more='c')
        self.glance.image_tags.update(made_id, 'a tag')
        copy = self.assert_adopted(image, made_id)
        self.assertIn('"mine"', copy['notes'][0])
        self.glance.images.update(made_id, hw_disk_bus='ide')
        self.assert_copied(image)

    def test_after_an_image_of_its_id_was_no_good(self) -> None:
        image = self.make_image(self.data, hw_disk_bus='scsi')
        there = self.there(id=image.id)
        options = {'preserve_id': True}
        copy = self.assert_copied(image, **options)
        self.assertNotEqual(there.id, copy['target_image_id'])
        self.assert_adopted(image, copy['target_image_id'], **options)
        copy = self.run_both(image, on_conflict='fail', **options)
        self.assertEqual('adopted', copy['outcome'])
