# SPDX-License-Identifier: Apache-2.0

"""Tests of the threads of a conductor that wait for sites."""

import threading

from glint import interrupt as interrupts
from glint.conductor import crew
from glint.tests import base


class CrewTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.crew = crew.Crew('test', 8)
        self.addCleanup(self.crew.stop)
        self.go_on = threading.Event()
        self.addCleanup(self.go_on.set)
        self.begun = threading.Semaphore(0)

    def _wait(self) -> None:
        self.begun.release()
        self.go_on.wait(60)

    def test_project_that_waits_leaves_room_for_others(self) -> None:
        waiting = [self.crew.do('p', self._wait) for _number in range(20)]
        for _number in range(2):
            self.assertTrue(self.begun.acquire(timeout=10))
        self.assertFalse(self.crew.has_room('p'))
        self.assertEqual(['p'], self.crew.full())
        self.crew.do('q', lambda: None).result(10)
        self.assertFalse(self.begun.acquire(blocking=False))
        self.go_on.set()
        for done in waiting:
            done.result(10)

    def test_failure_is_logged_and_ends_nothing_else(self) -> None:
        def fail() -> None:
            raise ValueError('canary')

        for _number in range(10):
            self.crew.do('p', fail).result(10)
        self.assertIn('canary', self.logs.output)
        self.crew.do('p', lambda: None).result(10)

    def test_stop_cuts_what_runs_and_begins_nothing_more(self) -> None:
        cut = threading.Semaphore(0)

        def hang() -> None:
            self.begun.release()
            try:
                self.crew.interrupt.wait(60)
            except interrupts.Interrupted:
                cut.release()
                raise

        asked = [self.crew.do('p', hang) for _number in range(5)]
        for _number in range(2):
            self.assertTrue(self.begun.acquire(timeout=10))
        self.crew.stop(10)
        for done in asked:
            done.result(10)
        self.assertTrue(cut.acquire(blocking=False))
        self.assertTrue(cut.acquire(blocking=False))
        self.assertFalse(cut.acquire(blocking=False))
        self.assertFalse(self.begun.acquire(blocking=False))
        self.crew.do('q', hang).result(10)
        self.assertNotIn('ERROR', self.logs.output)
