# SPDX-License-Identifier: Apache-2.0


import time
from unittest import mock

from oslo_db import exception as db_exception

from glint import interrupt as interrupts
from glint import states
from glint.conductor.copy import run as runs
from glint.db import image_copy as db_image_copy
from glint.db.queue import renewal
from glint.tests import takeovers
from glint.tests.unit.conductor import base


class HoldTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.replication = self.replicate()
        self.run_, _source = self.claim(self.replication)

    def test_copy_that_is_ours_is_held_even_when_cancelled(self) -> None:
        self.run_.hold()
        db_image_copy.cancel(self.context, self.replication.id)
        self.run_.hold()
        self.assertTrue(self.run_.interrupt.is_set())

    def test_copy_of_another_conductor_is_not_held(self) -> None:
        takeovers.requeue_lost(self.context, -1)
        self.claim(self.replication)
        error = self.assertRaises(interrupts.Interrupted, self.run_.hold)
        self.assertEqual(runs.LOST, error.reason)

    def test_without_database_it_is_held_as_long_as_the_lease(self) -> None:
        down = mock.patch.object(
            renewal,
            'renew',
            autospec=True,
            side_effect=db_exception.DBConnectionError(),
        )
        with down:
            self.run_.hold()
            self.config(group='conductor', lease=1)
            self.run_._ours_until -= 29.5
            self.assertRaises(interrupts.Interrupted, self.run_.hold)


class RenewedTest(base.TestCase):
    """What the heartbeat finds out, at seconds after the last renewal."""

    def setUp(self) -> None:
        super().setUp()
        self.replication = self.replicate()
        self.run_, _source = self.claim(self.replication)
        self.began = time.monotonic()

    def find(self, held: renewal.Held | None, seconds: float) -> None:
        self.run_.renewed(self.began + seconds, held)

    def left(self) -> float:
        """:returns: for how many seconds nobody takes the copy."""
        return round(self.run_._ours_until - self.began, 1)

    def test_lease_counts_from_before_its_renewal(self) -> None:
        self.find(renewal.Held(states.COPYING, True), -3)
        self.assertEqual(2, self.left())

    def test_locked_row_keeps_the_copy_for_a_grace(self) -> None:
        for seconds in (4.5, 6.5, 8.5):
            self.find(renewal.Held(states.COPYING, False), seconds)
            self.assertEqual(seconds + 2.5, self.left())
        self.assertFalse(self.run_.interrupt.is_set())

    def test_locked_row_never_shortens_a_lease(self) -> None:
        self.find(renewal.Held(states.COPYING, False), 0.5)
        self.assertEqual(5, self.left())

    def test_locked_row_gives_nothing_back_after_a_long_sleep(self) -> None:
        self.find(renewal.Held(states.COPYING, False), 6)
        self.assertEqual(5, self.left())

    def test_cancelled_and_lost_copies_are_interrupted(self) -> None:
        self.find(renewal.Held(states.CANCELLING, False), 1)
        error = self.assertRaises(
            interrupts.Interrupted, self.run_.interrupt.check
        )
        self.assertEqual(runs.CANCELLED, error.reason)
        other, _source = self.claim(self.replicate(preserve_id=True))
        other.renewed(self.began, None)
        error = self.assertRaises(
            interrupts.Interrupted, other.interrupt.check
        )
        self.assertEqual(runs.LOST, error.reason)
