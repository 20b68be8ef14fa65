# SPDX-License-Identifier: Apache-2.0

"""Tests of what is told of changes: each once, after the commit."""

import functools

from glint import states
from glint.db import change
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db.queue import lease
from glint.tests import takeovers
from glint.tests.unit.db import base


class ChangeTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.told: list[change.Change] = []
        change.listen(self.told.append)
        self.addCleanup(change.ignore, self.told.append)

    def take(self) -> list[tuple[str, str]]:
        """:returns: what was told since the last call."""
        told = [(item.noun, item.verb) for item in self.told]
        self.told.clear()
        return told

    def test_claim_begins_copies_and_replication(self) -> None:
        replication = self.replicate(targets=2)
        self.assertEqual([], self.take())
        first = self.claim(replication.id, limit=1)
        told = self.told[0].values
        self.assertEqual(
            [('copy', 'start'), ('replication', 'start')], self.take()
        )
        self.claim(replication.id)
        self.assertEqual([('copy', 'start')], self.take())
        [row] = [
            copy
            for copy in self.copies(replication.id)
            if copy.id == first[0].id
        ]
        self.assertEqual(
            (row.id, 'p', states.COPYING, row.started_at, None),
            (
                told['id'],
                told['project_id'],
                told['state'],
                told['started_at'],
                told['finished_at'],
            ),
        )

    def test_next_attempt_is_no_start(self) -> None:
        [copy] = self.claim(self.replicate().id)
        self.take()
        lease.postpone(self.context, copy, base.ERROR, delay=-1)
        [copy] = self.claim(copy.replication_id)
        lease.hand_back(self.context, copy, -1)
        self.claim(copy.replication_id)
        self.assertEqual([], self.take())

    def test_last_copy_ends_the_replication(self) -> None:
        first, second = self.claim(self.replicate(targets=2).id)
        self.take()
        lease.complete(self.context, first, outcome='copied')
        self.assertEqual([('copy', 'end')], self.take())
        lease.complete(self.context, second, outcome='copied')
        self.assertEqual(states.COMPLETED, self.told[1].values['state'])
        self.assertEqual(
            [('copy', 'end'), ('replication', 'end')], self.take()
        )

    def test_copies_that_end_at_once_end_the_replication_once(self) -> None:
        copies = self.claim(self.replicate(targets=6).id)
        self.take()
        self.together(
            *(
                functools.partial(
                    lease.complete, self.context, copy, outcome='copied'
                )
                for copy in copies
            )
        )
        self.assertEqual(
            [('copy', 'end')] * 6 + [('replication', 'end')],
            sorted(self.take()),
        )

    def test_error_is_told_as_one(self) -> None:
        [copy] = self.claim(self.replicate().id)
        self.take()
        lease.fail(self.context, copy, base.ERROR)
        self.assertEqual(base.ERROR, self.told[0].values['error'])
        self.assertEqual(
            [('copy', 'error'), ('replication', 'error')], self.take()
        )

    def test_ending_that_was_not_taken_is_not_told(self) -> None:
        [copy] = self.claim(self.replicate().id)
        lease.complete(self.context, copy, outcome='copied')
        self.take()
        self.assertFalse(lease.fail(self.context, copy, base.ERROR))
        self.assertEqual([], self.take())

    def test_cancelled_in_the_queue_ends_without_a_start(self) -> None:
        replication = self.replicate(targets=2)
        db_image_copy.cancel(self.context, replication.id)
        self.assertEqual(
            [('copy', 'end'), ('copy', 'end'), ('replication', 'end')],
            self.take(),
        )
        db_image_copy.cancel(self.context, replication.id)
        self.assertEqual([], self.take())

    def test_cancelled_while_it_runs_ends_when_it_has_stopped(self) -> None:
        [copy] = self.claim(self.replicate().id)
        self.take()
        db_image_copy.cancel(self.context, copy.replication_id)
        self.assertEqual([], self.take())
        lease.close_cancelled(self.context, copy)
        self.assertEqual(
            [('copy', 'end'), ('replication', 'end')], self.take()
        )

    def test_retried_begins_again(self) -> None:
        failed, done = self.claim(self.replicate(targets=2).id)
        lease.complete(self.context, done, outcome='copied')
        lease.fail(self.context, failed, base.ERROR)
        self.take()
        replication = self.replication(failed.replication_id)
        db_image_copy.retry(
            self.context,
            replication.id,
            replication.source_credential_id,
            {failed.id: failed.credential_id},
        )
        self.assertEqual([('replication', 'start')], self.take())
        self.claim(failed.replication_id)
        self.assertEqual([('copy', 'start')], self.take())

    def test_lost_copy_has_not_ended(self) -> None:
        [copy] = self.claim(self.replicate().id)
        self.take()
        self.assertEqual(
            [copy.id], takeovers.requeue_lost(self.context, timeout=-1)
        )
        self.claim(copy.replication_id)
        self.assertEqual([], self.take())

    def test_copy_that_waited_too_long_ends_in_error(self) -> None:
        [copy] = self.claim(self.replicate().id)
        self.refuse(copy.credential_id)
        lease.park(self.context, copy, base.ERROR)
        self.take()
        ended = takeovers.give_up_late(self.context, -1, base.ERROR)
        self.assertEqual([copy.id], ended)
        self.assertEqual(
            [('copy', 'error'), ('replication', 'error')], self.take()
        )

    def test_rollback_is_not_told(self) -> None:
        replication = self.replicate()
        try:
            with engine.writer(self.context) as session:
                change.replication_ended(session, replication.id)
                raise RuntimeError
        except RuntimeError:
            self.assertEqual([], self.take())

    def test_listener_that_fails_costs_nothing(self) -> None:
        def fail(_change: change.Change) -> None:
            raise RuntimeError('deaf')

        change.listen(fail)
        self.addCleanup(change.ignore, fail)
        [copy] = self.claim(self.replicate().id)
        self.assertTrue(lease.complete(self.context, copy, outcome='copied'))
        self.assertIn('deaf', self.logs.output)
        self.assertEqual(4, len(self.take()))
