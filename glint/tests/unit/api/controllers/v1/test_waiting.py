# SPDX-License-Identifier: Apache-2.0

"""What copies say that wait."""

import datetime
import re

from oslo_utils import timeutils

from glint.api.views import moment
from glint.db import credential as db_credential
from glint.db import engine
from glint.db import models
from glint.db import site as db_site
from glint.db.queue import health
from glint.db.queue import lease
from glint.tests.unit.api.controllers.v1 import copies


class TestCase(copies.TestCase):
    DETAIL = 'Site west cannot be reached.'

    def setUp(self):
        super().setUp()
        self.config(group='conductor', breaker_failures=1)

    def _silence(self, site_id):
        health.failed(self.context, site_id, self.DETAIL)

    def _shown(self):
        """Return the first copy, which is shown the same everywhere."""
        copy = self.call('GET', self.copy_path).json
        del copy['history']
        replication = self.call(
            'GET', f'/v1/replications/{self.replication_id}'
        ).json
        for shown in (
            self.call('GET', self.path).json['copies'],
            replication['copies'],
        ):
            self.assertIn(copy, shown)
        return copy


class SilentTest(TestCase):
    """Copies that sites hold up which do not answer."""

    def _next_probe(self, site_id):
        site = db_site.get(self.context, site_id, None)
        return moment.view(site.next_probe_at)

    def _assert_held_up(self, site_id):
        copy = self._shown()
        self.assertEqual(self._next_probe(site_id), copy['next_attempt_at'])
        self.assertEqual('unreachable', copy['error']['code'])
        self.assertIn(self.DETAIL, copy['error']['detail'])
        for words in ('waits', 'asks', 'again by itself', 'Retry the copy'):
            self.assertIn(words, copy['error']['detail'])
        [at] = re.findall('at (.*) UTC', copy['error']['detail'])
        self.assertEqual(at, copy['next_attempt_at'][:19].replace('T', ' '))

    def test_silent_target_is_told_with_the_time_of_the_next_try(self):
        self._silence(self.west)
        self._assert_held_up(self.west)
        path = f'{self.path}/{self.second["id"]}'
        self.assertIsNone(self.call('GET', path).json['error'])

    def test_silent_source_is_told(self):
        self._silence(db_site.HOME_ID)
        self._assert_held_up(db_site.HOME_ID)

    def test_site_that_is_tried_later_is_told(self):
        self.config(group='conductor', probe_delay=10)
        self._silence(self.west)
        self.config(group='conductor', probe_delay=100)
        self._silence(db_site.HOME_ID)
        self._assert_held_up(db_site.HOME_ID)

    def test_site_that_answers_again_is_not_told(self):
        self._silence(self.west)
        health.answered(self.context, self.west)
        self.assertIsNone(self._shown()['error'])

    def test_longer_wait_of_the_copy_itself_is_told(self):
        lease.postpone(self.context, self.claim_both()[0], copies.ERROR, 5000)
        self._silence(self.west)
        copy = self._shown()
        self.assertEqual(copies.ERROR, copy['error'])
        self.assertLess(self._next_probe(self.west), copy['next_attempt_at'])

    def test_running_copy_is_not_held_up(self):
        self.claim_both()
        self._silence(self.west)
        self.assertIsNone(self._shown()['error'])

    def test_retry_has_the_site_asked_at_once(self):
        self._silence(self.west)
        long_ago = timeutils.utcnow() - datetime.timedelta(seconds=10)
        with engine.writer(self.context) as session:
            session.get(models.Site, self.west).health_checked_at = long_ago
        self.assertEqual([], health.due(self.context, 9))
        retry_all = f'/v1/replications/{self.replication_id}/retry'
        self.call('PUT', retry_all, status=202)
        [probe] = health.due(self.context, 9)
        self.assertEqual(self.west, probe.site_id)

    def test_retry_ends_the_wait_for_the_next_attempt(self):
        lease.postpone(self.context, self.claim_both()[0], copies.ERROR, 5000)
        self._silence(self.west)
        self.call('PUT', f'{self.copy_path}/retry', status=202)
        self._assert_held_up(self.west)

    def test_retried_copy_tells_it_at_once(self):
        lease.fail(self.context, self.claim_both()[0], copies.ERROR)
        self._silence(self.west)
        copy = self.call('PUT', f'{self.copy_path}/retry', status=202).json
        self.assertEqual('unreachable', copy['error']['code'])


class ReasonsTest(TestCase):
    """``waits_for`` has each reason, with its numbers."""

    def _assert_waits(self, reason, words, **values):
        [found] = self._shown()['waits_for']
        nothing = dict.fromkeys(found)
        for word in words:
            self.assertIn(word, found['detail'])
        self.assertEqual(
            nothing | values | {'reason': reason, 'detail': found['detail']},
            found,
        )

    def _run_another(self, **body):
        """Start a copy of another image to the first target."""
        made = self.add_replication(self.west, **body)
        [copy] = lease.claim(self.context, made['id'], 'c1', 5)
        return copy

    def test_turn(self):
        self._assert_waits('turn', ['a free conductor'], ahead=0)

    def test_full_target(self):
        self.config(group='queue', max_copies_to_site=1)
        self._run_another()
        self._assert_waits(
            'target_full',
            ['1 of 1 copies to west run'],
            site_id=self.west,
            running=1,
            limit=1,
        )

    def test_full_source(self):
        self.config(group='queue', max_reads_from_site=1)
        self._run_another()
        self._assert_waits(
            'source_full',
            ['1 of 1 images are read from'],
            site_id=db_site.HOME_ID,
            running=1,
            limit=1,
        )

    def test_full_project(self):
        self.config(group='queue', max_copies_per_project=1)
        self._run_another()
        self._assert_waits(
            'project_full',
            ['1 of 1 copies of the project run'],
            running=1,
            limit=1,
        )

    def test_next_attempt(self):
        lease.postpone(self.context, self.claim_both()[0], copies.ERROR, 60)
        copy = self._shown()
        self._assert_waits(
            'backoff',
            ['next attempt', copy['next_attempt_at'][:10]],
            until=copy['next_attempt_at'],
        )

    def test_another_replication_of_the_image(self):
        lease.hand_back(
            self.context, self.claim_both()[0], 60, awaited_id=copies.NOBODY
        )
        self._assert_waits(
            'reservation',
            [copies.NOBODY, 'west'],
            site_id=self.west,
            replication_id=copies.NOBODY,
            until=self._shown()['next_attempt_at'],
        )

    def test_silent_site(self):
        self._silence(self.west)
        self._assert_waits(
            'site_silent',
            [self.DETAIL],
            site_id=self.west,
            until=self._shown()['next_attempt_at'],
        )

    def test_refused_credential(self):
        db_credential.refuse(
            self.context, self.west_key, 'No such user.', False
        )
        self._assert_waits(
            'credential_refused',
            ['No such user.', 'register another one'],
            site_id=self.west,
            credential_id=self.west_key,
            until=self._shown()['next_attempt_at'],
        )

    def test_copy_that_is_not_queued_waits_for_nothing(self):
        self.claim_both()
        self.assertEqual([], self._shown()['waits_for'])


class RefusedTest(TestCase):
    """A copy that waits for a credential says so, and what to do."""

    def _refuse(self, credential_id):
        db_credential.refuse(
            self.context, credential_id, 'No such user.', False
        )

    def _assert_waits(self):
        copy = self._shown()
        self.assertEqual(
            ('queued', 'credential_unauthorized', True, None),
            (
                copy['state'],
                copy['error']['code'],
                copy['error']['retryable'],
                copy['error']['http_status'],
            ),
        )
        for words in ('No such user.', 'check', 'register another one'):
            self.assertIn(words, copy['error']['detail'])

    def test_refused_credential_of_the_target_is_told(self):
        self._refuse(self.west_key)
        self._assert_waits()
        path = f'{self.path}/{self.second["id"]}'
        self.assertIsNone(self.call('GET', path).json['error'])

    def test_refused_credential_of_the_source_is_told(self):
        self._refuse(self.home_key)
        self._assert_waits()

    def test_refusal_is_told_before_a_silent_site(self):
        self._silence(self.west)
        self._refuse(self.west_key)
        self._assert_waits()

    def test_running_copy_does_not_wait(self):
        self.claim_both()
        self._refuse(self.west_key)
        self.assertIsNone(self._shown()['error'])

    def test_credential_that_works_again_is_not_told(self):
        self._refuse(self.west_key)
        db_credential.set_state(self.context, self.west_key, 'ok', None)
        self.assertIsNone(self._shown()['error'])


class ReplicationTest(TestCase):
    """A replication tells why its copies wait, in lists, too."""

    def _waits(self):
        path = f'/v1/replications/{self.replication_id}'
        shown = self.call('GET', path).json
        [listed] = self.call('GET', '/v1/replications').json['replications']
        self.assertEqual(shown['waits_for'], listed['waits_for'])
        return shown['waits_for'], shown['copies']

    def test_reason_of_all_copies_is_told_once(self):
        self._silence(db_site.HOME_ID)
        waits, copies_ = self._waits()
        self.assertEqual(copies_[0]['waits_for'], waits)
        self.assertEqual(copies_[1]['waits_for'], waits)

    def test_reasons_of_all_copies_are_told(self):
        for site_id in (self.west, self.east):
            self._silence(site_id)
        waits, _copies = self._waits()
        self.assertEqual(
            {self.west, self.east}, {wait['site_id'] for wait in waits}
        )

    def test_next_attempt_that_comes_first_is_told(self):
        for copy, delay in zip(self.claim_both(), (500, 60), strict=True):
            lease.postpone(self.context, copy, copies.ERROR, delay)
        [wait], shown = self._waits()
        self.assertEqual(shown[1]['next_attempt_at'], wait['until'])

    def test_replication_that_runs_waits_for_nothing(self):
        self.claim_both()
        self.assertEqual([], self._waits()[0])
