# SPDX-License-Identifier: Apache-2.0

from glint.db import credential as db_credential
from glint.db import image_copy as db_image_copy
from glint.db import leftover
from glint.db import listing
from glint.db.queue import lease
from glint.db.queue import renewal
from glint.tests.unit.api.controllers.v1 import copies

NOBODY = '6f1c0e5e-2f0b-4c1e-9d55-0d7c6a3b9e41'


class IndexTest(copies.TestCase):
    def _targets(self, query=''):
        found = self.call('GET', f'{self.path}?{query}').json['copies']
        return [copy['target_site_id'] for copy in found]

    def test_copies_are_those_of_the_replication(self):
        self.add_replication(self.west)
        found = self.call('GET', self.path).json
        self.assertEqual(
            {'copies': [self.second, self.first], 'links': []}, found
        )

    def test_filters_and_order(self):
        lease.fail(self.context, self.claim_both()[0], copies.ERROR)
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


class ShowTest(copies.TestCase):
    def test_queued_copy(self):
        self.assertEqual(
            {
                'id': self.first['id'],
                'target_site_id': self.west,
                'target_site_name': 'west',
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
                'waits_for': [
                    {
                        'reason': 'turn',
                        'detail': 'The copy waits for a free conductor.',
                        'site_id': None,
                        'credential_id': None,
                        'replication_id': None,
                        'running': None,
                        'limit': None,
                        'ahead': 0,
                        'until': None,
                    }
                ],
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
            self.claim_both()[0],
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
        lease.fail(
            self.context,
            self.claim_both()[0],
            copies.ERROR,
            notes=['Renamed.'],
        )
        copy = self.call('GET', self.copy_path).json
        self.assertEqual('error', copy['state'])
        self.assertEqual(copies.ERROR, copy['error'])
        self.assertEqual(['Renamed.'], copy['notes'])
        self.assertIsNone(copy['eta'])
        self.assertIsNotNone(copy['finished_at'])

    def test_history_tells_all_attempts_oldest_first(self):
        lease.postpone(
            self.context, self.claim_both()[0], copies.ERROR, delay=-1
        )
        self.claim_both()
        history = self.call('GET', self.copy_path).json['history']
        self.assertEqual(
            [(1, 'c1', 'error', copies.ERROR), (2, 'c1', 'copying', None)],
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
        self.claim_both()
        replication = self.call(
            'GET', f'/v1/replications/{self.replication_id}'
        ).json
        listed = self.call('GET', self.path).json['copies']
        for copy in (*replication['copies'], *listed):
            self.assertNotIn('history', copy)

    def test_finished_copy_has_no_next_attempt(self):
        lease.fail(
            self.context,
            self.claim_both()[0],
            copies.ERROR,
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


class CancelTest(copies.TestCase):
    def setUp(self):
        super().setUp()
        self.cancel = f'{self.copy_path}/cancel'

    def test_only_that_copy_is_cancelled(self):
        copy = self.call('PUT', self.cancel, status=202).json
        self.assertEqual('cancelled', copy['state'])
        other = self.call('GET', f'{self.path}/{self.second["id"]}').json
        self.assertEqual('queued', other['state'])

    def test_running_copy_is_cancelling(self):
        self.claim_both()
        for _repeated in range(2):
            copy = self.call('PUT', self.cancel, status=202).json
            self.assertEqual('cancelling', copy['state'])

    def test_repeating_it_is_202(self):
        for _repeated in range(2):
            copy = self.call('PUT', self.cancel, status=202).json
            self.assertEqual('cancelled', copy['state'])

    def test_finished_copy_returns_409(self):
        first, second = self.claim_both()
        lease.complete(self.context, first, outcome='copied')
        lease.fail(self.context, second, copies.ERROR)
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


class RetryTest(copies.TestCase):
    def setUp(self):
        super().setUp()
        self.retry = f'{self.copy_path}/retry'

    def test_only_that_copy_is_queued_again(self):
        for copy in self.claim_both():
            lease.fail(self.context, copy, copies.ERROR)
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
        self.claim_both()
        copy = self.call('PUT', self.retry, status=202).json
        self.assertEqual('copying', copy['state'])

    def test_parked_copy_is_queued_with_the_credential_of_today(self):
        for credential_id in (self.west_key, self.east_key):
            db_credential.refuse(
                self.context, credential_id, 'No such user.', False
            )
        self.refused(409, 'credential.refused', 'PUT', self.retry)
        newer = self.add_credential(self.west)['id']
        copy = self.call('PUT', self.retry, status=202).json
        self.assertIsNone(copy['error'])
        retry_all = f'/v1/replications/{self.replication_id}/retry'
        detail = self.refused(409, 'credential.refused', 'PUT', retry_all)
        self.assertIn(self.east_key, detail)
        db_credential.set_state(self.context, self.east_key, 'ok', None)
        self.call('PUT', retry_all, status=202)
        rows = {
            row.target_site_id: row
            for row in db_image_copy.index(
                self.context, self.replication_id, listing.Page()
            )
        }
        self.assertEqual(newer, rows[self.west].credential_id)
        for copy in rows.values():
            self.assertEqual(('queued', None), (copy.state, copy.error))

    def test_cancelling_copy_returns_409(self):
        self.claim_both()
        self.call('PUT', f'{self.copy_path}/cancel', status=202)
        self.refused(409, 'replication.state_conflict', 'PUT', self.retry)

    def test_completed_copy_returns_409(self):
        lease.complete(self.context, self.claim_both()[0], outcome='copied')
        self.refused(409, 'replication.state_conflict', 'PUT', self.retry)

    def test_reader_gets_403_and_stranger_404(self):
        self.refused(
            403, 'request.forbidden', 'PUT', self.retry, persona='reader'
        )
        self.refused(
            404, 'replication.not_found', 'PUT', self.retry, persona='stranger'
        )
