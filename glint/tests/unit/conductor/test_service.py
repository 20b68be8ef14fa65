# SPDX-License-Identifier: Apache-2.0

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
