# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""What Glint does about each answer of a target to the record and the data."""

from collections.abc import Callable
from typing import Any

import ddt

from glint import states
from glint.conductor import copier
from glint.conductor import run as runs
from glint.conductor import storing
from glint.db import image_copy as db_image_copy
from glint.image import record as records
from glint.tests import takeovers
from glint.tests.unit.conductor import base
from glint.tests.unit.image import cloud

IMAGES = '/v2/images'
Answer = Callable[[cloud.Request], Any]


class TestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.config(group='conductor', max_attempts=1)
        self.patch(storing, 'SETTLE', 0.5)
        self.patch(storing, 'GRACE', 0.5)
        self.patch(storing, '_PAUSE', 0.01)

    def first_put(self, answer: Answer) -> None:
        """Give the answer to the first upload only."""
        rest = iter([answer])
        self.west.on(
            'PUT', base.FILE, lambda r: next(rest, self.west._upload)(r)
        )

    def puts(self) -> list[str]:
        """Return the ids of the images that data were sent for."""
        return [
            request.path.split('/')[3]
            for request in self.west.sent('PUT', base.FILE)
        ]

    def assert_read(self, times: int) -> None:
        """The source was read so often.

        Once for each upload of the first attempt to an only target, whose
        data are in memory and then gone, and else once for all.
        """
        self.assertEqual(times, len(self.home.sent('GET', base.FILE)))

    def image(self, request: cloud.Request) -> dict[str, Any]:
        return self.west.images[request.path.split('/')[3]]

    def assert_copied(self, row: Any) -> None:
        """The image is there once, with the right data."""
        self.assertEqual(
            (states.COMPLETED, states.COPIED), (row.state, row.outcome)
        )
        self.assertEqual([row.target_image_id], list(self.west.images))
        self.assertEqual(base.DATA, self.west.data[row.target_image_id])


class CreateTest(TestCase):
    """Answers to the record."""

    def setUp(self) -> None:
        super().setUp()
        self.home.images[base.IMAGE_ID].update(secret='x', other='y')

    def _reserve(self, *keys: str) -> None:
        """Let the target reserve properties, as Glance does."""

        def create(request: cloud.Request) -> None:
            body = request.json()
            for key in keys:
                if key in body:
                    message = "Attribute '%s' is reserved." % key
                    request.reply(403, {'message': message})
                    return
            self.west.make(request, body)

        self.west.on('POST', IMAGES, create)

    def _refuse(self, status: int, message: str) -> None:
        self.west.on(
            'POST',
            IMAGES,
            lambda r: (r.body(), r.reply(status, {'message': message})),
        )

    def test_reserved_properties_are_left_out_and_noted(self) -> None:
        self._reserve('secret', 'other')
        row = self.run_copy(self.replicate())
        self.assert_copied(row)
        self.assertNotIn('secret', self.made()[0])
        notes = ' '.join(row.notes)
        self.assertIn('secret', notes)
        self.assertIn('other', notes)

    def test_reserved_property_that_the_user_set_is_an_error(self) -> None:
        self._reserve('secret')
        row = self.run_copy(self.replicate(properties={'set': {'secret': 1}}))
        self.assertEqual(
            (states.ERROR, 'record_forbidden'), (row.state, row.error['code'])
        )
        self.assertIn('secret', row.error['detail'])

    def _reserve_all(self) -> None:
        self._reserve('secret', 'other', *records.MARKERS)

    def test_marks_are_left_out_where_no_property_may_be_set(self) -> None:
        self._reserve_all()
        row = self.run_copy(self.replicate())
        self.assert_copied(row)
        self.assertEqual([], records.properties(self.made()[0]))
        self.assertEqual(2, len(row.notes))
        self.assertIn('secret', row.notes[0])
        self.assertIn('glint_replication_id', row.notes[1])
        self.assertIn('by its id', row.notes[1])

    def test_unmarked_image_that_fails_is_removed(self) -> None:
        self._reserve_all()
        self.west.reply('PUT', base.FILE, 413, {'message': 'too large'})
        row = self.run_copy(self.replicate())
        self.assertEqual(states.ERROR, row.state)
        self.assertEqual([], self.made())
        self.assertIsNone(row.target_image_id)

    def test_unmarked_image_of_the_attempt_before_is_used_again(self) -> None:
        self._reserve_all()
        replication = self.replicate(on_conflict='fail')
        run, source = self.claim(replication)
        source.open()

        def crash(request: cloud.Request) -> None:
            takeovers.requeue_lost(self.context, -60)
            run.interrupt.set(runs.LOST)
            request.cut()

        self.first_put(crash)
        copier.run_copy(run, source)
        [made] = self.made()
        self.config(group='conductor', max_attempts=2)
        # Another conductor knows no more than the row, by which the image of
        # the name is no other one, either.
        row = self.run_copy(replication)
        self.assert_copied(row)
        self.assertEqual(made['id'], row.target_image_id)

    def test_unmarked_image_of_a_preserved_id_is_ours_once_taken(
        self,
    ) -> None:
        self._reserve_all()
        self.west.reply('PUT', base.FILE, 413, {'message': 'too large'})
        row = self.run_copy(self.replicate(preserve_id=True))
        self.assertEqual(states.ERROR, row.state)
        self.assertEqual([], self.made())

    def test_image_of_somebody_else_with_a_preserved_id_stays(self) -> None:
        self._reserve_all()
        # It is not listed, as it is another project's.
        self.west.reply('GET', IMAGES, 200, {'images': []})
        self.west.add(base.IMAGE_ID, b'other data')
        self.west.on(
            'POST',
            IMAGES,
            lambda r: (r.body(), r.reply(409, {'message': 'exists'})),
        )
        row = self.run_copy(
            self.replicate(preserve_id=True, on_conflict='fail')
        )
        self.assertEqual(states.ERROR, row.state)
        self.assertEqual([base.IMAGE_ID], list(self.west.images))

    def test_name_beyond_what_is_shown_is_dropped_all_the_same(self) -> None:
        key = 'k' * 240
        self.home.images[base.IMAGE_ID].update({key: 'x'})

        def create(request: cloud.Request) -> None:
            body = request.json()
            if key in body:
                message = f"You know... {'x ' * 100}Property '{key}'"
                request.reply(403, {'message': message + ' is protected'})
            else:
                self.west.make(request, body)

        self.west.on('POST', IMAGES, create)
        row = self.run_copy(self.replicate())
        self.assert_copied(row)
        self.assertIn(key, row.notes[0])

    def test_policy_is_told_and_no_property_dropped(self) -> None:
        self._refuse(
            403, 'You are not authorized to complete add_image action.'
        )
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.ERROR, 'forbidden'), (row.state, row.error['code'])
        )
        self.assertIn('add_image', row.error['detail'])
        self.assertIn('role', row.error['detail'])
        self.assertNotIn('property', row.error['detail'])
        self.assertEqual(1, len(self.west.sent('POST', IMAGES)))

    def test_refusal_that_names_nothing_is_an_error_at_once(self) -> None:
        self._refuse(403, "not 'yours'")
        row = self.run_copy(self.replicate())
        self.assertEqual(states.ERROR, row.state)
        self.assertEqual(1, len(self.west.sent('POST', IMAGES)))

    def test_id_that_is_taken_for_ever_is_asked_for_twice_only(self) -> None:
        self._refuse(409, 'exists')
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.ERROR, 'id_taken'), (row.state, row.error['code'])
        )
        self.assertEqual(2, len(self.west.sent('POST', IMAGES)))

    def test_taken_id_with_the_same_data_is_adopted(self) -> None:
        # It is not listed, as images of the visibility community are.
        self.west.reply('GET', IMAGES, 200, {'images': []})
        self.west.add(base.IMAGE_ID, base.DATA)
        row = self.run_copy(self.replicate(preserve_id=True))
        self.assertEqual(
            (states.COMPLETED, states.ADOPTED, base.IMAGE_ID),
            (row.state, row.outcome, row.target_image_id),
        )
        self.assertEqual([], self.puts())

    def _make_another(self, **changes: Any) -> None:
        """Let the target make images with ids of its own."""
        self.other_ids: list[str] = []

        def create(request: cloud.Request) -> None:
            self.other_ids.append(self.new_id())
            body = {**request.json(), **changes, 'id': self.other_ids[-1]}
            self.west.make(request, body)

        self.west.on('POST', IMAGES, create)

    def test_other_id_than_the_one_asked_for_leaves_nothing(self) -> None:
        self.config(group='conductor', max_attempts=3)
        self._make_another()
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.ERROR, 'bad_answer', 1),
            (row.state, row.error['code'], row.attempts),
        )
        self.assertIn(self.other_ids[0], row.error['detail'])
        self.assertEqual(1, len(self.other_ids))
        self.assertEqual([], self.made())
        self.assertIsNone(row.made_image_ids)
        self.assertEqual([], self.puts())

    def test_other_id_that_is_not_proven_ours_is_not_removed(self) -> None:
        self._make_another(glint_replication_id='of somebody')
        row = self.run_copy(self.replicate())
        self.assertEqual('bad_answer', row.error['code'])
        self.assertEqual(self.other_ids, list(self.west.images))

    def test_id_that_is_none_is_asked_for_once(self) -> None:
        self.config(group='conductor', max_attempts=3)
        self.west.on(
            'POST',
            IMAGES,
            lambda r: r.reply(201, {**r.json(), 'id': 'x' * 100_000}),
        )
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.ERROR, 'bad_answer', 1),
            (row.state, row.error['code'], row.attempts),
        )
        self.assertEqual(1, len(self.west.sent('POST', IMAGES)))

    def test_other_id_that_cannot_be_removed_yet_is_noted(self) -> None:
        self._make_another()
        self.west.reply('DELETE', '/v2/images/.*', 503)
        row = self.run_copy(self.replicate())
        self.assertIn(self.other_ids[0], row.made_image_ids)
        self.assertIn(self.other_ids[0], ' '.join(row.notes))

    def test_late_request_for_a_site_with_ids_of_its_own_leaves_nothing(
        self,
    ) -> None:
        self.config(group='conductor', max_attempts=2, retry_delay=0)
        replication = self.replicate()
        self.west.reply('POST', IMAGES, 504)
        self.run_copy(replication)
        self._make_another()
        row = self.run_copy(replication)
        self.assertEqual('bad_answer', row.error['code'])
        self.assertEqual(2, len(self.other_ids))
        self.assertEqual([], self.made())

    def test_quota_of_records_is_an_error(self) -> None:
        self._refuse(413, '128 images')
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.ERROR, 'quota_exceeded'), (row.state, row.error['code'])
        )
        self.assertIn('128 images', row.error['detail'])


@ddt.ddt
class SendTest(TestCase):
    """Answers to the data."""

    def _refuse(self, answer: int, /, **changes: Any) -> Answer:
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
