# SPDX-License-Identifier: Apache-2.0

import datetime

from glint import states
from glint.db import site as db_site
from glint.db.rule import execution as db_execution
from glint.db.rule import replica as db_replica
from glint.db.rule import rule as db_rule
from glint.tests.unit.api.controllers.v1 import rules

NOBODY = '6f1c0e5e-2f0b-4c1e-9d55-0d7c6a3b9e41'
REMOVES = {'action': 'delete'}


class VersionTest(rules.TestCase):
    def test_rules_are_not_there_before_1_1(self):
        for version in ('1.0', None):
            headers = {}
            if version:
                headers['OpenStack-API-Version'] = (
                    f'image-replication {version}'
                )
            for method, path in (
                ('GET', '/v1/rules'),
                ('PATCH', '/v1/rules'),
                ('GET', f'/v1/rules/{NOBODY}/replicas'),
            ):
                response = self.app.request(
                    path,
                    method=method,
                    headers={'X-Auth-Token': 'member', **headers},
                    status=404,
                )
                self.assertError(response, 404, 'request.not_found')


class CreateTest(rules.TestCase):
    def test_defaults_are_filled_in(self):
        response = self.call(
            'POST',
            '/v1/rules',
            {
                'name': 'ubuntu',
                'target_site_ids': [self.west],
                'select': {'names': ['ubuntu-*']},
            },
            status=201,
        )
        rule = response.json
        self.assertEqual(
            f'http://localhost/v1/rules/{rule["id"]}',
            response.headers['Location'],
        )
        expected = {
            'name': 'ubuntu',
            'description': None,
            'enabled': True,
            'priority': 'normal',
            'source_site_id': db_site.HOME_ID,
            'target_site_ids': [self.west],
            'credential_ids': [],
            'select': {'names': ['ubuntu-*'], 'copies': False},
            'trigger': {
                'every': None,
                'cron': None,
                'timezone': 'UTC',
                'events': False,
            },
            'options': {
                'visibility': None,
                'preserve_id': True,
                'properties': {'set': {}, 'remove': []},
                'members': False,
                'on_conflict': 'fail',
            },
            'follow': [
                'name',
                'tags',
                'properties',
                'visibility',
                'hidden',
                'protected',
                'deactivated',
            ],
            'on_drift': 'restore',
            'on_missing': 'restore',
            'on_removed': {
                'action': 'keep',
                'deselected': 'keep',
                'grace': 604800,
                'max_count': 10,
                'max_percent': 20,
            },
            'publish': 'each',
            'max_active': 20,
            'state': 'ok',
            'state_detail': None,
            'next_execution_at': None,
            'last_execution': None,
            'generation': 1,
            'user_id': 'the-member',
            'project_id': 'ours',
        }
        self.assertEqual(expected, {key: rule[key] for key in expected})
        self.assertEqual({0}, set(rule['replicas_summary'].values()))

    def test_a_rule_by_hand_is_not_executed(self):
        rule = self.add_rule()
        self.assertEqual([], self.executions(rule))

    def test_a_rule_with_a_schedule_is_executed_at_once(self):
        rule = self.add_rule(trigger={'every': 3600})
        (execution,) = self.executions(rule)
        self.assertEqual(
            ('change', 'queued'), (execution['trigger'], execution['state'])
        )
        self.assertEqual(execution['id'], rule['last_execution']['id'])
        planned = self.moment(rule['next_execution_at'])
        made = self.moment(rule['created_at'])
        self.assertAlmostEqual(3600, (planned - made).total_seconds(), delta=9)

    def test_a_disabled_rule_has_no_next_moment(self):
        rule = self.add_rule(trigger={'every': 3600}, enabled=False)
        self.assertEqual([], self.executions(rule))
        self.assertIsNone(rule['next_execution_at'])
        self.assertEqual('disabled', rule['state'])

    def _refused(self, code='request.invalid', status=400, **values):
        return self.refused(
            status, code, 'POST', '/v1/rules', self.body(**values)
        )

    def test_bad_fields_are_refused_in_words(self):
        for words, values in (
            ('not known: colour', {'colour': 'red'}),
            ('select has keys that are not known', {'select': {'regex': ''}}),
            (
                'select.names has more than 50',
                {'select': {'names': ['x'] * 51}},
            ),
            (
                'select.names.0 is longer than 255',
                {'select': {'names': ['x' * 256]}},
            ),
            ('select chooses no images', {'select': {}}),
            ('select chooses no images', {'select': {'hidden': False}}),
            ('select chooses no images', {'select': {'names': []}}),
            ('trigger.every is less than 60', {'trigger': {'every': 59}}),
            ('five fields', {'trigger': {'cron': '* * * * * *'}}),
            ('no time zone "Mars"', {'trigger': {'timezone': 'Mars'}}),
            ('either', {'trigger': {'every': 60, 'cron': '* * * * *'}}),
            ('events are not there yet', {'trigger': {'events': True}}),
            ('together is not there yet', {'publish': 'together'}),
        ):
            self.assertIn(words, self._refused(**values), values)

    def test_events_of_another_source_are_refused(self):
        self.assertIn(
            'from the home site only',
            self._refused(
                source_site_id=self.west,
                target_site_ids=[db_site.HOME_ID],
                trigger={'events': True},
            ),
        )

    def test_sites_and_credentials_have_to_be_usable(self):
        alone = self.add_site('alone')['id']
        for code, targets in (
            ('replication.source_is_target', [db_site.HOME_ID]),
            ('replication.unknown_site', [NOBODY]),
            ('replication.no_credential', [self.west, alone]),
        ):
            self._refused(code, target_site_ids=targets)
        self._refused(
            'replication.unknown_credential', credential_ids=[NOBODY]
        )

    def test_only_a_manager_lets_a_rule_remove_images(self):
        self._refused('request.forbidden', 403, on_removed=REMOVES)
        self.add_rule('manager', on_removed=REMOVES)

    def test_only_an_operator_chooses_the_priority(self):
        self._refused('request.forbidden', 403, priority='high')

    def test_names_are_unique_in_a_project(self):
        self.add_rule()
        self._refused('rule.exists', 409)

    def test_quota(self):
        self.config(group='quota', rules=1)
        self.add_rule()
        self._refused('quota.exceeded', 403, name='another')


class IndexTest(rules.TestCase):
    def _names(self, query='', **options):
        found = self.call('GET', f'/v1/rules?{query}', **options).json
        return [rule['name'] for rule in found['rules']]

    def test_filters_and_pages(self):
        self.add_rule(name='a')
        self.add_rule(name='b', enabled=False)
        order = 'sort_key=name&sort_dir=asc'
        for query, names in (
            (order, ['a', 'b']),
            ('name=a', ['a']),
            ('enabled=false', ['b']),
            ('all_projects=1', None),
        ):
            if names is None:
                self.call('GET', f'/v1/rules?{query}', status=403)
            else:
                self.assertEqual(names, self._names(query))
        self.assertEqual([], self._names(persona='stranger'))
        self.assertEqual(
            ['a', 'b'], self._names(f'{order}&all_projects=1', persona='admin')
        )
        page = self.call('GET', f'/v1/rules?{order}&limit=1').json
        (link,) = page['links']
        page = self.call('GET', link['href']).json
        self.assertEqual(['b'], [rule['name'] for rule in page['rules']])

    def test_each_rule_has_its_own_last_execution(self):
        self.add_rule(name='a')
        rule = self.add_rule(name='b', trigger={'every': 60})
        found = self.call('GET', '/v1/rules').json['rules']
        last = {one['name']: one['last_execution'] for one in found}
        self.assertEqual({'a': None, 'b': rule['last_execution']}, last)


class UpdateTest(rules.TestCase):
    def setUp(self):
        super().setUp()
        self.rule = self.add_rule(trigger={'every': 3600})
        self.path = f'/v1/rules/{self.rule["id"]}'

    def _change(self, **body):
        return self.call('PATCH', self.path, body).json

    def test_change_makes_another_generation(self):
        rule = self._change(description='x', max_active=5)
        self.assertEqual(2, rule['generation'])
        self.assertEqual(('x', 5), (rule['description'], rule['max_active']))
        self.assertEqual(self.rule['trigger'], rule['trigger'])
        self.assertEqual(
            self.rule['next_execution_at'], rule['next_execution_at']
        )
        self.assertEqual(rule, self.call('GET', self.path).json)

    def test_what_is_said_again_is_no_change(self):
        said = {
            key: self.rule[key]
            for key in ('name', 'select', 'trigger', 'source_site_id')
        }
        self.assertEqual(1, self._change(**said)['generation'])

    def test_if_match(self):
        self._change(description='x')
        for given in ('1', '"1"'):
            detail = self.refused(
                412,
                'rule.changed',
                'PATCH',
                self.path,
                {'description': 'y'},
                headers={'If-Match': given},
            )
            self.assertIn('generation is 2 now', detail)
        for given, generation in (('2', 3), ('"3"', 4), ('*', 5)):
            rule = self.call(
                'PATCH',
                self.path,
                {'description': f'for {given}'},
                headers={'If-Match': given},
            ).json
            self.assertEqual(generation, rule['generation'])
        self.refused(
            400,
            'request.invalid',
            'PATCH',
            self.path,
            {'description': 'y'},
            headers={'If-Match': 'W/"x"'},
        )

    def test_disabled_rule_is_not_planned_and_enabled_one_anew(self):
        self.assertIsNone(self._change(enabled=False)['next_execution_at'])
        rule = self._change(enabled=True)
        self.assertLess(
            self.rule['next_execution_at'], rule['next_execution_at']
        )

    def test_change_of_trigger_plans_anew(self):
        rule = self._change(trigger={'every': 7200})
        self.assertIsNone(rule['trigger']['cron'])
        later = self.moment(rule['next_execution_at']) - self.moment(
            self.rule['next_execution_at']
        )
        self.assertGreaterEqual(later, datetime.timedelta(seconds=3600))
        rule = self._change(trigger={})
        self.assertIsNone(rule['next_execution_at'])

    def test_source_stays(self):
        detail = self.refused(
            400,
            'request.invalid',
            'PATCH',
            self.path,
            {'source_site_id': self.west},
        )
        self.assertIn('Make another rule', detail)

    def test_only_its_user_leads_a_rule_elsewhere(self):
        east = self.add_site('east')['id']
        self.add_credential(east, shared=True)
        body = {'target_site_ids': [self.west, east]}
        self.refused(
            409,
            'request.conflict',
            'PATCH',
            self.path,
            body,
            persona='colleague',
        )
        self.assertEqual(
            body['target_site_ids'], self._change(**body)['target_site_ids']
        )

    def test_only_a_manager_lets_a_rule_remove_images(self):
        body = {'on_removed': REMOVES}
        self.refused(403, 'request.forbidden', 'PATCH', self.path, body)
        self.call('PATCH', self.path, body, persona='manager')
        body = {'select': {'names': ['x']}}
        self.refused(403, 'request.forbidden', 'PATCH', self.path, body)
        self._change(description='x')

    def test_bad_change_is_refused(self):
        for body in ({}, {'publish': 'together'}, {'select': {}}):
            self.refused(400, 'request.invalid', 'PATCH', self.path, body)


class ActionTest(rules.TestCase):
    def test_execute_answers_the_execution_on_its_way(self):
        rule = self.add_rule()
        first = self.execute(rule)
        self.assertEqual(
            ('manual', False, 'queued'),
            (first['trigger'], first['dry_run'], first['state']),
        )
        self.assertEqual(first['id'], self.execute(rule)['id'])
        self.assertEqual(1, len(self.executions(rule)))
        row = db_rule.get(self.context, rule['id'], None)
        self.assertEqual('manual', row.again)

    def test_dry_run_is_an_execution_of_its_own(self):
        rule = self.add_rule(enabled=False)
        rehearsal = self.execute(rule, dry_run=True)
        self.assertTrue(rehearsal['dry_run'])
        found = self.call('GET', f'/v1/rules/{rule["id"]}').json
        self.assertIsNone(found['last_execution'])

    def test_disabled_rule_is_not_executed(self):
        rule = self.add_rule(enabled=False)
        path = f'/v1/rules/{rule["id"]}/execute'
        self.refused(409, 'rule.disabled', 'PUT', path, {})
        self.assertEqual([], self.executions(rule))

    def test_blocked_rule_is_healed_by_who_takes_it_over(self):
        rule = self.add_rule(credential_ids=[self.private])
        row = db_rule.get(self.context, rule['id'], None)
        cause = {'code': 'unauthorized', 'detail': 'No.'}
        db_rule.block(self.context, row, cause)
        path = f'/v1/rules/{rule["id"]}'
        found = self.call('GET', path).json
        self.assertEqual(
            ('blocked', 'No.'), (found['state'], found['state_detail'])
        )
        found = self.call('PUT', f'{path}/takeover', persona='colleague').json
        self.assertEqual(
            ('ok', 'the-colleague', [], 2),
            (
                found['state'],
                found['user_id'],
                found['credential_ids'],
                found['generation'],
            ),
        )

    def test_takeover_needs_credentials_and_the_project(self):
        alone = self.add_site('alone')['id']
        self.add_credential(alone)
        rule = self.add_rule(target_site_ids=[alone])
        path = f'/v1/rules/{rule["id"]}/takeover'
        for code, persona in (
            ('replication.no_credential', 'colleague'),
            ('request.invalid', 'admin'),
        ):
            self.refused(400, code, 'PUT', path, persona=persona)

    def test_rule_is_deleted_while_it_is_executed(self):
        rule = self.add_rule(trigger={'every': 60})
        path = f'/v1/rules/{rule["id"]}'
        self.call('DELETE', path, status=204)
        self.refused(404, 'rule.not_found', 'GET', path)


class ReplicaTest(rules.TestCase):
    def test_replicas_and_what_they_make_of_the_rule(self):
        rule = self.add_rule()
        for number, state in enumerate((states.IN_SYNC, states.FAILED)):
            db_replica.keep(
                self.context,
                rule['id'],
                f'0000000{number}-0000-0000-0000-000000000000',
                self.west,
                name='ubuntu-1',
                state=state,
            )
        path = f'/v1/rules/{rule["id"]}'
        found = self.call('GET', path).json
        self.assertEqual(
            ('degraded', 'Replicas: 1 failed.'),
            (found['state'], found['state_detail']),
        )
        self.assertEqual(2, found['replicas_summary']['total'])
        self.assertEqual(1, found['replicas_summary']['failed'])
        for query, count in (
            ('', 2),
            ('?state=failed', 1),
            (f'?target_site_id={self.west}', 2),
            (f'?target_site_id={NOBODY}', 0),
        ):
            listed = self.call('GET', f'{path}/replicas{query}').json
            self.assertEqual(count, len(listed['replicas']), query)


class ExecutionTest(rules.TestCase):
    def setUp(self):
        super().setUp()
        self.rule = self.add_rule()
        self.execution = self.execute(self.rule)
        self.path = '/v1/rules/{}/executions/{}'.format(
            self.rule['id'], self.execution['id']
        )

    def _run(self, *states_):
        """Let a conductor plan items, and leave them in these states."""
        row = db_execution.get(
            self.context, self.rule['id'], self.execution['id']
        )
        lease = db_execution.claim(self.context, row, 'c1', 30)
        items = [
            {
                'source_image_id': f'0000000{number}-0000-0000-0000-{0:012}',
                'name': 'ubuntu-1',
                'target_site_id': self.west,
                'action': 'wait',
                'changes': {'name': ['a', 'b']},
                'state': state,
            }
            for number, state in enumerate(states_)
        ]
        db_execution.keep_plan(self.context, row.id, lease, items, bytes=7)
        return lease

    def _release(self, lease, state):
        db_execution.release(self.context, self.execution['id'], lease, state)

    def test_items_come_in_pages(self):
        self._run('done', 'done', 'unapproved')
        found = self.call('GET', self.path).json
        self.assertEqual(7, found['bytes'])
        self.assertEqual(3, len(found['items']))
        self.assertEqual({'name': ['a', 'b']}, found['items'][0]['changes'])
        self.assertEqual([], found['links'])
        page = self.call('GET', f'{self.path}?limit=2').json
        self.assertEqual(found['items'][:2], page['items'])
        page = self.call('GET', page['links'][0]['href']).json
        self.assertEqual(found['items'][2:], page['items'])
        self.assertEqual([], page['links'])

    def test_approval_is_of_what_was_asked_for(self):
        path = f'{self.path}/approve'
        lease = self._run('done', 'unapproved')
        self.refused(
            409, 'execution.state_conflict', 'PUT', path, persona='manager'
        )
        self._release(lease, states.NEEDS_APPROVAL)
        self.refused(403, 'request.forbidden', 'PUT', path)
        found = self.call('PUT', path, persona='manager', status=202).json
        self.assertEqual('queued', found['state'])
        row = db_execution.get(self.context, self.rule['id'], found['id'])
        self.assertEqual(
            [['00000001-0000-0000-0000-000000000000', self.west]], row.approved
        )

    def test_cancel(self):
        path = f'{self.path}/cancel'
        for _again in range(2):
            found = self.call('PUT', path, status=202).json
            self.assertEqual('cancelled', found['state'])

    def test_what_has_ended_is_not_cancelled(self):
        self._release(self._run('done'), states.COMPLETED)
        self.refused(
            409, 'execution.state_conflict', 'PUT', f'{self.path}/cancel'
        )

    def test_failed_execution_degrades_the_rule(self):
        self._release(self._run('error'), states.PARTIAL)
        found = self.call('GET', f'/v1/rules/{self.rule["id"]}').json
        self.assertEqual('degraded', found['state'])
        self.assertEqual('partial', found['last_execution']['state'])

    def test_execution_of_another_rule_is_not_found(self):
        other = self.add_rule(name='other')
        path = f'/v1/rules/{other["id"]}/executions/{self.execution["id"]}'
        self.refused(404, 'execution.not_found', 'GET', path)

    def test_executions_are_filtered(self):
        for query, count in (
            ('state=queued', 1),
            ('state=error', 0),
            ('trigger=manual', 1),
            ('dry_run=true', 0),
        ):
            path = f'/v1/rules/{self.rule["id"]}/executions?{query}'
            found = self.call('GET', path).json['executions']
            self.assertEqual(count, len(found), query)
