# SPDX-License-Identifier: Apache-2.0

"""Tests of two conductors of one name."""

from glint import context as glint_context
from glint.conductor import crew as crews
from glint.conductor import namesake
from glint.tests import base
from glint.tests import fixtures as glint_fixtures

WORDS = 'Another conductor runs under the name c1'


class NamesakeTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.useFixture(glint_fixtures.Database())
        self.crew = crews.Crew('test', 4)
        self.addCleanup(self.crew.stop)

    def _look(self, *watches: namesake.Watch) -> int:
        """Let conductors look, one after the other.

        :returns: how often it was told so far.
        """
        for watch in watches:
            watch(glint_context.for_service(), self.crew)
        return self.logs.output.count(WORDS)

    def test_both_tell_of_each_other_and_once(self) -> None:
        first, second = namesake.Watch('c1'), namesake.Watch('c1')
        self.assertEqual(0, self._look(first, first, second))
        self.assertEqual(1, self._look(first))
        self.assertEqual(2, self._look(second))
        self.assertEqual(2, self._look(*(first, second) * 3))

    def test_successor_of_one_that_was_killed_is_none(self) -> None:
        for _life in range(3):
            again = namesake.Watch('c1')
            self.assertEqual(0, self._look(again, again))

    def test_other_names_are_none(self) -> None:
        watches = [namesake.Watch('c1'), namesake.Watch('C1')]
        self.assertEqual(0, self._look(*watches * 3))

    def test_next_one_is_told_again(self) -> None:
        first, second = namesake.Watch('c1'), namesake.Watch('c1')
        self.assertEqual(1, self._look(first, second, first, first))
        third = namesake.Watch('c1')
        self.assertEqual(2, self._look(third, first))
