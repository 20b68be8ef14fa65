# SPDX-License-Identifier: Apache-2.0

"""Which images of a real Glance a copy adopts."""

import contextlib
import dataclasses
import io
from typing import Any

from glanceclient import exc as glance_exceptions

from glint.tests import noise
from glint.tests.functional import base


class AdoptionTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.lab.clouds[1]
        self.west = self.add_site(self.cloud)
        self.data = noise.make(1000)
        self.image = self.make_image(self.data)

    def _make(self, glance: Any, **fields: Any) -> Any:
        image = glance.images.create(
            name='there', disk_format='raw', container_format='bare', **fields
        )
        self.addCleanup(self._delete, glance, image.id)
        glance.images.upload(image.id, io.BytesIO(self.data))
        return glance.images.get(image.id)

    def _run(self, **options: Any) -> dict[str, Any]:
        copy = self._end(**options)
        self.assertEqual('completed', copy['state'], copy['error'])
        if copy['outcome'] == 'copied':
            self.addCleanup(self._remove, copy['target_image_id'])
        return copy

    def _end(self, **options: Any) -> dict[str, Any]:
        copy: dict[str, Any]
        [copy] = self.replicate(self.image.id, self.west, options=options)[
            'copies'
        ]
        return copy

    def _remove(self, image_id: str) -> None:
        with contextlib.suppress(glance_exceptions.HTTPNotFound):
            self.cloud.member.glance().images.delete(image_id)

    def _assert_adopted(self, image: Any, **options: Any) -> dict[str, Any]:
        copy = self._run(**options)
        self.assertEqual(
            ('adopted', image.id, 0),
            (copy['outcome'], copy['target_image_id'], copy['bytes_sent']),
        )
        return copy

    def test_hidden_image_is_adopted_and_noted(self) -> None:
        there = self._make(self.cloud.member.glance(), os_hidden=True)
        copy = self._assert_adopted(there)
        self.assertIn('hidden', copy['notes'][0])

    def test_image_of_another_project_is_adopted_once_it_is_accepted(
        self,
    ) -> None:
        other = self.cloud.other.glance()
        there = self._make(other, visibility='shared')
        member = self.cloud.member
        other.image_members.create(there.id, member.project_id)
        # Not yet accepted, and so perhaps not wanted.
        copy = self._run()
        self.assertEqual('copied', copy['outcome'])
        self._remove(copy['target_image_id'])

        member.glance().image_members.update(
            there.id, member.project_id, 'accepted'
        )
        copy = self._assert_adopted(there)
        self.assertIn('another project', copy['notes'][0])

    def test_community_image_of_another_project_is_adopted(self) -> None:
        there = self._make(self.cloud.other.glance(), visibility='community')
        copy = self._assert_adopted(there)
        self.assertIn('another project', copy['notes'][0])

    def test_admin_does_not_adopt_what_another_project_has_for_itself(
        self,
    ) -> None:
        admin = dataclasses.replace(self.cloud, member=self.cloud.admin)
        key = self.register(self.west, admin, 'admin')
        other = self.cloud.other.glance()
        private = self._make(other, visibility='private')
        shared = self._make(other, visibility='shared')
        other.image_members.create(shared.id, self.cloud.admin.project_id)
        for policy in ('copy', 'amend', 'adopt'):
            [copy] = self.replicate(
                self.image.id,
                self.west,
                options={'on_difference': policy},
                credential_ids=[key],
            )['copies']
            self.assertEqual('copied', copy['outcome'])
            self.assertEqual([], copy['notes'])
            admin.member.glance().images.delete(copy['target_image_id'])

        admin.member.glance().image_members.update(
            shared.id, self.cloud.admin.project_id, 'accepted'
        )
        [copy] = self.replicate(
            self.image.id, self.west, credential_ids=[key]
        )['copies']
        self.assertEqual(
            ('adopted', shared.id), (copy['outcome'], copy['target_image_id'])
        )
        self.assertNotEqual(private.id, copy['target_image_id'])

    def test_own_image_is_adopted_before_a_public_one(self) -> None:
        public = self._make(self.cloud.admin.glance(), visibility='public')
        self._assert_adopted(public)
        self._assert_adopted(self._make(self.cloud.member.glance()))

    def test_deactivated_image_is_not_adopted(self) -> None:
        there = self._make(self.cloud.member.glance())
        self.cloud.admin.glance().images.deactivate(there.id)
        self.assertEqual('copied', self._run()['outcome'])

    def test_image_that_two_ask_for_at_once_is_sent_once(self) -> None:
        image = self.make_image(noise.make(64 * 1024 * 1024))
        ids = [
            self.call(
                'POST',
                '/v1/replications',
                202,
                image_id=image.id,
                target_site_ids=[self.west],
            ).json['id']
            for _number in range(3)
        ]
        ended = [self.end_of(replication_id) for replication_id in ids]
        made = {self.copied(item, self.cloud).id for item in ended}
        self.assertEqual(1, len(made))
        outcomes = [item['copies'][0]['outcome'] for item in ended]
        self.assertEqual(['adopted', 'adopted', 'copied'], sorted(outcomes))
        self.assertEqual([1] * 3, [i['copies'][0]['attempts'] for i in ended])
        log = self.cloud.logs['glance_access'].read_text()
        [made_id] = made
        self.assertEqual(1, log.count(f'"PUT /v2/images/{made_id}/file '))
        filters = {'glint_source_id': image.id}
        found = list(self.cloud.member.glance().images.list(filters=filters))
        self.assertEqual(1, len(found))
        self.assertEqual(1, self.lab.home.downloads(image.id))
