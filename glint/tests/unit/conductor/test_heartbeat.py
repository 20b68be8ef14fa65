# SPDX-License-Identifier: Apache-2.0
"""Tests of the thread that renews all leases."""

import threading
from unittest import mock

from oslo_db import exception as db_exception

from glint import interrupt as interrupts
from glint import states
from glint.conductor import heartbeat
from glint.conductor.copy import run as runs
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db.queue import lease
from glint.db.queue import renewal
from glint.db.queue import reservation
from glint.tests import takeovers
from glint.tests.unit.conductor import base


class HeartbeatTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.config(group='conductor', progress_interval=0.1)
        self.heartbeat = heartbeat.Heartbeat()
        self.replication = self.replicate()
        self.run_, _source = self.claim(self.replication)
        self.heartbeat.add(self.run_)

    def beat(self) -> None:
        self.heartbeat.start()
        self.addCleanup(self.heartbeat.stop)

    def assert_interrupted(self, reason: str) -> None:
        error = self.assertRaises(
            interrupts.Interrupted, self.run_.interrupt.wait, 10
        )
        self.assertEqual(reason, error.reason)

    def test_cancelled_copy_is_interrupted(self) -> None:
        db_image_copy.cancel(self.context, self.replication.id)
        self.beat()
        self.assert_interrupted(runs.CANCELLED)

    def test_lost_copy_is_interrupted(self) -> None:
        takeovers.requeue_lost(self.context, -1)
        self.beat()
        self.assert_interrupted(runs.LOST)

    def test_attempt_that_has_ended_costs_the_next_one_nothing(self) -> None:
        """Its thread may be there for a while yet, as is its lease here."""
        lease.hand_back(self.context, self.run_.copy)
        again, _source = self.claim(self.replication)
        before = again.copy.heartbeat
        for running in ([self.run_, again], [again, self.run_]):
            self.heartbeat._renew(running)
            again.interrupt.check()
        self.assert_interrupted(runs.LOST)
        self.assertLess(before, self.row(self.replication).heartbeat)

    def test_copy_that_waits_for_its_site_is_renewed(self) -> None:
        """A row that is locked holds up its copy, and not the lease."""
        renewed = threading.Event()
        asked = threading.Event()

        def reserve(*_arguments: object, **_named: object) -> None:
            asked.set()
            if not renewed.wait(10):
                raise AssertionError('The lease was not renewed.')

        def renewed_all(*arguments: object) -> dict[str, renewal.Held]:
            if asked.is_set():
                renewed.set()
            return {self.run_.copy.id: renewal.Held(states.COPYING, True)}

        with (
            mock.patch.object(
                reservation, 'reserve', autospec=True, side_effect=reserve
            ),
            mock.patch.object(
                renewal, 'renew_all', autospec=True, side_effect=renewed_all
            ),
        ):
            self.beat()
            self.run_.reserve('i', {}, ())
        self.assertTrue(renewed.is_set())

    def test_copy_waits_for_a_locked_row_until_it_is_cancelled(self) -> None:
        db_image_copy.cancel(self.context, self.replication.id)
        with mock.patch.object(
            reservation,
            'reserve',
            autospec=True,
            side_effect=engine.Busy('sites', True),
        ):
            self.beat()
            error = self.assertRaises(
                interrupts.Interrupted, self.run_.reserve, 'i', {}, ()
            )
        self.assertEqual(runs.CANCELLED, error.reason)

    def test_lease_that_cannot_be_renewed_is_given_up_in_time(self) -> None:
        self.config(group='conductor', lease=1)
        self.run_._ours_until -= 4
        with mock.patch.object(
            renewal,
            'renew_all',
            autospec=True,
            side_effect=db_exception.DBConnectionError(),
        ):
            self.beat()
            self.assert_interrupted(runs.LOST)
