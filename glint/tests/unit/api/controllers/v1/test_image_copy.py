# SPDX-License-Identifier: Apache-2.0


from glint.api.views import moment
from glint.db import image_copy as db_image_copy
from glint.db import leftover
from glint.db import listing
from glint.db import site as db_site
from glint.db.queue import health
from glint.db.queue import lease
from glint.db.queue import renewal
from glint.tests.unit.api import base

NOBODY = '6f1c0e5e-2f0b-4c1e-9d55-0d7c6a3b9e41'
ERROR = {
    'code': 'quota',
    'detail': 'The project has no room left.',
    'retryable': False,
    'http_status': 413,
}


class TestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.add_home_credential()
        self.west = self.add_site('west')['id']
        self.east = self.add_site('east')['id']
        for site_id in (self.west, self.east):
            self.add_credential(site_id)
        replication = self.add_replication(self.west, self.east)
        self.replication_id = replication['id']
        self.path = f'/v1/replications/{self.replication_id}/copies'
        self.first, self.second = replication['copies']
        self.copy_path = f'{self.path}/{self.first["id"]}'

    def claim(self):
        """Start both copies, as a conductor does."""
        copies = lease.claim(self.context, self.replication_id, 'c1', 5)
        return sorted(copies, key=lambda copy: copy.id != self.first['id'])


class WaitingTest(TestCase):
    """Copies that sites hold up which do not answer."""

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
        for copies in (
            self.call('GET', self.path).json['copies'],
            replication['copies'],
        ):
            self.assertIn(copy, copies)
        return copy

    def _next_probe(self, site_id):
        [site] = db_site.silent(self.context, [site_id])
        return moment.view(site.next_probe_at)

    def _assert_held_up(self, site_id):
        copy = self._shown()
        self.assertEqual(self._next_probe(site_id), copy['next_attempt_at'])
        self.assertEqual('unreachable', copy['error']['code'])
        self.assertIn(self.DETAIL, copy['error']['detail'])
        self.assertIn('waits', copy['error']['detail'])

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
        lease.postpone(self.context, self.claim()[0], ERROR, 5000)
        self._silence(self.west)
        copy = self._shown()
        self.assertEqual(ERROR, copy['error'])
        self.assertLess(self._next_probe(self.west), copy['next_attempt_at'])

    def test_running_copy_is_not_held_up(self):
        self.claim()
        self._silence(self.west)
        self.assertIsNone(self._shown()['error'])

    def test_retried_copy_tells_it_at_once(self):
        lease.fail(self.context, self.claim()[0], ERROR)
        self._silence(self.west)
        copy = self.call('PUT', f'{self.copy_path}/retry', status=202).json
        self.assertEqual('unreachable', copy['error']['code'])


class IndexTest(TestCase):
    def _targets(self, query=''):
        copies = self.call('GET', f'{self.path}?{query}').json['copies']
        return [copy['target_site_id'] for copy in copies]

    def test_copies_are_those_of_the_replication(self):
        self.add_replication(self.west)
        copies = self.call('GET', self.path).json
        self.assertEqual(
            {'copies': [self.second, self.first], 'links': []}, copies
        )

    def test_filters_and_order(self):
        lease.fail(self.context, self.claim()[0], ERROR)
        for query, targets in (
            ('state=error', [self.west]),
            ('phase=preparing', [self.east]),
            ('outcome=adopted', []),
            (f'target_site_id={self.east}', [self.east]),
            (f'target_image_id={NOBODY}', []),
            ('sort_key=created_at&sort_dir=asc', [self.west, self.east]),
            ('sort_key=finished_at', [self.west, self.east]),
        ):
            self.assertEqual(targets, self._targets(query), query)

    def test_pages_follow_each_other(self):
        body = self.call('GET', f'{self.path}?limit=1').json
        self.assertEqual([self.second], body['copies'])
        body = self.call('GET', body['links'][0]['href']).json
        self.assertEqual([self.first], body['copies'])
        self.assertEqual([], body['links'])

    def test_unknown_replication_returns_404(self):
        path = f'/v1/replications/{NOBODY}/copies'
        self.refused(404, 'replication.not_found', 'GET', path)

    def test_stranger_gets_404_and_admin_sees_it(self):
        self.refused(
            404, 'replication.not_found', 'GET', self.path, persona='stranger'
        )
        self.call('GET', self.path, persona='admin')


class ShowTest(TestCase):
    def test_queued_copy(self):
        self.assertEqual(
            {
                'id': self.first['id'],
                'target_site_id': self.west,
                'target_image_id': None,
                'state': 'queued',
                'phase': None,
                'outcome': None,
                'bytes_sent': 0,
                'bytes_total': None,
                'rate': None,
                'eta': None,
                'attempts': 0,
                'next_attempt_at': None,
                'error': None,
                'notes': [],
                'conductor': None,
                'started_at': None,
                'finished_at': None,
                'history': [],
            },
            self.call('GET', self.copy_path).json,
        )

    def test_running_copy(self):
        renewal.renew(
            self.context,
            self.claim()[0],
            phase='sending',
            bytes_sent=500,
            bytes_total=1000,
            rate=300,
        )
        copy = self.call('GET', self.copy_path).json
        self.assertEqual('copying', copy['state'])
        self.assertEqual('sending', copy['phase'])
        self.assertEqual(2, copy['eta'])
        self.assertEqual(1, copy['attempts'])
        self.assertEqual('c1', copy['conductor'])

    def test_failed_copy(self):
        lease.fail(self.context, self.claim()[0], ERROR, notes=['Renamed.'])
        copy = self.call('GET', self.copy_path).json
        self.assertEqual('error', copy['state'])
        self.assertEqual(ERROR, copy['error'])
        self.assertEqual(['Renamed.'], copy['notes'])
        self.assertIsNone(copy['eta'])
        self.assertIsNotNone(copy['finished_at'])

    def test_history_tells_all_attempts_oldest_first(self):
        lease.postpone(self.context, self.claim()[0], ERROR, delay=-1)
        self.claim()
        history = self.call('GET', self.copy_path).json['history']
        self.assertEqual(
            [(1, 'c1', 'error', ERROR), (2, 'c1', 'copying', None)],
            [
                (
                    item['number'],
                    item['conductor'],
                    item['state'],
                    item['error'],
                )
                for item in history
            ],
        )
        self.assertIsNotNone(history[0]['finished_at'])
        self.assertIsNone(history[1]['finished_at'])

    def test_history_is_in_no_list_and_no_replication(self):
        self.claim()
        replication = self.call(
            'GET', f'/v1/replications/{self.replication_id}'
        ).json
        listed = self.call('GET', self.path).json['copies']
        for copy in (*replication['copies'], *listed):
            self.assertNotIn('history', copy)

    def test_finished_copy_has_no_next_attempt(self):
        lease.fail(
            self.context,
            self.claim()[0],
            ERROR,
            target_image_id=NOBODY,
        )
        [left] = leftover.due(self.context, 0)
        leftover.take(self.context, left, 30)
        copy = self.call('GET', self.copy_path).json
        self.assertIsNone(copy['next_attempt_at'])

    def test_copy_of_another_replication_returns_404(self):
        other = self.add_replication(self.west)['copies'][0]
        for copy_id in (other['id'], NOBODY):
            self.refused(
                404, 'copy.not_found', 'GET', f'{self.path}/{copy_id}'
            )

    def test_stranger_gets_404(self):
        self.refused(
            404,
            'replication.not_found',
            'GET',
            self.copy_path,
            persona='stranger',
        )


class CancelTest(TestCase):
    def setUp(self):
        super().setUp()
        self.cancel = f'{self.copy_path}/cancel'

    def test_only_that_copy_is_cancelled(self):
        copy = self.call('PUT', self.cancel, status=202).json
        self.assertEqual('cancelled', copy['state'])
        other = self.call('GET', f'{self.path}/{self.second["id"]}').json
        self.assertEqual('queued', other['state'])

    def test_running_copy_is_cancelling(self):
        self.claim()
        for _repeated in range(2):
            copy = self.call('PUT', self.cancel, status=202).json
            self.assertEqual('cancelling', copy['state'])

    def test_repeating_it_is_202(self):
        for _repeated in range(2):
            copy = self.call('PUT', self.cancel, status=202).json
            self.assertEqual('cancelled', copy['state'])

    def test_finished_copy_returns_409(self):
        first, second = self.claim()
        lease.complete(self.context, first, outcome='copied')
        lease.fail(self.context, second, ERROR)
        for copy in (self.first, self.second):
            self.refused(
                409,
                'replication.state_conflict',
                'PUT',
                f'{self.path}/{copy["id"]}/cancel',
            )

    def test_reader_gets_403_and_stranger_404(self):
        self.refused(
            403, 'request.forbidden', 'PUT', self.cancel, persona='reader'
        )
        self.refused(
            404,
            'replication.not_found',
            'PUT',
            self.cancel,
            persona='stranger',
        )


class RetryTest(TestCase):
    def setUp(self):
        super().setUp()
        self.retry = f'{self.copy_path}/retry'

    def test_only_that_copy_is_queued_again(self):
        for copy in self.claim():
            lease.fail(self.context, copy, ERROR)
        copy = self.call('PUT', self.retry, status=202).json
        self.assertEqual('queued', copy['state'])
        self.assertIsNone(copy['error'])
        other = self.call('GET', f'{self.path}/{self.second["id"]}').json
        self.assertEqual('error', other['state'])

    def test_cancelled_copy_is_queued_again(self):
        self.call('PUT', f'{self.copy_path}/cancel', status=202)
        copy = self.call('PUT', self.retry, status=202).json
        self.assertEqual('queued', copy['state'])

    def test_active_copy_is_202_and_nothing_changes(self):
        self.assertEqual(
            self.first, self.call('PUT', self.retry, status=202).json
        )
        self.claim()
        copy = self.call('PUT', self.retry, status=202).json
        self.assertEqual('copying', copy['state'])

    def test_parked_copy_is_queued_with_the_credential_of_today(self):
        for copy in self.claim():
            lease.park(self.context, copy, ERROR)
        newer = self.add_credential(self.west)['id']
        for path in (
            self.retry,
            f'/v1/replications/{self.replication_id}/retry',
        ):
            self.call('PUT', path, status=202)
        copies = {
            row.target_site_id: row
            for row in db_image_copy.index(
                self.context, self.replication_id, listing.Page()
            )
        }
        self.assertEqual(newer, copies[self.west].credential_id)
        for copy in copies.values():
            self.assertEqual(
                ('queued', None, None),
                (copy.state, copy.parked_at, copy.error),
            )

    def test_cancelling_copy_returns_409(self):
        self.claim()
        self.call('PUT', f'{self.copy_path}/cancel', status=202)
        self.refused(409, 'replication.state_conflict', 'PUT', self.retry)

    def test_completed_copy_returns_409(self):
        lease.complete(self.context, self.claim()[0], outcome='copied')
        self.refused(409, 'replication.state_conflict', 'PUT', self.retry)

    def test_reader_gets_403_and_stranger_404(self):
        self.refused(
            403, 'request.forbidden', 'PUT', self.retry, persona='reader'
        )
        self.refused(
            404, 'replication.not_found', 'PUT', self.retry, persona='stranger'
        )
