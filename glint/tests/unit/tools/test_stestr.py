# SPDX-License-Identifier: Apache-2.0

"""Tests of what the tools read from the output of tests."""

from glint.tests.unit.tools import base

_OUTPUT = """\
{0} a.TestA.test_a [1.000000s] ... ok
{1} a.TestA.test_b [1.000000s] ... FAILED

Captured traceback:
~~~~~~~~~~~~~~~~~~~
    Traceback (most recent call last):

      File "a.py", line 3, in test_b
    self.assertEqual(400, 503)

    testtools.matchers._impl.MismatchError: 400 != 503

Captured pythonlogging:
~~~~~~~~~~~~~~~~~~~~~~~
    ValueError: of something else

{1} a.TestA.test_c ... FAILED
{0} a.TestA.test_d ... SKIPPED: no reason

======
Totals
======
Ran: 4 tests in 3.5000 sec.
 - Passed: 1
 - Skipped: 1
 - Expected Fail: 0
 - Unexpected Success: 0
 - Failed: 2
"""
_HORIZON = """\
.F
======================================================================
FAIL: test_b (a.TestB.test_b)
----------------------------------------------------------------------
Traceback (most recent call last):
  File "a.py", line 3, in test_b
AssertionError: 1 != 2

----------------------------------------------------------------------
Ran 2 tests in 0.100s

FAILED (failures=1)
"""


class TestTotals(base.TestCase):
    def test_stestr_tells_what_failed_and_why(self) -> None:
        totals = self.module('workbench.stestr').Totals.read(_OUTPUT)
        self.assertEqual(
            [
                'a.TestA.test_b: '
                'testtools.matchers._impl.MismatchError: 400 != 503',
                'a.TestA.test_c',
            ],
            totals.names,
        )
        self.assertEqual('1 passed, 2 failed, 1 skipped', totals.summary)

    def test_unittest_tells_what_failed_and_why(self) -> None:
        totals = self.module('workbench.panels')._totals(_HORIZON)
        self.assertEqual(
            ['a.TestB.test_b: AssertionError: 1 != 2'], totals.names
        )
        self.assertEqual('1 passed, 1 failed', totals.summary)
