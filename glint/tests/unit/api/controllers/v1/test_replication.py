# SPDX-License-Identifier: Apache-2.0

import ddt

from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.db.queue import lease
from glint.db.queue import renewal
from glint.db.queue import turn
from glint.tests.unit.api import base
from glint.tests.unit.api.controllers.v1 import replications


@ddt.ddt
class IndexTest(replications.TestCase):
    def _ids(self, query='', persona='member'):
        response = self.call(
            'GET', f'/v1/replications?{query}', persona=persona
        )
        return [row['id'] for row in response.json['replications']]

    def test_newest_comes_first_without_copies(self):
        first = self.add_replication(self.west)
        second = self.add_replication(self.east)
        rows = self.call('GET', '/v1/replications').json['replications']
        for row in (first, second):
            row.pop('copies')
            # What comes before is counted for one only.
            row['waits_for'][0] |= {
                'detail': 'The copy waits for its turn.',
                'ahead': None,
            }
        self.assertEqual([second, first], rows)

    def test_all_users_of_the_project_see_it(self):
        replication = self.add_replication(self.west)
        for persona in ('colleague', 'reader', 'manager'):
            self.assertEqual([replication['id']], self._ids('', persona))
        for persona in ('stranger', 'admin'):
            self.assertEqual([], self._ids('', persona))

    def test_all_projects_needs_admin(self):
        replication = self.add_replication(self.west)
        for query in ('', '&project_id=ours'):
            self.assertEqual(
                [replication['id']],
                self._ids(f'all_projects=true{query}', 'admin'),
            )
        self.assertEqual(
            [], self._ids('all_projects=true&project_id=theirs', 'admin')
        )
        self.refused(
            403,
            'request.forbidden',
            'GET',
            '/v1/replications?all_projects=true',
        )

    def test_filters(self):
        first = self.add_replication(self.west, client_token='t')['id']
        second = self.add_replication(
            db_site.HOME_ID, source_site_id=self.west
        )['id']
        self.call('PUT', f'/v1/replications/{second}/cancel', status=202)
        for query, ids in (
            ('state=queued', [first]),
            ('state=cancelled', [second]),
            ('client_token=t', [first]),
            (f'source_site_id={self.west}', [second]),
            (f'target_site_id={self.west}', [first]),
            (f'target_site_id={self.west}&state=cancelled', []),
            (f'target_site_id={db_site.HOME_ID}', [second]),
            (f'target_site_id={self.east}', []),
            (f'image_id={base.IMAGE_ID}', [second, first]),
            (f'image_id={replications.NOBODY}', []),
            ('user_id=the-member&state=queued', [first]),
            ('image_name=x', []),
        ):
            self.assertEqual(ids, self._ids(query), query)

    def test_pages_follow_each_other_in_every_order(self):
        for number in range(5):
            row = self.add_replication(self.west)
            if number % 2:
                db_replication.set_image(
                    self.context, row['id'], f'image-{number}', number
                )
            else:
                path = f'/v1/replications/{row["id"]}/cancel'
                self.call('PUT', path, status=202)
        for key in (
            'created_at',
            'updated_at',
            'started_at',
            'finished_at',
            'image_name',
            'size',
            'state',
        ):
            for direction in ('asc', 'desc'):
                order = f'sort_key={key}&sort_dir={direction}'
                whole = self._ids(order)
                self.assertEqual(5, len(whole))
                self.assertEqual(whole, self._walk(f'{order}&limit=1'), order)

    def _walk(self, query):
        address, ids = f'/v1/replications?{query}', []
        while address:
            body = self.call('GET', address).json
            ids += [row['id'] for row in body['replications']]
            address = body['links'][0]['href'] if body['links'] else None
        return ids

    @ddt.data('state=done', 'image_id=x', 'sort_key=options', 'progress=1')
    def test_bad_query_returns_400(self, query):
        self.refused(
            400, 'request.invalid', 'GET', f'/v1/replications?{query}'
        )


class ShowTest(replications.TestCase):
    def test_unknown_returns_404(self):
        self.refused(
            404,
            'replication.not_found',
            'GET',
            f'/v1/replications/{replications.NOBODY}',
        )

    def test_another_projects_returns_404_but_to_admin(self):
        replication = self.add_replication(self.west)
        path = f'/v1/replications/{replication["id"]}'
        self.refused(
            404, 'replication.not_found', 'GET', path, persona='stranger'
        )
        self.assertEqual(
            replication, self.call('GET', path, persona='admin').json
        )

    def test_progress_is_that_of_all_copies(self):
        replication = self.add_replication(self.west, self.east)
        db_replication.set_image(
            self.context, replication['id'], 'debian', 1000
        )
        (copy,) = self.claim(replication['id'], limit=1)
        renewal.renew(
            self.context,
            copy,
            bytes_sent=500,
            bytes_total=1000,
            rate=100,
            phase='sending',
        )
        shown = self.call('GET', f'/v1/replications/{replication["id"]}').json
        self.assertEqual('copying', shown['state'])
        self.assertEqual('debian', shown['image_name'])
        self.assertEqual(1000, shown['size'])
        self.assertEqual(500, shown['bytes_sent'])
        self.assertEqual(2000, shown['bytes_total'])
        self.assertEqual(25, shown['progress'])
        self.assertEqual(1, shown['copies_summary']['copying'])
        self.assertIsNotNone(shown['started_at'])


class DeleteTest(replications.TestCase):
    def setUp(self):
        super().setUp()
        self.replication_id = self.add_replication(self.west)['id']
        self.path = f'/v1/replications/{self.replication_id}'

    def test_finished_one_is_gone(self):
        self.call('PUT', f'{self.path}/cancel', status=202)
        self.call('DELETE', self.path, status=204)
        for path in (self.path, f'{self.path}/copies'):
            self.refused(404, 'replication.not_found', 'GET', path)
        self.refused(404, 'replication.not_found', 'DELETE', self.path)

    def test_active_one_returns_409(self):
        self.refused(409, 'replication.not_final', 'DELETE', self.path)
        self.claim(self.replication_id)
        self.refused(409, 'replication.not_final', 'DELETE', self.path)

    def test_one_with_an_unfinished_image_left_returns_409(self):
        [copy] = self.claim(self.replication_id)
        lease.fail(
            self.context,
            copy,
            {
                'code': 'x',
                'detail': 'y',
                'retryable': False,
                'http_status': None,
            },
            target_image_id=base.IMAGE_ID,
        )
        self.refused(409, 'replication.has_leftovers', 'DELETE', self.path)

    def test_any_member_of_the_project_may(self):
        self.call('PUT', f'{self.path}/cancel', status=202)
        self.refused(
            403, 'request.forbidden', 'DELETE', self.path, persona='reader'
        )
        self.call('DELETE', self.path, persona='colleague', status=204)


class CancelTest(replications.TestCase):
    def setUp(self):
        super().setUp()
        self.replication_id = self.add_replication(self.west, self.east)['id']
        self.path = f'/v1/replications/{self.replication_id}/cancel'

    def _cancel(self, persona='member'):
        return self.call('PUT', self.path, persona=persona, status=202).json

    def test_queued_is_cancelled_at_once(self):
        self.assertEqual('cancelled', self._cancel()['state'])

    def test_running_is_cancelling_until_its_conductor_stops(self):
        self.claim(self.replication_id, limit=1)
        answer = self._cancel()
        self.assertEqual('cancelling', answer['state'])
        self.assertEqual(
            ['cancelled', 'cancelling'],
            sorted(copy['state'] for copy in answer['copies']),
        )

    def test_repeating_it_is_202(self):
        self.claim(self.replication_id, limit=1)
        self.assertEqual(self._cancel()['state'], self._cancel()['state'])

    def test_repeating_it_after_the_end_is_202(self):
        self._cancel()
        self.assertEqual('cancelled', self._cancel()['state'])

    def test_finished_returns_409(self):
        one, two = self.claim(self.replication_id)
        lease.complete(self.context, one, outcome='copied')
        lease.fail(self.context, two, {'code': 'x'})
        self.refused(409, 'replication.state_conflict', 'PUT', self.path)

    def test_what_is_left_is_cancelled(self):
        (one,) = self.claim(self.replication_id, limit=1)
        lease.complete(self.context, one, outcome='copied')
        summary = self._cancel()['copies_summary']
        self.assertEqual(1, summary['completed'])
        self.assertEqual(1, summary['cancelled'])
        self.refused(409, 'replication.state_conflict', 'PUT', self.path)

    def test_any_member_of_the_project_may(self):
        self.refused(
            403, 'request.forbidden', 'PUT', self.path, persona='reader'
        )
        self.refused(
            404, 'replication.not_found', 'PUT', self.path, persona='stranger'
        )
        self._cancel('colleague')

    def test_empty_object_as_body_is_taken(self):
        self.call('PUT', self.path, {}, status=202)
        self.refused(400, 'request.invalid', 'PUT', self.path, {'now': True})


class RetryTest(replications.TestCase):
    def setUp(self):
        super().setUp()
        self.replication_id = self.add_replication(self.west, self.east)['id']
        self.path = f'/v1/replications/{self.replication_id}/retry'

    def _fail(self):
        error = {
            'code': 'x',
            'detail': 'x',
            'retryable': False,
            'http_status': None,
        }
        for copy in self.claim(self.replication_id):
            lease.fail(self.context, copy, error)

    def test_failed_copies_are_queued(self):
        self._fail()
        answer = self.call('PUT', self.path, status=202).json
        self.assertEqual('queued', answer['state'])
        self.assertEqual(2, answer['copies_summary']['queued'])
        for copy in answer['copies']:
            self.assertIsNone(copy['error'])
            self.assertEqual(0, copy['attempts'])

    def test_completed_copies_stay(self):
        one, two = self.claim(self.replication_id)
        lease.complete(self.context, one, outcome='copied')
        lease.fail(self.context, two, {'code': 'x'})
        summary = self.call('PUT', self.path, status=202).json[
            'copies_summary'
        ]
        self.assertEqual(1, summary['completed'])
        self.assertEqual(1, summary['queued'])

    def test_cancelled_copies_are_queued(self):
        self.call(
            'PUT', f'/v1/replications/{self.replication_id}/cancel', status=202
        )
        self.assertEqual(
            'queued', self.call('PUT', self.path, status=202).json['state']
        )

    def test_active_is_202_and_nothing_changes(self):
        before = self.call('GET', self.path[:-6]).json
        self.assertEqual(before, self.call('PUT', self.path, status=202).json)

    def test_completed_returns_409(self):
        for copy in self.claim(self.replication_id):
            lease.complete(self.context, copy, outcome='copied')
        self.refused(409, 'replication.state_conflict', 'PUT', self.path)

    def test_cancelling_returns_409(self):
        self.claim(self.replication_id)
        self.call(
            'PUT', f'/v1/replications/{self.replication_id}/cancel', status=202
        )
        self.refused(409, 'replication.state_conflict', 'PUT', self.path)

    def test_credentials_are_chosen_anew(self):
        self._fail()
        self.call('DELETE', f'/v1/credentials/{self.west_key}', status=204)
        self.refused(400, 'replication.no_credential', 'PUT', self.path)
        new = self.add_credential(self.west)['id']
        self.call('PUT', self.path, status=202)
        self.assertEqual(
            {new, self.east_key},
            {copy.credential_id for copy in self.claim(self.replication_id)},
        )

    def test_deleted_site_returns_400(self):
        self._fail()
        self.call('DELETE', f'/v1/sites/{self.east}?cascade=1', status=204)
        self.refused(400, 'replication.unknown_site', 'PUT', self.path)

    def test_colleague_retries_with_the_own_credentials(self):
        self._fail()
        self.add_home_credential('colleague')
        self.refused(
            400,
            'replication.no_credential',
            'PUT',
            self.path,
            persona='colleague',
        )
        keys = {
            self.add_credential(site_id, 'colleague')['id']
            for site_id in (self.west, self.east)
        }
        self.call('PUT', self.path, persona='colleague', status=202)
        self.assertEqual(
            keys,
            {copy.credential_id for copy in self.claim(self.replication_id)},
        )

    def test_admin_retries_with_the_credentials_of_the_user(self):
        self._fail()
        self.call('PUT', self.path, persona='admin', status=202)
        self.assertEqual(
            {self.west_key, self.east_key},
            {copy.credential_id for copy in self.claim(self.replication_id)},
        )


class PriorityTest(replications.TestCase):
    def _priority(self, replication_id):
        path = f'/v1/replications/{replication_id}'
        return self.call('GET', path).json['priority']

    def test_operator_changes_the_priority(self):
        replication = self.add_replication(self.west)
        self.assertEqual('normal', replication['priority'])
        other = self.add_replication(self.east)
        path = f'/v1/replications/{replication["id"]}'
        for priority in ('high', 'low'):
            answer = self.call(
                'PATCH', path, {'priority': priority}, persona='admin'
            )
            self.assertEqual(priority, answer.json['priority'])
            self.assertEqual(priority, self._priority(replication['id']))
        self.assertEqual('normal', self._priority(other['id']))
        self.assertEqual([other['id']], turn.due(self.context, 9))

    def test_nobody_else_does(self):
        replication = self.add_replication(self.west)
        path = f'/v1/replications/{replication["id"]}'
        body = {'priority': 'high'}
        self.refused(403, 'request.forbidden', 'PATCH', path, body)
        self.assertEqual('normal', self._priority(replication['id']))

    def test_priority_is_one_of_three(self):
        replication = self.add_replication(self.west)
        path = f'/v1/replications/{replication["id"]}'
        for body in ({'priority': 'urgent'}, {'priority': 0}, {}):
            self.refused(
                400, 'request.invalid', 'PATCH', path, body, persona='admin'
            )

    def test_user_may_only_name_the_normal_one(self):
        made = self.add_replication(self.west, priority='normal')
        self.assertEqual('normal', made['priority'])
        body = {**self.body, 'priority': 'high'}
        self.refused(
            403, 'request.forbidden', 'POST', '/v1/replications', body
        )
