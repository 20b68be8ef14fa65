# SPDX-License-Identifier: Apache-2.0

import fixtures
from oslo_log import log

from glint import outage
from glint.tests import base

LOG = log.getLogger(__name__)


class OutageTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.outage = outage.Outage(LOG, log.WARNING, 'No %s: %s.')

    def lines(self):
        return self.logs.output.count('No tea: none left.')

    def test_it_is_told_once(self):
        for _number in range(3):
            self.outage.met('tea', 'none left')
        self.assertEqual(1, self.lines())

    def test_it_is_told_again_after_a_while(self):
        self.useFixture(fixtures.MockPatchObject(outage, 'PERIOD', 0))
        for _number in range(3):
            self.outage.met('tea', 'none left')
        self.assertEqual(3, self.lines())

    def test_its_end_is_told_once(self):
        self.outage.over('Tea again.')
        self.assertNotIn('Tea again.', self.logs.output)
        self.outage.met('tea', 'none left')
        for _number in range(2):
            self.outage.over('Tea again.')
        self.assertEqual(1, self.logs.output.count('Tea again.'))
        self.outage.met('tea', 'none left')
        self.assertEqual(2, self.lines())

    def test_it_is_recent_for_a_while(self):
        self.assertFalse(self.outage.is_recent())
        self.outage.met('tea', 'none left')
        self.assertTrue(self.outage.is_recent())
        self.useFixture(fixtures.MockPatchObject(outage, 'PERIOD', 0))
        self.assertFalse(self.outage.is_recent())
