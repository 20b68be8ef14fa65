# SPDX-License-Identifier: Apache-2.0

"""Tests of copies that wait for a credential that its site refuses."""

from datetime import timedelta
from typing import Any

from oslo_utils import timeutils

from glint import exception
from glint import states
from glint.db import attempt as db_attempt
from glint.db import image_copy as db_image_copy
from glint.db import models
from glint.db import replication as db_replication
from glint.db.queue import lease
from glint.db.queue import refusal
from glint.tests import takeovers
from glint.tests.unit.db import base


class TestCase(base.TestCase):
    def park(self) -> lease.ImageCopy:
        """Make a queued copy whose credential is refused."""
        copy = self.make(states.QUEUED)
        self.refuse(copy.credential_id)
        return copy


class RefusedTestCase(TestCase):
    def assertHeld(self, replication_id: str) -> None:
        self.assertNotIn(replication_id, self.due(10))
        self.assertEqual([], self.claim(replication_id))

    def test_copies_of_a_refused_credential_are_not_claimed(self) -> None:
        other = self.make(states.QUEUED)
        copy = self.make(states.QUEUED)
        self.refuse(copy.credential_id)
        self.assertHeld(copy.replication_id)
        self.assertEqual([other.replication_id], self.due(10))

    def test_copies_from_a_refused_source_are_not_claimed(self) -> None:
        replication = self.replicate(targets=2)
        self.refuse(replication.source_credential_id)
        self.assertHeld(replication.id)

    def test_other_targets_of_the_replication_are_claimed(self) -> None:
        replication = self.replicate(targets=2)
        refused, other = self.copies(replication.id)
        self.refuse(refused.credential_id)
        self.assertEqual([replication.id], self.due(10))
        [copy] = self.claim(replication.id)
        self.assertEqual(other.id, copy.id)

    def test_accepted_credential_makes_them_due_at_once(self) -> None:
        copy = self.park()
        self.accept(copy.credential_id)
        self.assertEqual(1, len(self.claim(copy.replication_id)))

    def test_copy_waits_for_both_its_credentials(self) -> None:
        copy = self.park()
        source = self.replication(copy.replication_id).source_credential_id
        self.refuse(source)
        self.accept(copy.credential_id)
        self.assertHeld(copy.replication_id)
        self.accept(source)
        self.assertEqual([copy.replication_id], self.due(10))

    def test_nothing_is_written_to_the_copies(self) -> None:
        before = self.copies(self.replicate(targets=2).id)
        for copy in before:
            self.refuse(copy.credential_id)
        refusal.late(self.context, 60)
        after = self.copies(before[0].replication_id)
        self.assertEqual(
            [dict(copy) for copy in before], [dict(copy) for copy in after]
        )

    def test_replication_with_a_refused_credential_is_not_made(self) -> None:
        for which in ('source', 'target'):
            request = self.request(targets=2)
            [target, _other] = request['targets'].values()
            refused = {
                'source': request['source_credential_id'],
                'target': target,
            }[which]
            self.refuse(refused)
            error = self.assertRaises(
                exception.CredentialRefused,
                db_replication.create,
                self.context,
                **request,
            )
            self.assertIn('No such user.', str(error))
            self.assertIn(refused, str(error))
        self.assertEqual([], self.rows()['replications'])


class ParkTestCase(TestCase):
    def test_failed_copy_is_parked_without_losing_an_attempt(self) -> None:
        copy = self.make(states.COPYING)
        lease.park(self.context, copy, base.ERROR)
        row = self.copy(copy.replication_id)
        self.assertEqual(
            (states.QUEUED, 0, None, None),
            (row.state, row.attempts, row.error, row.next_attempt_at),
        )
        [attempt] = db_attempt.index(self.context, copy.id)
        self.assertEqual(base.ERROR, attempt.error)


class RetryTestCase(TestCase):
    def _retry(self, copy: lease.ImageCopy, **credentials: str) -> None:
        replication = self.replication(copy.replication_id)
        db_image_copy.retry(
            self.context,
            replication.id,
            credentials.get('source', replication.source_credential_id),
            {copy.id: credentials.get('target', copy.credential_id)},
        )

    def _retryable(self, copy: lease.ImageCopy) -> list[str]:
        found = db_image_copy.retryable(self.context, copy.replication_id)
        return [item.id for item in found]

    def test_retry_takes_another_credential(self) -> None:
        copy = self.park()
        self.assertEqual([copy.id], self._retryable(copy))
        other = self.add_credential(copy.target_site_id).id
        self._retry(copy, target=other)
        [claimed] = self.claim(copy.replication_id)
        self.assertEqual((other, None), (claimed.credential_id, claimed.error))

    def test_retry_takes_another_credential_for_the_source(self) -> None:
        copy = self.make(states.QUEUED)
        replication = self.replication(copy.replication_id)
        self.refuse(replication.source_credential_id)
        self.assertEqual([copy.id], self._retryable(copy))
        other = self.add_credential(replication.source_site_id).id
        self._retry(copy, source=other)
        self.assertEqual(1, len(self.claim(copy.replication_id)))

    def test_retry_with_a_refused_credential_changes_nothing(self) -> None:
        for copy in (self.park(), self.make(states.ERROR)):
            self.refuse(copy.credential_id)
            before = self.rows()['copies']
            self.assertRaises(exception.CredentialRefused, self._retry, copy)
            self.assertEqual(before, self.rows()['copies'])

    def test_retry_leaves_a_copy_that_just_waits_its_turn(self) -> None:
        copy = self.make(states.QUEUED)
        self.assertEqual([], self._retryable(copy))
        self._retry(copy, target=self.add_credential(copy.target_site_id).id)
        self.assertEqual(
            copy.credential_id, self.copy(copy.replication_id).credential_id
        )


class LateTestCase(TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.hour_ago = timeutils.utcnow() - timedelta(hours=1)

    def age(self, copy: lease.ImageCopy) -> None:
        """Let a copy have waited for its credential for an hour."""
        self.set_columns(
            models.Credential, copy.credential_id, refused_at=self.hour_ago
        )
        self.set_columns(models.ImageCopy, copy.id, created_at=self.hour_ago)

    def give_up(self) -> list[str]:
        return takeovers.give_up_late(self.context, 60, base.ERROR)

    def test_copy_that_waits_too_long_ends_in_error(self) -> None:
        copy, fresh = self.park(), self.park()
        self.age(copy)
        self.assertEqual([copy.id], self.give_up())
        row = self.copy(copy.replication_id)
        self.assertEqual((states.ERROR, base.ERROR), (row.state, row.error))
        self.assertIsNotNone(row.finished_at)
        self.assertEqual(
            states.ERROR, self.replication(copy.replication_id).state
        )
        self.assertEqual(states.QUEUED, self.copy(fresh.replication_id).state)

    def test_copy_that_waits_too_long_for_its_source_ends(self) -> None:
        copy = self.make(states.QUEUED)
        replication = self.replication(copy.replication_id)
        self.refuse(replication.source_credential_id)
        self.age(copy)
        self.set_columns(
            models.Credential, copy.credential_id, refused_at=None
        )
        self.assertEqual([], self.give_up())
        self.set_columns(
            models.Credential,
            replication.source_credential_id,
            refused_at=self.hour_ago,
        )
        self.assertEqual([copy.id], self.give_up())

    def test_time_before_a_copy_was_asked_for_does_not_count(self) -> None:
        copy = self.park()
        self.age(copy)
        self.set_columns(
            models.ImageCopy, copy.id, created_at=timeutils.utcnow()
        )
        self.assertEqual([], self.give_up())

    def test_time_before_the_end_of_an_attempt_does_not_count(self) -> None:
        copy = self.make(states.COPYING)
        self.refuse(copy.credential_id)
        self.age(copy)
        lease.park(self.context, copy, base.ERROR)
        self.assertEqual([], self.give_up())
        [attempt] = db_attempt.index(self.context, copy.id)
        self.set_columns(models.Attempt, attempt.id, finished_at=self.hour_ago)
        self.assertEqual([copy.id], self.give_up())

    def test_copy_that_waits_no_longer_is_left(self) -> None:
        def accept(copy: lease.ImageCopy) -> None:
            self.accept(copy.credential_id)

        def refuse_anew(copy: lease.ImageCopy) -> None:
            self.accept(copy.credential_id)
            self.refuse(copy.credential_id)

        def cancel(copy: lease.ImageCopy) -> None:
            db_image_copy.cancel(self.context, copy.replication_id)

        def change(copy: lease.ImageCopy) -> None:
            other = self.add_credential(copy.target_site_id).id
            self.set_columns(models.ImageCopy, copy.id, credential_id=other)

        changes: tuple[Any, ...] = (accept, refuse_anew, cancel, change)
        for happen in changes:
            copy = self.park()
            self.age(copy)
            [found] = refusal.late(self.context, 60)
            happen(copy)
            before = self.rows()
            self.assertFalse(
                refusal.give_up(self.context, found, base.ERROR), happen
            )
            self.assertEqual(before, self.rows())

    def test_many_conductors_end_it_once(self) -> None:
        copy = self.park()
        self.age(copy)
        ended = self.together(*[self.give_up] * 6)
        self.assertEqual([copy.id], sum(ended, []))
