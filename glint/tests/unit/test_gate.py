# SPDX-License-Identifier: Apache-2.0

"""Tests of the bounds of what waits."""

from concurrent import futures
import threading

from glint import exception
from glint import gate
from glint.tests import base


class GateTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.gate = gate.Gate(total=3, share=2)

    def test_project_has_its_share_and_no_more(self) -> None:
        with self.gate.passed('p'), self.gate.passed('p'):
            self.assertEqual(['p'], self.gate.full())
            self.assertRaises(
                exception.TooManyWaiting, self.gate.passed('p').__enter__
            )
            self.assertTrue(self.gate.has_room('q'))
            with self.gate.passed('q'):
                self.assertEqual(['p'], self.gate.full())
        self.assertEqual([], self.gate.full())

    def test_all_together_have_the_total(self) -> None:
        for project_id in ('p', 'q', 'r'):
            self.assertTrue(self.gate.enter(project_id))
        self.assertFalse(self.gate.has_room('s'))
        self.assertFalse(self.gate.enter('s'))
        self.gate.leave('q')
        self.assertTrue(self.gate.enter('s'))

    def test_failure_within_makes_room_again(self) -> None:
        for _number in range(5):
            with (
                self.assertRaisesRegex(ValueError, 'canary'),
                self.gate.passed('p'),
            ):
                raise ValueError('canary')

    def test_nobody_gets_in_at_the_same_moment(self) -> None:
        barrier = threading.Barrier(16)

        def enter(_number: int) -> bool:
            barrier.wait()
            return self.gate.enter('p')

        with futures.ThreadPoolExecutor(16) as pool:
            entered = list(pool.map(enter, range(16)))
        self.assertEqual(2, entered.count(True))
