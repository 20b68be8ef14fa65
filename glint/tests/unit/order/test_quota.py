# SPDX-License-Identifier: Apache-2.0

"""What somebody whose project has too much is told."""

from oslo_limit import fixture as limit_fixture

from glint.order import quota
from glint.tests.unit.api import base
from glint.tests.unit.api.controllers.v1 import replications


class QuotaTest(replications.TestCase):
    def refused_numbers(self, path, body, persona='member'):
        response = self.call('POST', path, body, persona, status=403)
        detail = self.assertError(response, 403, 'quota.exceeded')
        error = response.json['errors'][0]
        self.assertIn('Delete', detail)
        return {
            name: error[name]
            for name in ('resource', 'limit', 'used', 'requested')
        }

    def assert_refused(self, resource, most, used, path, body):
        self.assertEqual(
            {
                'resource': resource,
                'limit': most,
                'used': used,
                'requested': 1,
            },
            self.refused_numbers(path, body),
        )

    def bodies(self):
        return {
            'sites': (
                '/v1/sites',
                {'name': 'more', 'auth_url': 'https://more.example.org'},
            ),
            'credentials': (
                '/v1/credentials',
                {
                    'site_id': self.west,
                    'name': 'more',
                    'auth_type': 'v3password',
                    'auth': base.PASSWORD,
                    'check': False,
                },
            ),
            'active_replications': ('/v1/replications', self.body),
        }


class ConfigTest(QuotaTest):
    def test_each_limit_is_kept_with_the_numbers_in_the_answer(self):
        self.add_replication(self.west)
        used = {'sites': 2, 'credentials': 2, 'active_replications': 1}
        for resource, (path, body) in self.bodies().items():
            self.config(group='quota', **{resource: used[resource]})
            self.assert_refused(
                resource, used[resource], used[resource], path, body
            )
            # A stranger's project has room.
            if resource == 'sites':
                self.call('POST', path, body, 'stranger', 201)
            self.config(group='quota', **{resource: used[resource] + 1})
            self.call('POST', path, body, status='2*')

    def test_dry_run_needs_no_room(self):
        self.config(group='quota', active_replications=0)
        self.config(group='api', conductor_timeout=1)
        path = '/v1/replications?dry_run=true'
        self.refused(503, 'conductor.unavailable', 'POST', path, self.body)

    def test_shared_site_needs_no_room(self):
        self.config(group='quota', sites=0)
        self.add_site('for-all', 'admin', shared=True)

    def test_retry_needs_room(self):
        path = f'/v1/replications/{self.add_replication(self.west)["id"]}'
        self.call('PUT', f'{path}/cancel', status=202)
        self.config(group='quota', active_replications=0)
        self.refused(403, 'quota.exceeded', 'PUT', f'{path}/retry')
        self.assertEqual('cancelled', self.call('GET', path).json['state'])
        self.config(group='quota', active_replications=1)
        self.call('PUT', f'{path}/retry', status=202)

    def test_operator_who_retries_uses_the_room_of_the_project(self):
        path = f'/v1/replications/{self.add_replication(self.west)["id"]}'
        self.call('PUT', f'{path}/cancel', status=202)
        self.add_replication(self.west)
        self.config(group='quota', active_replications=1)
        self.refused(
            403, 'quota.exceeded', 'PUT', f'{path}/retry', persona='admin'
        )


class UnifiedLimitsTest(QuotaTest):
    def setUp(self):
        super().setUp()
        self.config(group='quota', driver='unified_limits', sites=0)
        self.config(group='oslo_limit', endpoint_id='e')
        quota.reset()
        self.addCleanup(quota.reset)

    def test_registered_limit_is_for_all_projects(self):
        self.useFixture(limit_fixture.LimitFixture({'sites': 2}, {}))
        self.assert_refused('sites', 2, 2, *self.bodies()['sites'])
        self.add_site(persona='stranger')

    def test_limit_of_the_project_comes_first_and_counts_at_once(self):
        limits = {'ours': {'credentials': 3}}
        self.useFixture(limit_fixture.LimitFixture({'credentials': 0}, limits))
        path, body = self.bodies()['credentials']
        self.call('POST', path, body, status=201)
        body['name'] = 'yet-another'
        self.assert_refused('credentials', 3, 3, path, body)
        limits['ours']['credentials'] = -1
        self.call('POST', path, body, status=201)

    def test_what_is_not_registered_is_not_allowed(self):
        self.useFixture(limit_fixture.LimitFixture({}, {}))
        path, body = self.bodies()['active_replications']
        self.assert_refused('active_replications', 0, 0, path, body)

    def test_keystone_that_cannot_be_asked_returns_503(self):
        # No user is configured in [oslo_limit].
        path, body = self.bodies()['sites']
        self.refused(503, 'quota.unavailable', 'POST', path, body)
        self.assertIn('[oslo_limit]', self.logs.output)
