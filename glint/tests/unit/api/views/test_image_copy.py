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

import types

import ddt

from glint.api.views import image_copy
from glint.tests import base

_NAMES = (
    'id target_site_id target_image_id phase outcome attempts '
    'next_attempt_at error notes conductor started_at finished_at'
)


@ddt.ddt
class EtaTest(base.TestCase):
    @ddt.data(
        ('copying', 500, 1000, 300, 2),
        ('copying', 1000, 1000, 300, 0),
        ('copying', 1001, 1000, 300, 0),
        ('copying', 0, 1000, 0, None),
        ('copying', 0, 1000, None, None),
        ('copying', 0, None, 300, None),
        ('queued', 500, 1000, 300, None),
        ('completed', 500, 1000, 300, None),
    )
    @ddt.unpack
    def test_eta_is_the_seconds_left(self, state, sent, total, rate, eta):
        row = types.SimpleNamespace(
            **dict.fromkeys(_NAMES.split()),
            state=state,
            bytes_sent=sent,
            bytes_total=total,
            rate=rate,
        )
        view = image_copy.view(row)
        self.assertEqual(eta, view['eta'])
        self.assertEqual([], view['notes'])
