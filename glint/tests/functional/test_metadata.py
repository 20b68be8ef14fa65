# SPDX-License-Identifier: Apache-2.0

"""What of an image's record arrives at a real Glance."""

from typing import Any

from glint.tests import noise
from glint.tests.functional import base


class MetadataTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.lab.clouds[1]
        self.west = self.add_site(self.cloud)

    def test_record_arrives_without_what_holds_at_home_only(self) -> None:
        image = self.make_image(
            noise.make(100),
            min_disk=3,
            min_ram=512,
            tags=['one', 'two'],
            os_distro='debian',
            hw_disk_bus='scsi',
            instance_uuid='8f7c1b1e-0000-4000-8000-000000000000',
            base_image_ref='x',
        )
        replication = self.replicate(image.id, self.west)
        made = self.copied(replication, self.cloud)
        self.assertEqual(image.name, made.name)
        self.assertEqual((3, 512), (made.min_disk, made.min_ram))
        self.assertEqual({'one', 'two'}, set(made.tags))
        self.assertEqual('debian', made.os_distro)
        self.assertEqual('scsi', made.hw_disk_bus)
        self.assertNotIn('instance_uuid', made)
        self.assertNotIn('base_image_ref', made)
        self.assertEqual(image.id, made.glint_source_id)
        notes = ' '.join(replication['copies'][0]['notes'])
        self.assertIn('instance_uuid', notes)

    def test_protected_and_hidden_follow(self) -> None:
        image = self.make_image(noise.make(100))
        self.lab.home.member.glance().images.update(
            image.id, protected=True, os_hidden=True
        )
        made = self.copied(self.replicate(image.id, self.west), self.cloud)
        self.assertTrue(made.protected)
        self.assertTrue(made.os_hidden)

    def test_options_change_name_visibility_and_properties(self) -> None:
        image = self.make_image(noise.make(100), os_distro='debian', left='x')
        replication = self.replicate(
            image.id,
            self.west,
            options={
                'image_name': 'another name',
                'visibility': 'private',
                'properties': {
                    'set': {'os_distro': 'ubuntu', 'new': 'y'},
                    'remove': ['left'],
                },
            },
        )
        made = self.copied(replication, self.cloud)
        self.assertEqual('another name', made.name)
        self.assertEqual('private', made.visibility)
        self.assertEqual('ubuntu', made.os_distro)
        self.assertEqual('y', made.new)
        self.assertNotIn('left', made)

    def test_visibility_that_is_not_permitted_is_noted(self) -> None:
        image = self.make_image(noise.make(100))
        replication = self.replicate(
            image.id, self.west, options={'visibility': 'public'}
        )
        made = self.copied(replication, self.cloud)
        self.assertEqual('private', made.visibility)
        notes = ' '.join(replication['copies'][0]['notes'])
        self.assertIn('visibility', notes)
        self.assertIn('HTTP 403', notes)

    def test_community_image_stays_one(self) -> None:
        image = self.make_image(noise.make(100), visibility='community')
        replication = self.replicate(image.id, self.west)
        made = self.copied(replication, self.cloud)
        self.assertEqual('community', made.visibility)
        self.assertEqual([], replication['copies'][0]['notes'])

    def _share(self, image: Any, status: str) -> str:
        """Share an image at home with a project that answers so.

        :returns: the id of the project.
        """
        other = self.lab.home.other
        mine = self.lab.home.member.glance()
        mine.image_members.create(image.id, other.project_id)
        if status != 'pending':
            other.glance().image_members.update(
                image.id, other.project_id, status
            )
        project_id: str = other.project_id
        return project_id

    def _members(self, image: Any) -> tuple[list[str], list[str]]:
        """Replicate an image with its members.

        :returns: those of the copy, and its notes.
        """
        replication = self.replicate(
            image.id,
            self.west,
            options={'members': True, 'visibility': 'shared'},
        )
        made = self.copied(replication, self.cloud)
        members = self.cloud.member.glance().image_members.list(made.id)
        return (
            [member.member_id for member in members],
            replication['copies'][0]['notes'],
        )

    def test_members_follow_on_request(self) -> None:
        for status in ('accepted', 'pending'):
            image = self.make_image(
                noise.make(100), name=status, visibility='shared'
            )
            project_id = self._share(image, status)
            # Who has not answered can use the image by its id.
            theirs = self.lab.home.other.glance()
            self.assertEqual(image.id, theirs.images.get(image.id).id)
            members, [note] = self._members(image)
            self.assertEqual([project_id], members)
            self.assertIn(project_id, note)

    def test_project_that_rejected_the_image_is_noted(self) -> None:
        image = self.make_image(noise.make(100), visibility='shared')
        project_id = self._share(image, 'rejected')
        members, [note] = self._members(image)
        self.assertEqual([], members)
        self.assertIn(f'Not shared with {project_id}', note)
