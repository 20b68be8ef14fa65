# SPDX-License-Identifier: Apache-2.0

"""Tests of the queue: what a claim, a renewal and each ending writes."""

from datetime import timedelta

from oslo_utils import timeutils

from glint import states
from glint.db import image_copy as db_image_copy
from glint.db import models
from glint.db.queue import lease
from glint.db.queue import renewal
from glint.tests import takeovers
from glint.tests.unit.db import base


class ClaimTestCase(base.TestCase):
    def test_claim_takes_all_copies_of_a_replication(self) -> None:
        replication = self.replicate(targets=3)
        other = self.replicate()
        claimed = self.claim(replication.id)
        self.assertEqual(
            [copy.id for copy in self.copies(replication.id)],
            sorted(copy.id for copy in claimed),
        )
        self.assertEqual(states.QUEUED, self.copy(other.id).state)

    def test_claim_takes_no_more_than_the_limit(self) -> None:
        replication = self.replicate(targets=3)
        self.assertEqual(2, len(self.claim(replication.id, limit=2)))
        self.assertEqual(1, len(self.claim(replication.id, limit=2)))
        self.assertEqual([], self.claim(replication.id, limit=2))

    def test_claim_writes_who_has_the_copy(self) -> None:
        [copy] = self.claim(self.replicate().id, 'c7')
        row = self.copy(copy.replication_id)
        self.assertEqual(
            ('c7', 1, states.COPYING, states.PREPARING, 0),
            (
                row.conductor,
                row.attempts,
                row.state,
                row.phase,
                row.bytes_sent,
            ),
        )
        self.assertEqual(copy.lease, row.lease)
        self.assertIsNotNone(row.heartbeat)
        self.assertIsNotNone(row.started_at)

    def test_claim_starts_the_replication(self) -> None:
        replication = self.replicate()
        self.assertIsNone(replication.started_at)
        self.claim(replication.id)
        replication = self.replication(replication.id)
        self.assertEqual(states.COPYING, replication.state)
        self.assertIsNotNone(replication.started_at)

    def test_second_claim_keeps_the_first_start_and_counts_on(self) -> None:
        [first] = self.claim(self.replicate().id)
        lease.postpone(self.context, first, base.ERROR, delay=-1)
        [second] = self.claim(first.replication_id)
        self.assertEqual(first.started_at, second.started_at)
        self.assertEqual(2, second.attempts)
        self.assertNotEqual(first.lease, second.lease)

    def test_claim_of_a_replication_that_is_gone_takes_nothing(self) -> None:
        self.assertEqual([], self.claim('00000000'))

    def test_claim_leaves_what_is_not_due(self) -> None:
        [copy] = self.claim(self.replicate().id)
        lease.postpone(self.context, copy, base.ERROR, delay=60)
        self.assertEqual([], self.claim(copy.replication_id))

    def test_each_copy_is_claimed_by_one_of_many_conductors(self) -> None:
        replication = self.replicate(targets=5)
        claims = self.together(
            *(
                lambda name=f'c{n}': self.claim(replication.id, name, limit=2)
                for n in range(8)
            )
        )
        claimed = [copy for copies in claims for copy in copies]
        rows = {copy.id: copy for copy in self.copies(replication.id)}
        self.assertEqual(sorted(rows), sorted(copy.id for copy in claimed))
        for copy in claimed:
            row = rows[copy.id]
            self.assertEqual(
                (copy.conductor, copy.lease, 1),
                (row.conductor, row.lease, row.attempts),
            )


class DueTestCase(base.TestCase):
    def test_replications_that_wait_longest_come_first(self) -> None:
        ids = [self.replicate().id for _number in range(3)]
        for days, replication_id in zip((2, 3, 1), ids, strict=True):
            self.set_columns(
                models.Replication,
                replication_id,
                turn_at=timeutils.utcnow() - timedelta(days=days),
            )
        expected = [ids[1], ids[0], ids[2]]
        self.assertEqual(expected, self.due(10))
        self.assertEqual(expected[:2], self.due(2))

    def test_replication_is_named_once_for_all_its_copies(self) -> None:
        replication = self.replicate(targets=3)
        self.assertEqual([replication.id], self.due(10))

    def test_only_queued_copies_are_due(self) -> None:
        for state in states.ALL:
            self.make(state)
        [due] = self.due(10)
        self.assertEqual(states.QUEUED, self.copy(due).state)

    def test_postponed_copy_is_due_when_its_time_has_come(self) -> None:
        [copy] = self.claim(self.replicate().id)
        lease.postpone(self.context, copy, base.ERROR, delay=60)
        self.assertEqual([], self.due(10))
        past = timeutils.utcnow() - timedelta(seconds=1)
        self.set_columns(models.ImageCopy, copy.id, next_attempt_at=past)
        self.assertEqual([copy.replication_id], self.due(10))
        [copy] = self.claim(copy.replication_id)
        self.assertIsNone(self.copy(copy.replication_id).next_attempt_at)


class RenewTestCase(base.TestCase):
    def test_renewal_writes_heartbeat_and_progress(self) -> None:
        [copy] = self.claim(self.replicate().id)
        self.silence(copy)
        state = renewal.renew(
            self.context,
            copy,
            phase=states.SENDING,
            bytes_sent=2**40,
            bytes_total=2**41,
            rate=2**33,
            notes=['Stripped.'],
        )
        self.assertEqual(states.COPYING, state)
        row = self.copy(copy.replication_id)
        self.assertEqual(
            (states.SENDING, 2**40, 2**41, 2**33, ['Stripped.']),
            (row.phase, row.bytes_sent, row.bytes_total, row.rate, row.notes),
        )
        self.assertEqual([], takeovers.requeue_lost(self.context, 30))

    def test_renewal_tells_that_the_copy_was_cancelled(self) -> None:
        [copy] = self.claim(self.replicate().id)
        db_image_copy.cancel(self.context, copy.replication_id)
        self.assertEqual(states.CANCELLING, renewal.renew(self.context, copy))


class EndingTestCase(base.TestCase):
    def assertReleased(self, replication_id: str) -> models.ImageCopy:
        row = self.copy(replication_id)
        self.assertEqual(
            [None] * 4, [row.phase, row.rate, row.lease, row.heartbeat]
        )
        return row

    def test_completed_copy_says_what_was_made(self) -> None:
        [copy] = self.claim(self.replicate().id)
        lease.complete(
            self.context,
            copy,
            outcome=states.ADOPTED,
            target_image_id='image',
            bytes_sent=3,
        )
        row = self.assertReleased(copy.replication_id)
        self.assertEqual(
            (states.ADOPTED, 'image', 3, None),
            (row.outcome, row.target_image_id, row.bytes_sent, row.error),
        )
        self.assertIsNotNone(row.finished_at)
        replication = self.replication(copy.replication_id)
        self.assertIsNotNone(replication.finished_at)

    def test_failed_copy_says_why(self) -> None:
        [copy] = self.claim(self.replicate().id)
        lease.fail(self.context, copy, base.ERROR)
        row = self.assertReleased(copy.replication_id)
        self.assertEqual(base.ERROR, row.error)
        self.assertIsNotNone(row.finished_at)

    def test_completed_copy_forgets_the_error_of_an_attempt(self) -> None:
        [copy] = self.claim(self.replicate().id)
        lease.postpone(self.context, copy, base.ERROR, delay=-1)
        [copy] = self.claim(copy.replication_id)
        lease.complete(self.context, copy, outcome=states.COPIED)
        self.assertIsNone(self.copy(copy.replication_id).error)

    def test_postponed_copy_says_why_and_until_when(self) -> None:
        [copy] = self.claim(self.replicate().id)
        lease.postpone(self.context, copy, base.ERROR, delay=100)
        row = self.assertReleased(copy.replication_id)
        self.assertEqual(base.ERROR, row.error)
        wait = row.next_attempt_at - timeutils.utcnow()
        self.assertTrue(90 < wait.total_seconds() <= 100, wait)
        self.assertIsNone(row.finished_at)

    def test_copy_that_is_handed_back_has_lost_no_attempt(self) -> None:
        [copy] = self.claim(self.replicate().id)
        lease.hand_back(self.context, copy)
        row = self.assertReleased(copy.replication_id)
        self.assertEqual((0, None), (row.attempts, row.next_attempt_at))
        self.assertEqual([copy.replication_id], self.due(1))

    def test_copy_can_be_handed_back_for_later(self) -> None:
        copy = self.make(states.COPYING)
        lease.hand_back(self.context, copy, 60)
        row = self.assertReleased(copy.replication_id)
        self.assertEqual(0, row.attempts)
        self.assertIsNotNone(row.next_attempt_at)
        self.assertEqual([], self.due(1))

    def test_cancelled_copy_has_finished(self) -> None:
        copy = self.make(states.CANCELLED)
        row = self.assertReleased(copy.replication_id)
        self.assertIsNotNone(row.finished_at)

    def test_last_copy_to_end_ends_the_replication(self) -> None:
        replication_id = self.replicate(targets=2).id
        first, second = self.claim(replication_id)
        lease.fail(self.context, first, base.ERROR)
        replication = self.replication(replication_id)
        self.assertEqual(states.COPYING, replication.state)
        self.assertIsNone(replication.finished_at)
        lease.complete(self.context, second, outcome=states.COPIED)
        replication = self.replication(replication_id)
        self.assertEqual(states.ERROR, replication.state)
        self.assertIsNotNone(replication.finished_at)
