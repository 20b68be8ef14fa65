# SPDX-License-Identifier: Apache-2.0

"""Tests of copies whose conductor is silent."""

from glint import states
from glint.db import attempt as db_attempt
from glint.db.queue import lease
from glint.db.queue import renewal
from glint.db.queue import takeover
from glint.tests import takeovers
from glint.tests.unit.db import base


class LostTestCase(base.TestCase):
    def test_lost_copy_is_queued_with_its_attempts(self) -> None:
        [copy] = self.claim(self.replicate().id)
        self.silence(copy)
        self.assertEqual([copy.id], takeovers.requeue_lost(self.context, 30))
        row = self.copy(copy.replication_id)
        self.assertEqual(
            (states.QUEUED, 1, None), (row.state, row.attempts, row.lease)
        )

    def test_cancelled_copy_that_was_lost_is_taken_by_another(self) -> None:
        copy = self.make(states.CANCELLING)
        self.silence(copy)
        [taken] = takeovers.take_cancelling(self.context, 'c2', 30)
        self.assertEqual(('c2', copy.id), (taken.conductor, taken.id))
        self.assertTrue(lease.close_cancelled(self.context, taken))
        self.assertEqual(
            states.CANCELLED, self.replication(copy.replication_id).state
        )

    def test_copy_that_was_renewed_after_a_look_is_left(self) -> None:
        for state in states.HELD:
            copy = self.make(state)
            self.silence(copy)
            [lost] = takeover.lost(self.context, 30)
            renewal.renew(self.context, copy)
            same = self.rows()
            self.assertFalse(takeover.requeue(self.context, lost))
            self.assertIsNone(
                takeover.take_cancelling(self.context, lost, 'c2')
            )
            self.assertEqual(same, self.rows())

    def test_lost_copies_are_each_found_by_one_of_many(self) -> None:
        lost = [self.make(states.COPYING) for _number in range(4)]
        for copy in lost:
            self.silence(copy)
        found = self.together(
            *[lambda: takeovers.requeue_lost(self.context, 30)] * 6
        )
        self.assertEqual(
            sorted(copy.id for copy in lost),
            sorted(copy_id for ids in found for copy_id in ids),
        )

    def test_cancelled_copies_are_each_taken_by_one_of_many(self) -> None:
        lost = [self.make(states.CANCELLING) for _number in range(4)]
        for copy in lost:
            self.silence(copy)
        taken = self.together(
            *(
                lambda name=f'c{n}': takeovers.take_cancelling(
                    self.context, name, 30
                )
                for n in range(6)
            )
        )
        self.assertEqual(
            sorted(copy.id for copy in lost),
            sorted(copy.id for copies in taken for copy in copies),
        )


class EvacuateTestCase(base.TestCase):
    def test_running_copies_are_queued_and_cost_no_attempt(self) -> None:
        copies = self.claim(self.replicate(targets=2).id, 'c1')
        [other] = self.claim(self.replicate().id, 'c2')
        self.assertEqual((2, 0), takeovers.evacuate(self.context, 'c1'))
        for copy in self.copies(copies[0].replication_id):
            self.assertEqual(
                (states.QUEUED, 0, None),
                (copy.state, copy.attempts, copy.lease),
            )
            [attempt] = db_attempt.index(self.context, copy.id)
            self.assertEqual(states.STOPPED, attempt.state)
        replication = self.replication(copies[0].replication_id)
        self.assertEqual(states.QUEUED, replication.state)
        self.assertEqual(states.COPYING, self.copy(other.replication_id).state)

    def test_conductor_that_lives_on_changes_nothing(self) -> None:
        [copy] = self.claim(self.replicate().id, 'c1')
        takeovers.evacuate(self.context, 'c1')
        self.assertIsNone(renewal.renew(self.context, copy, bytes_sent=7))
        self.assertFalse(lease.complete(self.context, copy, outcome='copied'))
        [again] = self.claim(copy.replication_id, 'c2')
        self.assertIsNone(renewal.renew(self.context, copy, bytes_sent=7))
        self.assertEqual(0, self.copy(again.replication_id).bytes_sent)

    def test_cancelled_copies_are_left_to_the_first_to_take_them(self) -> None:
        copy = self.make(states.CANCELLING)
        self.assertEqual((0, 1), takeovers.evacuate(self.context, 'c1'))
        self.assertIsNone(renewal.renew(self.context, copy))
        self.assertFalse(lease.close_cancelled(self.context, copy))
        [taken] = takeovers.take_cancelling(self.context, 'c2', 30)
        self.assertTrue(lease.close_cancelled(self.context, taken))
        self.assertEqual(
            [states.STOPPED],
            [
                attempt.state
                for attempt in db_attempt.index(self.context, copy.id)
            ],
        )

    def test_copies_that_have_ended_stay_as_they_are(self) -> None:
        for state in (states.QUEUED, *states.FINAL):
            self.make(state)
        before = self.rows()
        self.assertEqual((0, 0), takeovers.evacuate(self.context, 'c1'))
        self.assertEqual(before, self.rows())
