# SPDX-License-Identifier: Apache-2.0

from datetime import timedelta

from oslo_db import exception as db_exception
from oslo_utils import timeutils

from glint import states
from glint.conductor.copy import ending
from glint.conductor.copy import run as runs
from glint.db import attempt as db_attempt
from glint.db import image_copy as db_image_copy
from glint.image import failure
from glint.image.refusal import row as failure_row
from glint.tests.unit.conductor import base


class BackoffTest(base.base.TestCase):
    def test_wait_doubles_up_to_the_longest(self) -> None:
        self.config(group='conductor', retry_delay=10, max_retry_delay=60)
        for attempts, delay in ((1, 10), (2, 20), (3, 40), (4, 60), (9, 60)):
            wait = ending.backoff('r', attempts)
            self.assertTrue(delay * 0.75 <= wait <= delay * 1.25, wait)

    def test_copies_of_one_replication_wait_equally_long(self) -> None:
        self.assertEqual(ending.backoff('r', 2), ending.backoff('r', 2))
        others = {ending.backoff(str(n), 2) for n in range(20)}
        self.assertLess(15, len(others))


class EndingTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.replication = self.replicate()
        self.run_, _source = self.claim(self.replication)

    def _state(self) -> str:
        return self.row(self.replication).state

    def test_completed_writes_what_happened(self) -> None:
        self.run_.bytes_sent = self.run_.bytes_total = 7
        self.run_.notes.append('a note')
        ending.completed(self.run_, states.COPIED)
        row = self.row(self.replication)
        self.assertEqual(
            (states.COMPLETED, states.COPIED, 7, 7, ['a note']),
            (
                row.state,
                row.outcome,
                row.bytes_sent,
                row.bytes_total,
                row.notes,
            ),
        )

    def test_completed_after_cancel_removes_the_image(self) -> None:
        image = self.west.add(
            'made', b'', glint_replication_id=self.replication.id
        )
        self.run_.target_image_id = image['id']
        db_image_copy.cancel(self.context, self.replication.id)
        ending.completed(self.run_, states.COPIED)
        self.assertEqual(states.CANCELLED, self._state())
        self.assertEqual([], self.made())

    def test_adopted_after_cancel_stays_at_the_target(self) -> None:
        self.west.add('found', b'')
        self.run_.target_image_id = 'found'
        db_image_copy.cancel(self.context, self.replication.id)
        ending.completed(self.run_, states.ADOPTED)
        self.assertEqual(states.CANCELLED, self._state())
        self.assertEqual(['found'], list(self.west.images))

    def test_last_failure_promises_no_further_attempt(self) -> None:
        self.config(group='conductor', max_attempts=1)
        cause = failure.classify('upload', 'west', failure.Answer(503, b''))
        self.assertIn(failure_row.AGAIN, cause.detail)
        ending.failed(self.run_, cause)
        detail = self.row(self.replication).error['detail']
        self.assertNotIn(failure_row.AGAIN, detail)
        self.assertIn('(HTTP 503). This was attempt 1, the last one;', detail)

    def test_failed_after_cancel_is_cancelled(self) -> None:
        db_image_copy.cancel(self.context, self.replication.id)
        ending.failed(self.run_, failure.SiteFailure('code', 'Detail.'))
        self.assertEqual(states.CANCELLED, self._state())

    def test_parked_copy_loses_no_attempt_and_leaves_nothing(self) -> None:
        image = self.west.add(
            'made', b'', glint_replication_id=self.replication.id
        )
        self.run_.target_image_id = image['id']
        ending.parked(self.run_, 'Unknown user.')
        row = self.row(self.replication)
        self.assertEqual((states.QUEUED, 0), (row.state, row.attempts))
        [attempt] = db_attempt.index(self.context, row.id)
        self.assertEqual(
            ('credential_unauthorized', 'Unknown user.'),
            (attempt.error['code'], attempt.error['detail']),
        )
        self.assertEqual([], self.made())

    def test_parked_after_cancel_is_cancelled(self) -> None:
        db_image_copy.cancel(self.context, self.replication.id)
        ending.parked(self.run_, 'Unknown user.')
        self.assertEqual(states.CANCELLED, self._state())

    def test_copy_that_waits_for_another_looks_ever_more_seldom(self) -> None:
        copy = self.run_.copy
        for seconds, wait in ((0, 2), (8, 2), (20, 5), (40, 10), (4000, 15)):
            copy.started_at = copy.heartbeat - timedelta(seconds=seconds)
            self.assertEqual(wait, ending._next_look(copy), seconds)
        ending.waiting(self.run_, 'another')
        row = self.row(self.replication)
        self.assertEqual(
            (states.QUEUED, 0, 'another'),
            (row.state, row.attempts, row.awaited_id),
        )
        left = row.next_attempt_at - timeutils.utcnow()
        self.assertIn(int(left.total_seconds()), range(10, 16))

    def test_database_outage_is_waited_for(self) -> None:
        calls = []

        def release(*args: object, **kwargs: object) -> bool:
            calls.append(args)
            if len(calls) < 3:
                raise db_exception.DBConnectionError()
            return True

        self.patch(ending, '_PAUSE', 0)
        self.assertTrue(ending._write(self.run_, release))
        self.assertEqual(3, len(calls))

    def test_outage_longer_than_the_lease_gives_the_copy_up(self) -> None:
        def release(*args: object, **kwargs: object) -> bool:
            raise db_exception.DBConnectionError()

        self.config(group='conductor', lease=1)
        self.patch(ending, '_PAUSE', 0.1)
        self.assertFalse(ending._write(self.run_, release))
        self.assertEqual(
            runs.LOST,
            self.assertRaises(
                runs.interrupts.Interrupted, self.run_.interrupt.check
            ).reason,
        )
