# SPDX-License-Identifier: Apache-2.0

"""Tests of what the database tells of conductors."""

from glint import context as glint_context
from glint.db.queue import conductor
from glint.db.queue import lease
from glint.tests.unit.db import base


class ConductorTestCase(base.TestCase):
    def test_nobody_is_known_at_first(self) -> None:
        self.replicate()
        self.assertEqual([], conductor.index(self.context))

    def test_those_with_copies_come_before_those_that_had_some(self) -> None:
        [done] = self.claim(self.replicate().id, 'a')
        lease.complete(self.context, done, outcome='copied')
        self.claim(self.replicate(targets=2).id, 'b')
        [silent] = self.claim(self.replicate().id, 'c')
        self.silence(silent, 100)
        found = conductor.index(self.context)
        self.assertEqual(
            [('b', 2), ('c', 1), ('a', 0)],
            [(one.name, one.copies) for one in found],
        )
        self.assertIn(found[0].silent, range(50))
        self.assertIn(found[1].silent, range(100, 150))
        self.assertIsNone(found[2].silent)
        self.assertNotIn(None, [one.last_claim for one in found])

    def test_name_is_of_the_process_that_took_it_last(self) -> None:
        def take(name: str, process: str) -> bool:
            return conductor.take_name(self.context, name, process)

        self.assertEqual(
            [False, False, False, True, False, True],
            [
                take('c1', 'a'),
                take('c1', 'a'),
                take('C1', 'b'),
                take('c1', 'b'),
                take('c1', 'b'),
                take('c1', 'a'),
            ],
        )

    def test_new_name_taken_at_once_is_one_row(self) -> None:
        self.together(
            *(
                lambda of=process: conductor.take_name(
                    glint_context.for_service(), 'c1', of
                )
                for process in 'abcd'
            )
        )
        [row] = self.rows()['conductors']
        self.assertIn(row['process'], 'abcd')
        self.assertTrue(conductor.take_name(self.context, 'c1', 'e'))
