# SPDX-License-Identifier: Apache-2.0

"""Tests of the history of copies."""

from typing import Any

from glint import states
from glint.db import attempt as db_attempt
from glint.db import image_copy as db_image_copy
from glint.db import purge
from glint.db import replication as db_replication
from glint.db.queue import lease
from glint.db.queue import renewal
from glint.tests import takeovers
from glint.tests.unit.db import base


class AttemptTestCase(base.TestCase):
    def history(self, copy: lease.ImageCopy) -> list[tuple[Any, ...]]:
        return [
            (row.number, row.conductor, row.state, row.error)
            for row in db_attempt.index(self.context, copy.id)
        ]

    def test_copy_that_nobody_claimed_has_none(self) -> None:
        self.assertEqual([], self.history(self.make(states.QUEUED)))

    def test_claim_begins_one(self) -> None:
        [copy] = self.claim(self.replicate().id, 'c7')
        [row] = db_attempt.index(self.context, copy.id)
        self.assertEqual([(1, 'c7', states.COPYING, None)], self.history(copy))
        self.assertIsNotNone(row.started_at)
        self.assertIsNone(row.finished_at)

    def test_each_ending_ends_it(self) -> None:
        for release, state, error in (
            (lease.complete, states.COMPLETED, None),
            (lease.hand_back, states.STOPPED, None),
            (
                lambda *at: lease.fail(*at, base.ERROR),
                states.ERROR,
                base.ERROR,
            ),
            (
                lambda *at: lease.park(*at, base.ERROR),
                states.ERROR,
                base.ERROR,
            ),
            (
                lambda *at: lease.postpone(*at, base.ERROR, 9),
                states.ERROR,
                base.ERROR,
            ),
        ):
            copy = self.make(states.COPYING)
            self.assertTrue(release(self.context, copy))
            self.assertEqual([(1, 'c1', state, error)], self.history(copy))
            [row] = db_attempt.index(self.context, copy.id)
            self.assertIsNotNone(row.finished_at)

    def test_cancelled_one_is_cancelled(self) -> None:
        copy = self.make(states.CANCELLED)
        self.assertEqual(
            [(1, 'c1', states.CANCELLED, None)], self.history(copy)
        )

    def test_what_was_sent_in_vain_is_kept(self) -> None:
        [copy] = self.claim(self.replicate().id)
        renewal.renew(self.context, copy, bytes_sent=2**40)
        lease.postpone(self.context, copy, base.ERROR, -1, bytes_sent=0)
        self.claim(copy.replication_id)
        sent = [
            row.bytes_sent for row in db_attempt.index(self.context, copy.id)
        ]
        self.assertEqual([2**40, 0], sent)

    def test_numbers_go_on_after_a_retry(self) -> None:
        copy = self.make(states.ERROR)
        replication = self.replication(copy.replication_id)
        db_image_copy.retry(
            self.context,
            replication.id,
            replication.source_credential_id,
            {copy.id: copy.credential_id},
        )
        [again] = self.claim(replication.id, 'c2')
        self.assertEqual(1, again.attempts)
        self.assertEqual(
            [
                (1, 'c1', states.ERROR, base.ERROR),
                (2, 'c2', states.COPYING, None),
            ],
            self.history(copy),
        )

    def test_lost_conductor_is_told_of(self) -> None:
        copy = self.make(states.COPYING)
        self.silence(copy)
        takeovers.requeue_lost(self.context, 30)
        [(_number, conductor, state, error)] = self.history(copy)
        self.assertEqual(
            ('c1', states.ERROR, 'conductor_lost'),
            (conductor, state, error['code']),
        )
        self.assertIn('c1', error['detail'])
        self.assertEqual(error, self.copy(copy.replication_id).error)

    def test_lost_conductor_of_a_cancelled_copy_is_told_of(self) -> None:
        copy = self.make(states.CANCELLING)
        self.silence(copy)
        [taken] = takeovers.take_cancelling(self.context, 'c2', 30)
        lease.close_cancelled(self.context, taken)
        [(_number, conductor, state, error)] = self.history(copy)
        self.assertEqual(
            ('c1', states.ERROR, 'conductor_lost'),
            (conductor, state, error['code']),
        )

    def test_loser_changes_no_history(self) -> None:
        old = self.make(states.COPYING)
        self.silence(old)
        takeovers.requeue_lost(self.context, 30)
        self.claim(old.replication_id, 'c2')
        same = self.history(old)
        self.assertFalse(lease.complete(self.context, old))
        self.assertEqual(same, self.history(old))

    def test_claims_at_once_make_one(self) -> None:
        copy = self.make(states.QUEUED)
        self.together(*[lambda: self.claim(copy.replication_id)] * 6)
        self.assertEqual(1, len(self.history(copy)))

    def test_history_goes_with_the_copy(self) -> None:
        copy = self.make(states.ERROR)
        db_replication.delete(self.context, copy.replication_id)
        self.make(states.COMPLETED)
        purge.purge(self.context, purge.timedelta(days=-1))
        self.assertEqual([], self.rows()['attempts'])
