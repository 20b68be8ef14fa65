# SPDX-License-Identifier: Apache-2.0

"""Tests of copies that wait for a credential that its site refuses."""

from datetime import timedelta

from oslo_utils import timeutils

from glint import states
from glint.db import credential as db_credential
from glint.db import image_copy as db_image_copy
from glint.db import models
from glint.db.queue import lease
from glint.db.queue import parking
from glint.tests import takeovers
from glint.tests.unit.db import base


class TestCase(base.TestCase):
    def refuse(self, credential_id: str) -> None:
        db_credential.set_state(
            self.context, credential_id, 'unauthorized', 'No such user.'
        )

    def accept(self, credential_id: str) -> None:
        db_credential.set_state(self.context, credential_id, 'ok', None)

    def park(self) -> lease.ImageCopy:
        """Make a copy whose credential is refused, and that says so."""
        copy = self.make(states.QUEUED)
        self.refuse(copy.credential_id)
        parking.park(self.context, copy.credential_id, base.ERROR)
        return self.copy(copy.replication_id)


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
        [claimed] = self.claim(copy.replication_id)
        self.assertIsNone(claimed.parked_at)


class ParkTestCase(TestCase):
    def test_waiting_copies_say_why(self) -> None:
        source = self.replicate(targets=2)
        self.refuse(source.source_credential_id)
        parking.park(self.context, source.source_credential_id, base.ERROR)
        for copy in self.copies(source.id):
            self.assertEqual(base.ERROR, copy.error)
            self.assertIsNotNone(copy.parked_at)

    def test_only_queued_copies_are_parked_and_once(self) -> None:
        copy = self.park()
        first = self.rows()
        parking.park(self.context, copy.credential_id, base.ERROR)
        self.assertEqual(first, self.rows())
        for state in states.ALL:
            if state != states.QUEUED:
                made = self.make(state)
                same = self.rows()
                parking.park(self.context, made.credential_id, base.ERROR)
                self.assertEqual(same, self.rows(), state)

    def test_failed_copy_is_parked_without_losing_an_attempt(self) -> None:
        copy = self.make(states.COPYING)
        lease.park(self.context, copy, base.ERROR)
        row = self.copy(copy.replication_id)
        self.assertEqual(
            (states.QUEUED, 0, base.ERROR, None),
            (row.state, row.attempts, row.error, row.next_attempt_at),
        )
        self.assertIsNotNone(row.parked_at)

    def test_unparked_copy_waits_no_longer(self) -> None:
        copy, other = self.park(), self.park()
        self.accept(copy.credential_id)
        parking.unpark(self.context)
        row = self.copy(copy.replication_id)
        self.assertEqual((None, None), (row.parked_at, row.error))
        other = self.copy(other.replication_id)
        self.assertEqual(base.ERROR, other.error)
        self.assertIsNotNone(other.parked_at)

    def test_copy_waits_for_both_its_credentials(self) -> None:
        copy = self.park()
        source = self.replication(copy.replication_id).source_credential_id
        self.refuse(source)
        self.accept(copy.credential_id)
        parking.unpark(self.context)
        self.assertIsNotNone(self.copy(copy.replication_id).parked_at)
        self.accept(source)
        parking.unpark(self.context)
        self.assertIsNone(self.copy(copy.replication_id).parked_at)

    def test_cancelled_copy_is_parked_no_more(self) -> None:
        copy = self.park()
        db_image_copy.cancel(self.context, copy.replication_id)
        row = self.copy(copy.replication_id)
        self.assertEqual((states.CANCELLED, None), (row.state, row.parked_at))

    def test_retry_takes_another_credential(self) -> None:
        copy = self.park()
        other = self.add_credential(copy.target_site_id).id
        replication = self.replication(copy.replication_id)
        db_image_copy.retry(
            self.context,
            replication.id,
            replication.source_credential_id,
            {copy.id: other},
        )
        [claimed] = self.claim(replication.id)
        self.assertEqual((other, None), (claimed.credential_id, claimed.error))

    def test_retry_leaves_a_copy_that_just_waits_its_turn(self) -> None:
        copy = self.make(states.QUEUED)
        other = self.add_credential(copy.target_site_id).id
        replication = self.replication(copy.replication_id)
        db_image_copy.retry(
            self.context,
            replication.id,
            replication.source_credential_id,
            {copy.id: other},
        )
        self.assertEqual(
            copy.credential_id, self.copy(replication.id).credential_id
        )


class ExpireTestCase(TestCase):
    def age(self, copy: lease.ImageCopy) -> None:
        self.set_columns(
            models.ImageCopy,
            copy.id,
            parked_at=timeutils.utcnow() - timedelta(hours=1),
        )

    def test_copy_that_waits_too_long_ends_in_error(self) -> None:
        copy, fresh = self.park(), self.park()
        self.age(copy)
        self.assertEqual([copy.id], takeovers.give_up_late(self.context, 60))
        row = self.copy(copy.replication_id)
        self.assertEqual(
            (states.ERROR, base.ERROR, None),
            (row.state, row.error, row.parked_at),
        )
        self.assertIsNotNone(row.finished_at)
        self.assertEqual(
            states.ERROR, self.replication(copy.replication_id).state
        )
        self.assertEqual(states.QUEUED, self.copy(fresh.replication_id).state)

    def test_many_conductors_end_it_once(self) -> None:
        copy = self.park()
        self.age(copy)
        ended = self.together(
            *[lambda: takeovers.give_up_late(self.context, 60)] * 6
        )
        self.assertEqual([copy.id], sum(ended, []))


class CheckTestCase(TestCase):
    def test_credentials_that_copies_wait_for_are_listed(self) -> None:
        self.refuse(self.make(states.ERROR).credential_id)
        self.refuse(self.add_credential(self.add_site().id).id)
        copy = self.park()
        source = self.replicate(targets=2)
        self.refuse(source.source_credential_id)
        found = {item.id: item for item in parking.index(self.context)}
        self.assertEqual(
            {copy.credential_id, source.source_credential_id}, set(found)
        )
        parked = found[copy.credential_id]
        self.assertEqual('No such user.', parked.detail)
        self.assertEqual(copy.parked_at, parked.since)
        self.assertIsNone(found[source.source_credential_id].since)

    def test_one_of_many_conductors_checks(self) -> None:
        self.park()
        [found] = parking.index(self.context)
        rights = self.together(
            *[lambda: parking.begin_check(self.context, found)] * 6
        )
        self.assertEqual(1, rights.count(True))

    def test_credential_that_works_again_is_not_checked(self) -> None:
        copy = self.park()
        [found] = parking.index(self.context)
        self.accept(copy.credential_id)
        self.assertFalse(parking.begin_check(self.context, found))
