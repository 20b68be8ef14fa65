# SPDX-License-Identifier: Apache-2.0

from datetime import datetime

from glint.api.views import moment
from glint.tests import base


class MomentTest(base.TestCase):
    def test_moment_is_utc_with_all_digits(self):
        self.assertEqual(
            '2026-10-07T08:09:10.000000Z',
            moment.view(datetime(2026, 10, 7, 8, 9, 10)),
        )

    def test_none_stays_none(self):
        self.assertIsNone(moment.view(None))
