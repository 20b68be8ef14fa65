# SPDX-License-Identifier: Apache-2.0

"""What Glint does about each answer of a target to the data."""

from typing import Any

import ddt

from glint import states
from glint.db import image_copy as db_image_copy
from glint.tests.unit.conductor import base
from glint.tests.unit.conductor.copy import making
from glint.tests.unit.image import cloud


@ddt.ddt
class SendTest(making.TestCase):
    """Answers to the data."""

    def _refuse(self, answer: int, /, **changes: Any) -> making.Answer:
        """Refuse the data, and change the record of the image."""

        def refuse(request: cloud.Request) -> None:
            request.body()
            self.image(request).update(changes)
            request.reply(answer, {'message': 'no image'})

        return refuse

    def _lose(self, request: cloud.Request) -> None:
        """Forget the image, as if somebody had deleted it."""
        request.body()
        image_id = self.image(request)['id']
        del self.west.images[image_id]
        self.west.burnt.add(image_id)
        request.reply(410, {'message': 'gone'})

    @ddt.data(500, 502, 504)
    def test_broken_upload_is_repeated_on_the_same_record(
        self, status: int
    ) -> None:
        self.first_put(self._refuse(status))
        row = self.run_copy(self.replicate())
        self.assert_copied(row)
        self.assertEqual([row.target_image_id] * 2, self.puts())
        self.assert_read(2)
        self.assertEqual(len(base.DATA), row.bytes_sent)

    def test_broken_upload_is_repeated_out_of_the_spool(self) -> None:
        self.patch(db_image_copy, 'is_only_try', lambda *_arguments: False)
        self.first_put(self._refuse(500))
        self.assert_copied(self.run_copy(self.replicate()))
        self.assertEqual(2, len(self.puts()))
        self.assert_read(1)

    def test_broken_upload_is_repeated_without_room_in_the_spool(self) -> None:
        self.config(group='conductor', spool_max_size=1)
        self.first_put(self._refuse(500))
        row = self.run_copy(self.replicate())
        self.assert_copied(row)
        self.assert_read(2)

    def test_cut_connection_is_repeated_on_the_same_record(self) -> None:
        self.first_put(lambda r: r.cut())
        row = self.run_copy(self.replicate())
        self.assert_copied(row)
        self.assertEqual([row.target_image_id] * 2, self.puts())

    def test_upload_that_breaks_again_ends_the_attempt(self) -> None:
        self.west.on('PUT', base.FILE, self._refuse(500))
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.ERROR, 'upload_lost'), (row.state, row.error['code'])
        )
        self.assertEqual(2, len(self.puts()))
        self.assertEqual([], self.made())

    def test_poisoned_record_is_replaced(self) -> None:
        self.first_put(self._refuse(500, checksum='x'))
        row = self.run_copy(self.replicate())
        self.assert_copied(row)
        self.assertEqual(2, len(set(self.puts())))

    def test_record_that_stays_saving_is_replaced(self) -> None:
        self.first_put(self._refuse(500, status='saving'))
        row = self.run_copy(self.replicate())
        self.assert_copied(row)
        self.assertEqual(2, len(set(self.puts())))

    def test_image_that_is_saved_a_little_later_is_taken(self) -> None:
        shown = []

        def upload(request: cloud.Request) -> None:
            self.image(request).update(self.west._facts(request.body()))
            self.image(request)['status'] = 'saving'
            request.reply(504)

        def show(request: cloud.Request) -> None:
            shown.append(self.image(request)['status'])
            if len(shown) == 3:
                self.image(request)['status'] = 'active'
            self.west._show(request)

        self.west.on('PUT', base.FILE, upload)
        self.west.on('GET', '/v2/images/([^/]+)', show)
        row = self.run_copy(self.replicate())
        self.assertEqual(states.COMPLETED, row.state)
        self.assertEqual(1, len(self.puts()))

    @ddt.data(401, 404, 410, 500)
    def test_image_that_was_deleted_is_made_anew(self, status: int) -> None:
        def lose(request: cloud.Request) -> None:
            request.body()
            del self.west.images[request.path.split('/')[3]]
            request.reply(status, {'message': 'gone'})

        self.first_put(lose)
        row = self.run_copy(self.replicate())
        self.assert_copied(row)
        self.assertEqual(2, len(set(self.puts())))

    def test_image_that_is_deleted_again_ends_the_attempt(self) -> None:
        self.west.on('PUT', base.FILE, self._lose)
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.ERROR, 'image_gone'), (row.state, row.error['code'])
        )
        self.assertTrue(row.error['retryable'])
        self.assertEqual(2, len(self.puts()))

    def test_deleted_image_with_preserved_id_gets_a_new_one(self) -> None:
        self.first_put(self._lose)
        row = self.run_copy(self.replicate(preserve_id=True))
        self.assert_copied(row)
        self.assertEqual(base.IMAGE_ID, self.puts()[0])
        self.assertNotEqual(base.IMAGE_ID, row.target_image_id)
        self.assertIn(base.IMAGE_ID, ' '.join(row.notes))

    def test_forbidden_upload_is_tried_with_one_new_record(self) -> None:
        self.west.on('PUT', base.FILE, self._refuse(403))
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.ERROR, 'upload_forbidden'), (row.state, row.error['code'])
        )
        self.assertFalse(row.error['retryable'])
        self.assertEqual(2, len(set(self.puts())))
        self.assertEqual([], self.made())

    def test_refused_token_is_replaced_once(self) -> None:
        self.first_put(self._refuse(401))
        row = self.run_copy(self.replicate())
        self.assert_copied(row)
        tokens = [
            request.headers['X-Auth-Token']
            for request in self.west.sent('PUT', base.FILE)
        ]
        self.assertEqual(2, len(set(tokens)))
        self.assert_read(2)

    def test_token_that_is_refused_again_ends_the_attempt(self) -> None:
        self.west.on('PUT', base.FILE, self._refuse(401))
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.ERROR, 'unauthorized'), (row.state, row.error['code'])
        )
        self.assertEqual(2, len(self.puts()))
        self.assertEqual([], self.made())

    def test_refused_token_of_the_source_is_not_the_targets(self) -> None:
        self.home.reply('GET', base.FILE, 401, {'message': 'no'})
        row = self.run_copy(self.replicate())
        self.assertEqual(states.ERROR, row.state)
        self.assertIn('home', row.error['detail'])
        self.assertEqual([], self.puts())

    def test_busy_record_that_is_saving_is_replaced(self) -> None:
        self.first_put(self._refuse(409, status='saving'))
        row = self.run_copy(self.replicate())
        self.assert_copied(row)
        self.assertEqual(2, len(set(self.puts())))

    def test_busy_record_that_is_active_and_right_is_taken(self) -> None:
        self.west.on(
            'PUT',
            base.FILE,
            lambda r: (
                self.image(r).update(self.west._facts(r.body())),
                r.reply(409),
            ),
        )
        row = self.run_copy(self.replicate())
        self.assertEqual(states.COMPLETED, row.state)
        self.assertEqual(1, len(self.puts()))

    def test_busy_record_that_is_active_and_wrong_is_replaced(self) -> None:
        self.first_put(
            lambda r: (
                r.body(),
                self.image(r).update(self.west._facts(b'wrong')),
                r.reply(409),
            ),
        )
        row = self.run_copy(self.replicate())
        self.assert_copied(row)

    def test_stored_data_that_differ_are_sent_again(self) -> None:
        self.first_put(
            lambda r: (
                self.image(r).update(self.west._facts(r.body()[:-1])),
                r.reply(204),
            ),
        )
        row = self.run_copy(self.replicate())
        self.assert_copied(row)
        self.assertEqual(2, len(set(self.puts())))
        self.assert_read(2)

    @ddt.data(
        (400, 'data_refused', False),
        (413, 'quota_exceeded', False),
        (415, 'format_refused', False),
        (503, 'storage_unavailable', True),
    )
    @ddt.unpack
    def test_refusal_ends_the_attempt_and_leaves_nothing(
        self, status: int, code: str, retryable: bool
    ) -> None:
        self.west.on('PUT', base.FILE, self._refuse(status))
        row = self.run_copy(self.replicate())
        self.assertEqual((states.ERROR, code), (row.state, row.error['code']))
        self.assertEqual(retryable, row.error['retryable'])
        self.assertEqual(1, len(self.puts()))
        self.assertEqual([], self.made())
