# SPDX-License-Identifier: Apache-2.0

from unittest import mock
import uuid

import ddt

from glint import rpc
from glint.db import image_listing
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.order import repeated
from glint.tests.unit.api import base
from glint.tests.unit.api.controllers.v1 import replications


@ddt.ddt
class CreateTest(replications.TestCase):
    def test_least_body_gets_the_defaults(self):
        response = self.call('POST', '/v1/replications', self.body, status=202)
        replication = response.json
        self.assertEqual(
            f'http://localhost/v1/replications/{replication["id"]}',
            response.location,
        )
        self.assertEqual(replication, self.call('GET', response.location).json)
        copies = replication.pop('copies')
        self.assertEqual(
            {
                'id': replication['id'],
                'image_id': base.IMAGE_ID,
                'image_name': None,
                'source_site_id': db_site.HOME_ID,
                'source_site_name': 'home',
                'target_site_ids': [self.east, self.west],
                'target_site_names': ['east', 'west'],
                'state': 'queued',
                'priority': 'normal',
                'size': None,
                'progress': 0,
                'bytes_sent': 0,
                'bytes_total': None,
                'copies_summary': {
                    'total': 2,
                    'queued': 2,
                    'copying': 0,
                    'cancelling': 0,
                    'completed': 0,
                    'error': 0,
                    'cancelled': 0,
                },
                'waits_for': copies[0]['waits_for'],
                'options': {
                    'image_name': None,
                    'visibility': None,
                    'preserve_id': False,
                    'properties': {'set': {}, 'remove': []},
                    'members': False,
                    'on_conflict': None,
                    'on_difference': 'copy',
                },
                'client_token': None,
                'user_id': 'the-member',
                'project_id': 'ours',
                'created_at': replication['created_at'],
                'updated_at': None,
                'started_at': None,
                'finished_at': None,
            },
            replication,
        )
        self.assertEqual(
            {self.west: 'west', self.east: 'east'},
            {
                copy['target_site_id']: copy['target_site_name']
                for copy in copies
            },
        )
        self.assertEqual({'queued'}, {copy['state'] for copy in copies})

    def test_dead_broker_returns_202_all_the_same(self):
        rpc.cleanup()
        self.config(transport_url='rabbit://glint:canary@127.0.0.1:9/')
        self.config(group='oslo_messaging_rabbit', kombu_reconnect_delay=0.1)
        rpc.init()
        self.add_replication(self.west)

    def test_credentials_are_chosen_and_kept(self):
        replication = self.add_replication(self.west)
        (copy,) = self.claim(replication['id'])
        self.assertEqual(self.west_key, copy.credential_id)
        row = db_replication.get(self.context, replication['id'], None)
        self.assertEqual(self.home_key, row.source_credential_id)
        self.assertRegex(row.request_id, '^req-')
        self.assertIsNone(row.global_request_id)

    def test_id_that_the_caller_gave_the_request_is_kept(self):
        theirs = f'req-{uuid.uuid4()}'
        replication = self.call(
            *('POST', '/v1/replications', self.body),
            status=202,
            headers={'X-OpenStack-Request-ID': theirs},
        ).json
        row = db_replication.get(self.context, replication['id'], None)
        self.assertEqual(theirs, row.global_request_id)
        self.assertNotEqual(theirs, row.request_id)

    def test_image_has_the_name_of_the_request_until_the_source_tells(self):
        name = 'a\u202eb\n'
        made = self.add_replication(self.west, image_name=name)
        self.assertEqual(name, made['image_name'])
        self.assertIsNone(made['options']['image_name'])
        db_replication.set_image(self.context, made['id'], 'debian', 7)
        shown = self.call('GET', f'/v1/replications/{made["id"]}').json
        self.assertEqual('debian', shown['image_name'])

    def test_image_has_the_name_that_its_site_has_listed(self):
        self._list(self.west_key, 'of-another-site')
        self.assertIsNone(self.add_replication(self.west)['image_name'])
        self._list(self.home_key, 'debian-13')
        made = self.add_replication(self.west)
        self.assertEqual('debian-13', made['image_name'])
        made = self.add_replication(self.west, image_id=replications.NOBODY)
        self.assertIsNone(made['image_name'])
        made = self.add_replication(self.west, image_name='as-i-call-it')
        self.assertEqual('as-i-call-it', made['image_name'])

    def _list(self, credential_id, name):
        fields = (*image_listing.Image._fields, *image_listing.Kind._fields)
        record = dict.fromkeys(fields)
        image_listing.listed(
            self.context,
            image_listing.Key(credential_id, 'own'),
            image_listing.now(self.context),
            [{**record, 'id': base.IMAGE_ID, 'name': name}],
        )

    def test_options_are_kept(self):
        options = {
            'image_name': 'debian',
            'visibility': 'community',
            'preserve_id': True,
            'properties': {'set': {'os_distro': 'debian'}, 'remove': ['a']},
            'members': True,
            'on_conflict': 'rename',
            'on_difference': 'amend',
        }
        replication = self.add_replication(self.west, options=options)
        self.assertEqual(options, replication['options'])

    def test_source_can_be_another_site_and_home_the_target(self):
        replication = self.add_replication(
            db_site.HOME_ID, source_site_id=self.west
        )
        self.assertEqual(self.west, replication['source_site_id'])
        (copy,) = self.claim(replication['id'])
        self.assertEqual(self.home_key, copy.credential_id)

    @ddt.data(
        {'image_id': None},
        {'image_id': 'debian'},
        {'image_id': base.IMAGE_ID.upper()},
        {'image_id': base.IMAGE_ID + '\n'},
        {'image_name': ''},
        {'image_name': 'x' * 256},
        {'image_name': 'a\0b'},
        {'image_name': 1},
        {'target_site_ids': []},
        {'target_site_ids': None},
        {'target_site_ids': replications.NOBODY},
        {'target_site_ids': ['west']},
        {'target_site_ids': [replications.NOBODY, replications.NOBODY]},
        {'source_site_id': None},
        {'source_site_id': 'home'},
        {'client_token': ''},
        {'client_token': 'x' * 256},
        {'options': None},
        {'options': {'nothing': 1}},
        {'options': {'image_name': ''}},
        {'options': {'image_name': 'x' * 256}},
        {'options': {'visibility': 'secret'}},
        {'options': {'preserve_id': 'true'}},
        {'options': {'members': 1}},
        {'options': {'on_conflict': 'overwrite'}},
        {'options': {'on_difference': None}},
        {'options': {'on_difference': 'overwrite'}},
        {'options': {'properties': None}},
        {'options': {'properties': {'add': {}}}},
        {'options': {'properties': {'set': {'a': 1}}}},
        {'options': {'properties': {'set': {'': 'x'}}}},
        {'options': {'properties': {'set': {'x' * 256: 'x'}}}},
        {'options': {'properties': {'set': {'a': 'x' * 65536}}}},
        {
            'options': {
                'properties': {'set': {f'a{n}': 'x' for n in range(129)}}
            }
        },
        {'options': {'properties': {'remove': ['a', 'a']}}},
        {'options': {'properties': {'remove': 'a'}}},
        {'state': 'completed'},
    )
    def test_bad_body_returns_400(self, change):
        body = {**self.body, **change}
        self.refused(400, 'request.invalid', 'POST', '/v1/replications', body)

    def test_missing_field_returns_400(self):
        for key in self.body:
            body = {k: v for k, v in self.body.items() if k != key}
            self.refused(
                400, 'request.invalid', 'POST', '/v1/replications', body
            )

    def test_too_many_targets_return_400(self):
        self.config(group='api', max_targets=1)
        self.refused(
            400, 'request.invalid', 'POST', '/v1/replications', self.body
        )

    def test_unknown_site_returns_400(self):
        theirs = self.add_site('theirs', 'stranger')['id']
        for change in (
            {'target_site_ids': [self.west, replications.NOBODY]},
            {'target_site_ids': [theirs]},
            {'source_site_id': replications.NOBODY},
            {'source_site_id': theirs},
        ):
            self.refused(
                400,
                'replication.unknown_site',
                'POST',
                '/v1/replications',
                {**self.body, **change},
            )

    def test_source_among_the_targets_returns_400(self):
        for source in ({}, {'source_site_id': self.west}):
            body = {
                **self.body,
                **source,
                'target_site_ids': [db_site.HOME_ID, self.west],
            }
            self.refused(
                400,
                'replication.source_is_target',
                'POST',
                '/v1/replications',
                body,
            )

    def test_disabled_site_returns_400_with_its_name(self):
        self.call('PATCH', f'/v1/sites/{self.east}', {'enabled': False})
        detail = self.refused(
            400,
            'replication.site_disabled',
            'POST',
            '/v1/replications',
            self.body,
        )
        self.assertIn('east', detail)

    def test_no_credential_returns_400_with_the_name_of_the_site(self):
        self.call('DELETE', f'/v1/credentials/{self.east_key}', status=204)
        detail = self.refused(
            400,
            'replication.no_credential',
            'POST',
            '/v1/replications',
            self.body,
        )
        self.assertIn('east', detail)
        self.assertEqual(
            [], self.call('GET', '/v1/replications').json['replications']
        )

    def test_credential_that_another_user_shares_is_used(self):
        self.add_home_credential('colleague')
        shared = self.add_credential(self.west, shared=True)['id']
        replication = self.add_replication(self.west, persona='colleague')
        (copy,) = self.claim(replication['id'])
        self.assertEqual(shared, copy.credential_id)

    def test_private_credential_of_another_user_is_not_used(self):
        self.add_home_credential('colleague')
        self.refused(
            400,
            'replication.no_credential',
            'POST',
            '/v1/replications',
            self.body,
            persona='colleague',
        )


class DoorbellTest(replications.TestCase):
    conductor_runs = True

    def test_a_conductor_is_told_of_what_is_queued(self):
        replication = self.add_replication(self.west)
        told = ('replicate', replication['id'])
        self.assertEqual(told, self.conductor.next_call())
        path = f'/v1/replications/{replication["id"]}'
        self.call('PUT', f'{path}/cancel', status=202)
        self.call('PUT', f'{path}/retry', status=202)
        self.assertEqual(told, self.conductor.next_call())


@ddt.ddt
class ClientTokenTest(replications.TestCase):
    def test_same_token_answers_the_first_replication(self):
        body = {**self.body, 'client_token': 't'}
        first = self.call('POST', '/v1/replications', body, status=202)
        again = self.call('POST', '/v1/replications', body, status=202)
        self.assertEqual(first.json, again.json)
        self.assertEqual(first.location, again.location)
        self.assertEqual(1, self._count())

    def test_same_token_with_the_defaults_written_out_is_the_same(self):
        first = self.add_replication(self.west, self.east, client_token='t')
        again = self.add_replication(
            self.east,
            self.west,
            client_token='t',
            priority='normal',
            credential_ids=[],
            image_name='debian-13',
            options={'on_difference': 'copy', 'properties': {}},
        )
        self.assertEqual(first['id'], again['id'])

    @ddt.data('image_id', 'target_site_ids', 'options', 'credential_ids')
    def test_same_token_with_another_request_is_refused(self, key):
        first = self.add_replication(self.west, client_token='t')
        other = {
            'image_id': replications.NOBODY,
            'target_site_ids': [self.east],
            'options': {'visibility': 'community'},
            'credential_ids': [self.west_key],
        }
        detail = self.refused(
            409,
            'replication.client_token_used',
            'POST',
            '/v1/replications',
            {
                **self.body,
                'target_site_ids': [self.west],
                'client_token': 't',
                key: other[key],
            },
        )
        self.assertIn(first['id'], detail)
        self.assertIn(first['image_id'], detail)
        self.assertEqual(1, self._count())

    def test_same_token_that_comes_second_by_a_moment_is_compared(self):
        first = self.add_replication(self.west, client_token='t')
        find = repeated.db_replication.get_by_token
        seen = iter([None])

        def too_early(*arguments):
            return next(seen, find(*arguments))

        with mock.patch.object(
            repeated.db_replication, 'get_by_token', autospec=True
        ) as patched:
            patched.side_effect = too_early
            detail = self.refused(
                409,
                'replication.client_token_used',
                'POST',
                '/v1/replications',
                {**self.body, 'client_token': 't'},
            )
        self.assertIn(first['id'], detail)

    def test_same_token_holds_for_other_users_of_the_project(self):
        first = self.add_replication(self.west, client_token='t')
        again = self.add_replication(
            self.west, client_token='t', persona='colleague'
        )
        self.assertEqual(first['id'], again['id'])

    def test_same_token_of_another_project_is_another_replication(self):
        first = self.add_replication(self.west, client_token='t')
        self.add_home_credential('stranger')
        theirs = self.add_site(persona='stranger')['id']
        self.add_credential(theirs, 'stranger')
        other = self.add_replication(
            theirs, client_token='t', persona='stranger'
        )
        self.assertNotEqual(first['id'], other['id'])

    def test_without_token_each_is_a_new_one(self):
        for _number in range(2):
            self.add_replication(self.west, client_token=None)
        self.assertEqual(2, self._count())

    def _count(self):
        return len(self.call('GET', '/v1/replications').json['replications'])


class DryRunTest(replications.TestCase):
    conductor_runs = True
    PATH = '/v1/replications?dry_run=true'

    def test_plan_is_answered_and_nothing_stored(self):
        body = {**self.body, 'image_name': 'debian-13'}
        response = self.call('POST', self.PATH, body)
        self.assertEqual(
            [self.west, self.east],
            [target['target_site_id'] for target in response.json['targets']],
        )
        self.assertNotIn('Location', response.headers)
        self.assertEqual(
            (
                'plan',
                {
                    'image_id': base.IMAGE_ID,
                    'image_name': 'debian-13',
                    'source_site_id': db_site.HOME_ID,
                    'source_credential_id': self.home_key,
                    'options': {
                        'image_name': None,
                        'visibility': None,
                        'preserve_id': False,
                        'members': False,
                        'on_conflict': None,
                        'on_difference': 'copy',
                        'properties': {'set': {}, 'remove': []},
                    },
                    'targets': {
                        self.west: self.west_key,
                        self.east: self.east_key,
                    },
                },
            ),
            self.conductor.next_call(),
        )
        self.assertEqual(
            [], self.call('GET', '/v1/replications').json['replications']
        )

    def test_false_replicates(self):
        path = '/v1/replications?dry_run=false'
        self.call('POST', path, self.body, status=202)

    def test_errors_are_those_of_the_real_call(self):
        body = {**self.body, 'target_site_ids': [replications.NOBODY]}
        self.refused(400, 'replication.unknown_site', 'POST', self.PATH, body)

    def test_bad_query_returns_400(self):
        for query in ('dry_run=perhaps', 'dry-run=true', 'limit=1'):
            self.refused(
                400,
                'request.invalid',
                'POST',
                f'/v1/replications?{query}',
                self.body,
            )


class WithoutConductorTest(replications.TestCase):
    def test_dry_run_returns_503(self):
        self.config(group='api', conductor_timeout=1)
        self.refused(
            503,
            'conductor.unavailable',
            'POST',
            DryRunTest.PATH,
            self.body,
        )

    def test_replication_is_stored_all_the_same(self):
        self.add_replication(self.west)
