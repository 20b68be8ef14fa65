# SPDX-License-Identifier: Apache-2.0

"""What Glint does about each answer of a target to the record."""

from typing import Any

from glint import states
from glint.conductor.copy import copier
from glint.conductor.copy import run as runs
from glint.image import record as records
from glint.tests import takeovers
from glint.tests.unit.conductor import base
from glint.tests.unit.conductor.copy import making
from glint.tests.unit.image import cloud


class CreateTest(making.TestCase):
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

        self.west.on('POST', making.IMAGES, create)

    def _refuse(self, status: int, message: str) -> None:
        self.west.on(
            'POST',
            making.IMAGES,
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
            # Only then does the copy not renew its lease.
            request.body()
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
        self.west.reply('GET', making.IMAGES, 200, {'images': []})
        self.west.add(base.IMAGE_ID, b'other data')
        self.west.on(
            'POST',
            making.IMAGES,
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

        self.west.on('POST', making.IMAGES, create)
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
        self.assertEqual(1, len(self.west.sent('POST', making.IMAGES)))

    def test_refusal_that_names_nothing_is_an_error_at_once(self) -> None:
        self._refuse(403, "not 'yours'")
        row = self.run_copy(self.replicate())
        self.assertEqual(states.ERROR, row.state)
        self.assertEqual(1, len(self.west.sent('POST', making.IMAGES)))

    def test_id_that_is_taken_for_ever_is_asked_for_twice_only(self) -> None:
        self._refuse(409, 'exists')
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.ERROR, 'id_taken'), (row.state, row.error['code'])
        )
        self.assertEqual(2, len(self.west.sent('POST', making.IMAGES)))

    def test_taken_id_with_the_same_data_is_adopted(self) -> None:
        # It is not listed, as images of the visibility community are.
        self.west.reply('GET', making.IMAGES, 200, {'images': []})
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

        self.west.on('POST', making.IMAGES, create)

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
            making.IMAGES,
            lambda r: r.reply(201, {**r.json(), 'id': 'x' * 100_000}),
        )
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.ERROR, 'bad_answer', 1),
            (row.state, row.error['code'], row.attempts),
        )
        self.assertEqual(1, len(self.west.sent('POST', making.IMAGES)))

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
        self.west.reply('POST', making.IMAGES, 504)
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
