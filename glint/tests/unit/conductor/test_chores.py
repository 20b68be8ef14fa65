# SPDX-License-Identifier: Apache-2.0

import functools
import threading
from typing import Any

from oslo_db import exception as db_exception

from glint import interrupt as interrupts
from glint.conductor import chores
from glint.conductor import crew as crews
from glint.tests import base


class ChoresTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.config(group='conductor', timer_interval=0.1)

    def _start(self, *functions: Any) -> chores.Chores:
        self.patch(chores, '_CHORES', functions)
        made = chores.Chores()
        made.start()
        self.addCleanup(made.stop, 10)
        return made

    def _fail_beside_another(self, error: Exception) -> None:
        calls: list[str] = []
        thrice = threading.Event()

        def fail(*_arguments: Any) -> None:
            calls.append('fail')
            raise error

        def work(*_arguments: Any) -> None:
            calls.append('work')
            if calls.count('work') == 3:
                thrice.set()

        made = self._start(fail, work)
        self.assertTrue(thrice.wait(10))
        made.stop(10)
        self.assertEqual(['fail', 'work'] * 3, calls[:6])

    def test_failed_chore_stops_neither_the_others_nor_itself(self) -> None:
        self._fail_beside_another(ValueError('canary'))
        self.assertIn('canary', self.logs.output)

    def test_error_of_the_database_stops_no_other_chore(self) -> None:
        self._fail_beside_another(db_exception.DBError())

    def test_outage_of_the_database_is_waited_for(self) -> None:
        calls: list[str] = []
        done = threading.Event()

        def fail_twice(*_arguments: Any) -> None:
            calls.append('first')
            if len(calls) < 3:
                raise db_exception.DBConnectionError()

        def work(*_arguments: Any) -> None:
            calls.append('second')
            done.set()

        made = self._start(fail_twice, work)
        self.assertTrue(done.wait(10))
        made.stop(10)
        # Nobody else tries in vain; the next round begins anew.
        self.assertEqual(['first'] * 3 + ['second'], calls[:4])

    def test_stop_cuts_the_chore(self) -> None:
        begun = threading.Event()
        cut = threading.Event()

        def hang(_context: Any, crew: crews.Crew) -> None:
            begun.set()
            try:
                crew.interrupt.wait(60)
            except interrupts.Interrupted:
                cut.set()
                raise

        made = self._start(hang)
        self.assertTrue(begun.wait(10))
        made.stop(10)
        self.assertTrue(cut.is_set())

    def test_stop_cuts_what_the_crew_does(self) -> None:
        begun = threading.Event()
        cut = threading.Event()

        def hang(crew: crews.Crew) -> None:
            begun.set()
            try:
                crew.interrupt.wait(60)
            except interrupts.Interrupted:
                cut.set()

        def chore(_context: Any, crew: crews.Crew) -> None:
            crew.do('p', functools.partial(hang, crew))

        made = self._start(chore)
        self.assertTrue(begun.wait(10))
        made.stop(10)
        self.assertTrue(cut.is_set())
