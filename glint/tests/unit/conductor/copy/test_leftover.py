# SPDX-License-Identifier: Apache-2.0

import ddt

from glint import interrupt as interrupts
from glint.conductor.copy import leftover
from glint.image import failure
from glint.tests import takeovers
from glint.tests.unit.conductor import base


@ddt.ddt
class LeftoverTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.replication = self.replicate()
        self.run_, _source = self.claim(self.replication)

    def _make(self, image_id: str, **fields: object) -> None:
        marker = {'glint_replication_id': self.run_.copy.replication_id}
        self.west.add(image_id, b'', **{**marker, **fields})

    def _note_parts(self, *image_ids: str) -> None:
        self.run_.made_image_ids = dict.fromkeys(image_ids)

    @ddt.data(
        ({'status': 'queued', 'checksum': None}, True),
        ({'status': 'queued', 'disk_format': None}, False),
        ({'status': 'queued', 'container_format': None}, False),
        ({'status': 'queued', 'checksum': 'x'}, False),
        ({'status': 'queued', 'os_hash_value': 'x'}, False),
        ({'status': 'saving'}, False),
        ({'status': 'active'}, False),
    )
    @ddt.unpack
    def test_only_a_fresh_record_takes_data(
        self, record: dict[str, str | None], expected: bool
    ) -> None:
        formats = {'disk_format': 'raw', 'container_format': 'bare'}
        self.assertIs(expected, leftover.takes_data({**formats, **record}))

    def test_nothing_made_needs_no_look_at_the_site(self) -> None:
        leftover.clean(self.run_)
        self.assertEqual([], self.west.requests)

    def test_image_and_parts_are_removed_and_forgotten(self) -> None:
        self._make('image', kernel_id='kernel', protected=True)
        self._make('kernel')
        self._make('ramdisk', status='saving')
        self.run_.target_image_id = 'image'
        self._note_parts('kernel', 'ramdisk', 'gone')
        leftover.clean(self.run_)
        self.assertEqual([], self.made())
        self.assertIsNone(self.run_.target_image_id)
        self.assertEqual({}, self.run_.made_image_ids)

    def test_images_of_others_stay(self) -> None:
        self._make('image', glint_replication_id='other')
        self._make('kernel', glint_replication_id=None)
        self.run_.target_image_id = 'image'
        self._note_parts('kernel')
        leftover.clean(self.run_)
        self.assertEqual(2, len(self.made()))
        self.assertIsNone(self.run_.target_image_id)

    def test_what_cannot_be_removed_is_not_forgotten(self) -> None:
        self._make('image', kernel_id='kernel')
        self._make('kernel')
        self.run_.target_image_id = 'image'
        self._note_parts('kernel')
        self.west.reply('DELETE', '/v2/images/kernel', 409)
        self.assertRaises(failure.SiteFailure, leftover.clean, self.run_)
        self.assertIsNone(self.run_.target_image_id)
        self.assertEqual(['kernel'], list(self.run_.made_image_ids))

    def test_complete_parts_can_be_kept_for_the_next_attempt(self) -> None:
        self._make('kernel')
        self._make('ramdisk', status='queued')
        self._note_parts('kernel', 'ramdisk')
        leftover.clean_parts(self.run_, self.west.session(), active=False)
        self.assertEqual(['kernel'], list(self.west.images))
        self.assertEqual(['kernel'], list(self.run_.made_image_ids))

    def test_record_that_may_still_be_made_is_made_impossible(self) -> None:
        image_id = self.new_id()
        self.run_.target_image_id = image_id
        self.run_.unanswered = {image_id}
        leftover.clean(self.run_)
        self.assertEqual([], self.made())
        self.assertEqual(1, len(self.west.sent('POST', '/v2/images')))
        self.assertEqual(1, len(self.west.sent('DELETE', '/v2/images/.*')))
        self.assertEqual(set(), self.run_.unanswered)

    def test_nothing_is_removed_that_another_conductor_may_have(self) -> None:
        self._make('image')
        self.run_.target_image_id = 'image'
        takeovers.requeue_lost(self.context, -1)
        self.claim(self.replication)
        self.assertRaises(interrupts.Interrupted, leftover.clean, self.run_)
        self.assertEqual(1, len(self.made()))

    def test_request_of_a_dead_conductor_comes_too_late(self) -> None:
        noted, part = self.new_id(), self.new_id()
        self.run_.target_image_id = noted
        self._note_parts(part)
        leftover.expect_late(self.run_, self.replication)
        leftover.clean(self.run_)
        self.assertEqual(2, len(self.west.sent('POST', '/v2/images')))
        self.assertEqual([], self.made())

    def test_preserved_id_is_not_given_up(self) -> None:
        replication = self.replicate(preserve_id=True)
        self.run_.target_image_id = base.IMAGE_ID
        leftover.expect_late(self.run_, replication)
        self.assertEqual(set(), self.run_.unanswered)
