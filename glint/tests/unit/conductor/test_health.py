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

from typing import Any

from oslo_db import exception as db_exception

from glint import states
from glint.conductor import copier
from glint.conductor import health
from glint.db import health as db_health
from glint.db import lease
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.db import turn
from glint.tests.unit.conductor import base

TOKENS = '/v3/auth/tokens'
FILE = '/v2/images/[^/]+/file'
IMAGES = '/v2/images'


class HealthTest(base.TestCase):
    """What copies tell about their sites."""

    def setUp(self) -> None:
        super().setUp()
        self.config(
            group='conductor',
            breaker_failures=2,
            probe_delay=3600,
            retry_delay=0,
            max_attempts=9,
        )
        self.replication = self.replicate()

    def _run(self, replication: db_replication.Replication) -> Any:
        run, source = self.claim(replication)
        source.open()
        copier.run_copy(run, source)
        return self.row(replication)

    def _health(self, site_id: str) -> tuple[str, str | None]:
        site = db_site.get(self.context, site_id, None)
        return site.health_state, site.health_detail

    def _due(self) -> list[str]:
        found: list[str] = []
        while more := turn.due(self.context, 10, found):
            found += more
        return found

    def test_completed_copy_shows_that_both_sites_answer(self) -> None:
        self._run(self.replication)
        for site_id in (self.home_id, self.west_id):
            self.assertEqual((states.SITE_OK, None), self._health(site_id))

    def test_failures_in_a_row_hold_the_copies_to_the_site(self) -> None:
        self.west.reply('POST', TOKENS, 503)
        other = self.replicate()
        self._run(self.replication)
        self.assertEqual(states.SITE_UNKNOWN, self._health(self.west_id)[0])
        self._run(self.replication)
        state, detail = self._health(self.west_id)
        self.assertEqual(states.SITE_UNREACHABLE, state)
        self.assertIn('HTTP 503', detail)
        self.assertEqual([], self._due())
        self.assertEqual([], lease.claim(self.context, other.id, 'c', 9))
        self.assertEqual(0, self.row(other).attempts)

    def test_dead_source_is_held_and_targets_are_not(self) -> None:
        self.home.reply('POST', TOKENS, 503)
        for _attempt in range(2):
            self._run(self.replication)
        self.assertEqual(
            states.SITE_UNREACHABLE, self._health(self.home_id)[0]
        )
        self.assertEqual(states.SITE_UNKNOWN, self._health(self.west_id)[0])
        self.assertEqual([], self._due())

    def test_refused_uploads_count_though_the_rest_answers(self) -> None:
        self.west.on(
            'PUT', FILE, lambda r: (r.body(), r.reply(503, {'message': ''}))
        )
        for _attempt in range(2):
            self._run(self.replication)
        self.assertEqual(
            states.SITE_UNREACHABLE, self._health(self.west_id)[0]
        )

    def test_failure_of_a_source_counts_once_for_all_its_copies(self) -> None:
        self.home.reply('POST', TOKENS, 503)
        run, source = self.claim(self.replication)
        source.open()
        for _copy in range(3):
            copier.run_copy(run, source)
        self.assertEqual(states.SITE_UNKNOWN, self._health(self.home_id)[0])

    def test_refusal_shows_that_the_site_answers(self) -> None:
        self.west.reply('GET', IMAGES, 403, {'message': 'no'})
        db_health.failed(self.context, self.west_id, 'No answer.')
        self._run(self.replication)
        self.assertEqual((states.SITE_OK, None), self._health(self.west_id))

    def test_failed_probe_leaves_the_others_waiting(self) -> None:
        self.west.reply('POST', TOKENS, 503)
        self.config(group='conductor', probe_delay=0, max_probe_delay=0)
        for _attempt in range(2):
            self._run(self.replication)
        self.config(group='conductor', probe_delay=3600, max_probe_delay=3600)
        other = self.replicate()
        copy = self._run(self.replication)
        self.assertEqual((states.QUEUED, 3), (copy.state, copy.attempts))
        self.assertEqual([], self._due())
        self.assertEqual(0, self.row(other).attempts)

    def test_successful_probe_lets_the_others_go(self) -> None:
        self.west.reply('POST', TOKENS, 503)
        self.config(group='conductor', probe_delay=0)
        for _attempt in range(2):
            self._run(self.replication)
        self.west.on('POST', TOKENS, self.west._issue)
        other = self.replicate()
        self._run(self.replication)
        self.assertEqual((states.SITE_OK, None), self._health(self.west_id))
        self.assertEqual([other.id], self._due())
        self.assertEqual(states.COMPLETED, self._run(other).state)

    def test_copy_ends_although_its_health_cannot_be_noted(self) -> None:
        def fail(*_arguments: Any) -> None:
            raise db_exception.DBConnectionError()

        self.patch(health.db_health, 'answered', fail)
        self.assertEqual(states.COMPLETED, self._run(self.replication).state)
