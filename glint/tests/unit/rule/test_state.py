# SPDX-License-Identifier: Apache-2.0

import unittest

import ddt

from glint import states
from glint.rule import state

_CAUSE = {'code': 'x', 'detail': 'Nobody is at home.'}


@ddt.ddt
class StateTest(unittest.TestCase):
    @ddt.unpack
    @ddt.data(
        (True, None, {}, None, None, ('ok', None)),
        (
            True,
            None,
            {'in_sync': 3, 'pending': 1},
            'copying',
            None,
            ('ok', None),
        ),
        (False, _CAUSE, {'failed': 1}, 'error', _CAUSE, ('disabled', None)),
        (
            *(True, _CAUSE, {'failed': 1}, 'error', _CAUSE),
            ('blocked', 'Nobody is at home.'),
        ),
        (
            *(True, None, {}, 'error', _CAUSE),
            ('degraded', 'The last execution failed. Nobody is at home.'),
        ),
        (
            *(True, None, {}, 'needs_approval', None),
            ('degraded', 'The last execution waits for approval.'),
        ),
        (
            *(True, None, {'missing': 1, 'failed': 2}, 'completed', None),
            ('degraded', 'Replicas: 2 failed, 1 missing.'),
        ),
    )
    def test_state(self, enabled, blocked, replicas, last, error, expected):
        self.assertEqual(
            expected, state.of(enabled, blocked, replicas, last, error)
        )
        self.assertIn(expected[0], states.RULE_STATES)
