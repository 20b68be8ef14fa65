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

import threading

from glint.conductor import service
from glint.tests import base
from glint.tests import fixtures as glint_fixtures


class ServiceTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.useFixture(glint_fixtures.Database())
        self.useFixture(glint_fixtures.KeyRepository())
        self.useFixture(glint_fixtures.RPC())
        self.config(group='home', auth_url='https://keystone.example.org/v3')
        self.service = service.ConductorService()

    def _threads(self) -> set[str]:
        return {thread.name for thread in threading.enumerate()}

    def test_all_that_is_started_is_stopped(self) -> None:
        names = {'chores', 'dispatcher', 'heartbeat'}
        self.service.start()
        self.assertLessEqual(names, self._threads())
        self.service.stop()
        self.assertEqual(set(), names & self._threads())

    def test_what_is_told_to_stop_early_does_not_start(self) -> None:
        self.service.stop()
        self.service.start()
        self.assertNotIn('dispatcher', self._threads())
