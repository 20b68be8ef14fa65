# SPDX-License-Identifier: Apache-2.0

"""Tests of the state of a replication."""

import itertools

import ddt

from glint import states
from glint.tests import base

Q = states.QUEUED
C = states.COPYING
X = states.CANCELLING
D = states.COMPLETED
E = states.ERROR
N = states.CANCELLED


@ddt.ddt
class ReplicationStateTestCase(base.TestCase):
    @ddt.data(
        ([Q], Q),
        ([Q, Q, Q], Q),
        ([C], C),
        ([C, Q], C),
        ([C, E, N, D], C),
        ([Q, D], C),
        ([Q, E], C),
        ([Q, N], C),
        ([X], X),
        ([X, C, Q, D, E, N], X),
        ([E], E),
        ([E, D], E),
        ([E, N, D], E),
        ([N], N),
        ([N, D], N),
        ([D], D),
        ([D, D], D),
    )
    @ddt.unpack
    def test_state_follows_from_the_copies(
        self, copies: list[str], expected: str
    ) -> None:
        for order in (copies, copies[::-1]):
            self.assertEqual(expected, states.of_replication(order))

    def test_state_is_final_when_those_of_all_copies_are(self) -> None:
        for count in range(1, len(states.ALL) + 1):
            for copies in itertools.combinations(states.ALL, count):
                self.assertEqual(
                    set(copies) <= set(states.FINAL),
                    states.of_replication(copies) in states.FINAL,
                    copies,
                )

    def test_every_state_is_either_active_or_final(self) -> None:
        self.assertEqual(
            sorted(states.ALL), sorted([*states.ACTIVE, *states.FINAL])
        )
        self.assertLess(set(states.HELD), set(states.ACTIVE))
        self.assertLess(set(states.RETRYABLE), set(states.FINAL))
