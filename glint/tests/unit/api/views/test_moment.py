# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

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
