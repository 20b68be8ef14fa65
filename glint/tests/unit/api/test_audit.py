# SPDX-License-Identifier: Apache-2.0

"""What is noted of a call for auditors."""

import configparser
import json
import pathlib

from oslo_messaging.notify import _impl_test
import webtest

from glint.api import app
from glint.api import audit
from glint.api.controllers import root
from glint.db import site as db_site
from glint.tests import rbac
from glint.tests.unit.api import base
from glint.tests.unit.api.controllers.v1 import replications

MAP = pathlib.Path(__file__).parents[4] / 'etc/glint/api_audit_map.conf'


class TestCase(replications.TestCase):
    ignored = ()

    def setUp(self):
        super().setUp()
        _impl_test.reset()
        self.addCleanup(_impl_test.reset)
        self.config(
            group='audit',
            enabled=True,
            audit_map_file=str(MAP),
            ignore_methods=self.ignored,
        )
        self.config(group='oslo_messaging_notifications', driver=['test'])
        self.app = webtest.TestApp(app.make_app())

    def events(self):
        """Return the events of the answers since the last time."""
        made = [message for _ctxt, message, *_ in _impl_test.NOTIFICATIONS]
        _impl_test.reset()
        return [
            message['payload']
            for message in made
            if message['event_type'] == 'audit.http.response'
        ]

    def event(self, *arguments, **options):
        """Make a call and return the one event of it."""
        _impl_test.reset()
        self.answer = self.call(*arguments, **options)
        (event,) = self.events()
        return event


class EventTest(TestCase):
    def test_creation_tells_who_made_what(self):
        body = {'name': 'new', 'auth_url': 'https://new.example.org'}
        event = self.event('POST', '/v1/sites', body, status=201)
        self.assertEqual('create', event['action'])
        self.assertEqual('success', event['outcome'])
        self.assertEqual('the-member', event['initiator']['id'])
        self.assertEqual('ours', event['initiator']['project_id'])
        self.assertEqual(
            self.answer.headers['X-Openstack-Request-Id'],
            event['initiator']['request_id'],
        )
        (made,) = event['attachments']
        self.assertEqual('created', made['name'])
        self.assertEqual({'id': self.answer.json['id']}, made['content'])

    def test_replication_tells_which_credentials_it_uses(self):
        event = self.event('POST', '/v1/replications', self.body, status=202)
        notes = {n['name']: n['content'] for n in event['attachments']}
        self.assertEqual({'id': self.answer.json['id']}, notes['created'])
        self.assertEqual(
            {
                'image_id': base.IMAGE_ID,
                'site_ids': [db_site.HOME_ID, self.west, self.east],
                'credential_ids': [
                    self.home_key,
                    self.west_key,
                    self.east_key,
                ],
            },
            notes['used'],
        )

    def test_retry_tells_which_credentials_it_uses(self):
        path = f'/v1/replications/{self.add_replication(self.west)["id"]}'
        event = self.event('PUT', f'{path}/cancel', status=202)
        self.assertEqual('update/cancel', event['action'])
        event = self.event('PUT', f'{path}/retry', status=202)
        self.assertEqual('update/retry', event['action'])
        (used,) = event['attachments']
        self.assertEqual(
            {'credential_ids': sorted([self.home_key, self.west_key])},
            used['content'],
        )

    def test_rule_tells_its_sites_and_what_is_done_with_it(self):
        body = {
            **rbac.rule(self.west, 'ubuntu'),
            'credential_ids': [self.west_key],
        }
        event = self.event(
            'POST', '/v1/rules', body, status=201, headers=rbac.HEADERS
        )
        notes = {n['name']: n['content'] for n in event['attachments']}
        rule = self.answer.json
        self.assertEqual({'id': rule['id']}, notes['created'])
        self.assertEqual(
            {
                'site_ids': [db_site.HOME_ID, self.west],
                'credential_ids': [self.west_key],
            },
            notes['used'],
        )
        path = f'/v1/rules/{rule["id"]}'
        event = self.event(
            'PUT', f'{path}/execute', {}, status=202, headers=rbac.HEADERS
        )
        self.assertEqual('update/execute', event['action'])
        path = f'{path}/executions/{self.answer.json["id"]}/approve'
        event = self.event(
            'PUT', path, None, 'manager', 409, headers=rbac.HEADERS
        )
        self.assertEqual('update/approve', event['action'])

    def test_refusal_is_a_failure(self):
        path = f'/v1/sites/{self.west}'
        event = self.event('DELETE', path, persona='reader', status=403)
        self.assertEqual('delete', event['action'])
        self.assertEqual('failure', event['outcome'])
        self.assertEqual('403', event['reason']['reasonCode'])
        self.assertEqual('the-reader', event['initiator']['id'])
        self.assertEqual(path, event['requestPath'])

    def test_every_part_of_a_path_is_in_the_map(self):
        known = configparser.ConfigParser()
        known.read(MAP)
        names = {*known['path_keywords'], *known['custom_actions']}
        for path in root.ROUTES:
            parts = {part for part in path.split('/') if part.isalpha()}
            self.assertLessEqual(parts, names, path)

    def test_no_body_is_in_any_message(self):
        secret = 'canary-77c1'
        for persona, status in (('member', 201), ('reader', 403)):
            self.call(
                'POST',
                '/v1/credentials',
                {
                    'site_id': self.west,
                    'name': f'{secret}-name',
                    'auth_type': 'v3password',
                    'auth': {**base.PASSWORD, 'password': secret},
                    'check': False,
                },
                persona,
                status,
            )
        everything = json.dumps(
            [[context, message] for context, message, *_ in self.messages()]
        )
        self.assertIn('the-reader', everything)
        self.assertNotIn(secret, everything)

    def messages(self):
        return list(_impl_test.NOTIFICATIONS)

    def test_documents_and_health_are_not_noted(self):
        for path in ('/', '/v1', '/healthcheck'):
            self.call('GET', path, persona=None, status='*')
        self.assertEqual([], self.messages())

    def test_call_without_a_token_is_not_noted(self):
        self.call('GET', '/v1/sites', persona=None, status=401)
        self.assertEqual([], self.messages())


class IgnoredTest(TestCase):
    ignored = ('GET', 'HEAD')

    def test_ignored_methods_are_not_noted(self):
        self.call('GET', '/v1/sites')
        self.assertEqual([], self.events())
        path = f'/v1/sites/{self.west}?cascade=true'
        self.call('DELETE', path, status=204)
        self.assertEqual(1, len(self.events()))


class OffTest(base.TestCase):
    def test_nothing_is_noted_by_default(self):
        self.config(group='oslo_messaging_notifications', driver=['test'])
        _impl_test.reset()
        webtest.TestApp(app.make_app())
        self.call('GET', '/v1/sites')
        self.assertEqual([], _impl_test.NOTIFICATIONS)

    def test_map_that_is_missing_is_said(self):
        self.config(group='audit', enabled=True, audit_map_file='/none')
        error = self.assertRaises(ValueError, app.make_app)
        self.assertIn('/none', str(error))

    def test_map_that_is_broken_is_said(self):
        (path,) = self.create_tempfiles([('map.conf', 'no section\n')])
        self.config(group='audit', enabled=True, audit_map_file=path)
        error = self.assertRaises(ValueError, audit.make_middleware, None, ())
        self.assertIn('audit_map_file', str(error))
