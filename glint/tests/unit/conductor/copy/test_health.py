# SPDX-License-Identifier: Apache-2.0

from typing import Any
from unittest import mock

import ddt
from oslo_db import exception as db_exception

from glint import states
from glint.conductor.copy import copier
from glint.conductor.copy import health
from glint.conductor.copy import run as runs
from glint.conductor.copy import source as sources
from glint.conductor.copy import storing
from glint.conductor.copy import target
from glint.db import attempt as db_attempt
from glint.db import credential as db_credential
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db import listing
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.db.queue import health as db_health
from glint.db.queue import lease
from glint.db.queue import turn
from glint.image import failure
from glint.tests import takeovers
from glint.tests.unit.conductor import base

TOKENS = '/v3/auth/tokens'
FILE = '/v2/images/[^/]+/file'
IMAGES = '/v2/images'


@ddt.ddt
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
        state, detail = self._health(self.west_id)
        self.assertEqual(states.SITE_UNREACHABLE, state)
        self.assertIn('HTTP 503', detail)
        self.assertIn(other.id, self._due())
        self._run(self.replication)
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

    @ddt.data(('POST', IMAGES, 500), ('PUT', FILE, 503), ('PUT', FILE, 504))
    @ddt.unpack
    def test_answer_about_one_image_counts_for_nothing(
        self, method: str, path: str, status: int
    ) -> None:
        self.config(group='conductor', breaker_failures=1)
        self.patch(storing, 'SETTLE', 0)
        self.west.on(
            method, path, lambda r: (r.body(), r.reply(status, {'m': ''}))
        )
        copy = self._run(self.replication)
        self.assertEqual(
            (states.QUEUED, status), (copy.state, copy.error['http_status'])
        )
        self.assertEqual((states.SITE_OK, None), self._health(self.west_id))
        self.assertEqual([self.replication.id], self._due())

    def test_source_that_breaks_off_one_image_counts_for_nothing(self) -> None:
        self.config(group='conductor', breaker_failures=1)
        self.home.on(
            'GET', FILE, lambda r: r.reply(200, b'x', Content_Length='9')
        )
        copy = self._run(self.replication)
        self.assertEqual('source_lost', copy.error['code'])
        self.assertEqual((states.SITE_OK, None), self._health(self.home_id))

    def test_glance_that_fails_at_everything_counts(self) -> None:
        self.west.reply('GET', IMAGES, 500, {'message': 'no database'})
        for _attempt in range(2):
            self._run(self.replication)
        state, detail = self._health(self.west_id)
        self.assertEqual(states.SITE_UNREACHABLE, state)
        self.assertIn('no database', detail or '')

    def test_cancel_cuts_the_question(self) -> None:
        self.config(group='conductor', breaker_failures=1)
        run, source = self.claim(self.replication)
        source.open()

        self.west.reply('POST', IMAGES, 500)
        cause = self.assertRaises(
            failure.SiteFailure, target.copy, run, source
        )

        def hang(request: Any) -> None:
            run.interrupt.set(runs.CANCELLED)
            request.cloud.stopping.wait(30)

        self.west.on('GET', IMAGES, hang)
        self.assertIsNone(health.hear(run, source, cause))

    def test_failure_of_a_source_counts_once_for_all_its_copies(self) -> None:
        self.home.reply('POST', TOKENS, 503)
        run, source = self.claim(self.replication)
        source.open()
        for _copy in range(3):
            copier.run_copy(run, source)
        self.assertEqual([self.replication.id], self._due())

    def test_silence_costs_no_attempt(self) -> None:
        self.config(group='conductor', max_attempts=1)
        self.west.reply('POST', TOKENS, 503)
        copy = self._run(self.replication)
        self.assertEqual(
            (states.QUEUED, 0, 'unavailable'),
            (copy.state, copy.attempts, copy.error['code']),
        )
        [attempt] = db_attempt.index(self.context, copy.id)
        self.assertEqual(states.ERROR, attempt.state)

    def test_site_that_accepts_and_never_answers_costs_no_attempt(
        self,
    ) -> None:
        self.config(group='conductor', max_attempts=1)
        self.config(group='network', request_timeout=0.2)
        self.west.on('POST', TOKENS, lambda r: r.cloud.stopping.wait(30))
        for _attempt in range(2):
            copy = self._run(self.replication)
            self.assertEqual(
                (states.QUEUED, 0, 'timeout'),
                (copy.state, copy.attempts, copy.error['code']),
            )
        self.assertEqual([], self._due())
        self.config(group='conductor', probe_delay=0, max_probe_delay=0)
        self._probe()
        self.assertEqual(0, self.row(self.replication).attempts)
        self.assertEqual([], self._due())

    def test_silent_source_costs_none_of_its_copies_an_attempt(self) -> None:
        self.config(group='conductor', max_attempts=1)
        self.home.reply('GET', IMAGES + '(/.*)?', 500)
        east_id, east_credential_id = self._add('east', self.west)
        replication = self.replicate(
            {
                self.west_id: self.west_credential_id,
                east_id: east_credential_id,
            }
        )
        source = sources.Source(self.context, replication, self.feeds)
        self.addCleanup(source.close)
        source.open()
        for copy in lease.claim(self.context, replication.id, 'c', 9):
            copier.run_copy(runs.CopyRun(self.context, copy), source)
        copies = db_image_copy.index(
            self.context, replication.id, listing.Page()
        )
        self.assertEqual(
            [(states.QUEUED, 0)] * 2,
            [(copy.state, copy.attempts) for copy in copies],
        )
        home = db_site.get(self.context, self.home_id, None)
        self.assertEqual(1, home.failures)

    def test_site_that_goes_silent_under_the_data_costs_an_attempt(
        self,
    ) -> None:
        def fall(request: Any) -> None:
            request.body()
            self.west.reply('POST', TOKENS, 503)
            request.reply(503, {'m': ''})

        self.west.on('PUT', FILE, fall)
        copy = self._run(self.replication)
        self.assertEqual((states.QUEUED, 1), (copy.state, copy.attempts))
        self.assertEqual(
            states.SITE_UNREACHABLE, self._health(self.west_id)[0]
        )

    def test_conductor_that_lost_its_copy_blames_no_site(self) -> None:
        self.config(group='conductor', breaker_failures=1)
        run, source = self.claim(self.replication)
        takeovers.requeue_lost(self.context, -1)
        # As a server does while the conductor sleeps.
        self.west.reply('POST', TOKENS, 503)
        source.open()
        copier.run_copy(run, source)
        self.assertEqual(states.SITE_UNKNOWN, self._health(self.west_id)[0])

    def test_row_of_a_site_is_noted_after_the_end_of_the_copy(self) -> None:
        states_then = []

        def noted(*_arguments: Any) -> None:
            states_then.append(self.row(self.replication).state)
            raise engine.Busy('sites', True)

        with mock.patch.object(
            db_health, 'answered', autospec=True, side_effect=noted
        ):
            self._run(self.replication)
        self.assertEqual([states.COMPLETED] * 2, states_then)

    def test_refusal_shows_that_the_site_answers(self) -> None:
        self.west.reply('GET', IMAGES, 403, {'message': 'no'})
        db_health.failed(self.context, self.west_id, 'No answer.')
        self._run(self.replication)
        self.assertEqual((states.SITE_OK, None), self._health(self.west_id))

    def _silence_west(self) -> db_replication.Replication:
        """Let west be silent, with two copies that wait, and be due.

        :returns: the one that never began.
        """
        self.config(group='conductor', probe_delay=0, max_probe_delay=0)
        other = self.replicate()
        for _attempt in range(2):
            db_health.failed(self.context, self.west_id, 'No answer.')
        self.config(group='conductor', probe_delay=3600, max_probe_delay=3600)
        return other

    def _probe(self) -> None:
        self.with_crew(health.probe)

    def test_question_in_vain_costs_no_copy_an_attempt(self) -> None:
        other = self._silence_west()
        self.west.reply('POST', TOKENS, 503)
        self._probe()
        state, detail = self._health(self.west_id)
        self.assertEqual(states.SITE_UNREACHABLE, state)
        self.assertIn('HTTP 503', detail or '')
        self.assertEqual([], self._due())
        for replication in (self.replication, other):
            self.assertEqual(0, self.row(replication).attempts)
        # Not asked again before its time.
        self.west.on('POST', TOKENS, self.west._issue)
        self._probe()
        self.assertEqual(
            states.SITE_UNREACHABLE, self._health(self.west_id)[0]
        )

    def test_answer_lets_all_copies_go_at_once(self) -> None:
        other = self._silence_west()
        self._probe()
        self.assertEqual((states.SITE_OK, None), self._health(self.west_id))
        self.assertEqual({other.id, self.replication.id}, set(self._due()))
        self.assertEqual(states.COMPLETED, self._run(other).state)

    def test_refusal_of_the_credential_is_an_answer(self) -> None:
        self._silence_west()
        self.west.reply('POST', TOKENS, 401)
        self._probe()
        self.assertEqual(states.SITE_OK, self._health(self.west_id)[0])

    def _assert_let_go(self, *waiting: db_replication.Replication) -> None:
        self._probe()
        self.assertEqual(states.SITE_UNKNOWN, self._health(self.west_id)[0])
        due = self._due()
        for replication in waiting:
            self.assertIn(replication.id, due)

    def test_site_that_must_not_be_asked_lets_its_copies_tell_why(
        self,
    ) -> None:
        other = self._silence_west()
        self.config(group='network', allow=[])
        self._assert_let_go(other, self.replication)

    def test_site_that_cannot_be_asked_lets_its_copies_tell_why(self) -> None:
        other = self._silence_west()
        db_site.update(self.context, self.west_id, ca_cert='no certificate')
        self._assert_let_go(other, self.replication)

    def test_disabled_site_lets_its_copies_tell_why(self) -> None:
        other = self._silence_west()
        db_site.update(self.context, self.west_id, enabled=False)
        self._assert_let_go(other, self.replication)

    def test_site_without_usable_credential_is_not_asked(self) -> None:
        self._silence_west()
        db_credential.refuse(
            self.context, self.west_credential_id, 'No such user.', False
        )
        self._assert_let_go()
        self.assertEqual([], self.west.requests)

    def test_secret_that_cannot_be_read_says_nothing(self) -> None:
        self._silence_west()
        self.config(group='secrets', key_repository='/nowhere')
        self._probe()
        self.assertEqual(
            (states.SITE_UNREACHABLE, 'No answer.'), self._health(self.west_id)
        )

    def test_copy_ends_although_its_health_cannot_be_noted(self) -> None:
        def fail(*_arguments: Any) -> None:
            raise db_exception.DBConnectionError()

        self.patch(health.db_health, 'answered', fail)
        self.assertEqual(states.COMPLETED, self._run(self.replication).state)
