# SPDX-License-Identifier: Apache-2.0

"""Who may call what, with tokens of the tests' own."""

import ddt
import fixtures

from glint import policies
from glint import policy
from glint.api.controllers import root
from glint.db.queue import lease
from glint.tests import rbac
from glint.tests.unit.api import base


class TestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.config(group='api', conductor_timeout=1, listing_wait=0)
        self.add_home_credential(shared=True)
        # One that can be deleted, as nothing is queued to it.
        site = self.add_site('unused')['id']
        target = self.add_site('west')['id']
        public = self.add_site('public', 'admin', shared=True)['id']
        self.add_credential(target, shared=True)
        replication = self.add_replication(target)
        finished = self.add_replication(target)['id']
        (copy,) = lease.claim(self.context, finished, 'c1', 1)
        lease.complete(self.context, copy, outcome='copied')
        rule = self.call(
            'POST',
            '/v1/rules',
            rbac.rule(target, 'ours'),
            status=201,
            headers=rbac.HEADERS,
        ).json['id']
        execution = self.call(
            'PUT',
            f'/v1/rules/{rule}/execute',
            {},
            status=202,
            headers=rbac.HEADERS,
        ).json['id']
        self.names = {
            'site': site,
            'target': target,
            'public': public,
            'shared': self.add_credential(site, shared=True)['id'],
            'credential': self.add_credential(site)['id'],
            'private': self.add_credential(target)['id'],
            'replication': replication['id'],
            'finished': finished,
            'copy': replication['copies'][0]['id'],
            'rule': rule,
            'execution': execution,
        }

    def status(self, method, path, persona):
        response = self.call(
            method,
            rbac.address(path, self.names),
            rbac.body(method, path, self.names),
            None if persona == 'nobody' else persona,
            status='*',
            headers=rbac.HEADERS,
        )
        return response.status_int


@ddt.ddt
class TableTest(TestCase):
    @ddt.data(*rbac.PERSONAS)
    def test_column_of(self, persona):
        expected = rbac.expected(persona)
        actual = {row: self.status(*row, persona) for row in expected}
        self.assertEqual(expected, actual)


class RulesTest(TestCase):
    """Every call asks a rule, and every rule is asked."""

    def test_table_has_every_call(self):
        self.assertEqual(
            {
                f'{method} {path}'
                for path, methods in root.ROUTES.items()
                for method in methods
                if path not in root.PUBLIC
            },
            {rbac.route(method, path) for method, path in self._calls()},
        )

    def test_table_has_a_column_for_every_persona(self):
        self.assertLessEqual({*rbac.PERSONAS} - {'nobody'}, {*base.PERSONAS})
        for row in rbac.expected('nobody').items():
            self.assertEqual(401, row[1], row)

    def test_each_call_is_refused_by_its_own_rule(self):
        # Of several rules of a call, its own comes first.
        rules = {
            f'{operation["method"]} {operation["path"]}': rule.name
            for rule in reversed([*policies.list_rules()])
            for operation in getattr(rule, 'operations', ())
            if not rule.name.endswith((':share', ':all_projects'))
        }
        for method, path in self._calls():
            self._deny(rules[rbac.route(method, path)])
            self.assertEqual(
                403, self.status(method, path, 'member'), f'{method} {path}'
            )

    def test_special_rules_are_asked(self):
        for kind in ('site', 'replication', 'rule'):
            rule = f'image-replication:{kind}:all_projects'
            self._deny(rule)
            path = f'/v1/{kind}s?all_projects=1'
            self.assertEqual(403, self.status('GET', path, 'admin'), rule)
            path = '/v1/%ss/{%s}' % (kind, kind)
            self.assertEqual(404, self.status('GET', path, 'admin'), rule)
        self._deny('image-replication:credential:all_projects')
        path = '/v1/credentials/{credential}'
        self.assertEqual(404, self.status('GET', path, 'admin'))
        self._deny('image-replication:replication:prioritize')
        path = '/v1/replications#urgent'
        self.assertEqual(403, self.status('POST', path, 'admin'))
        self._deny('image-replication:rule:remove_images')
        path = '/v1/rules#removes'
        self.assertEqual(403, self.status('POST', path, 'manager'))
        path = '/v1/rules/{rule}#removes'
        self.assertEqual(403, self.status('PATCH', path, 'manager'))
        self._deny('image-replication:site:share')
        path = '/v1/sites#shared'
        self.assertEqual(403, self.status('POST', path, 'admin'))

    def _calls(self):
        return [row for row in rbac.calls() if 'all_projects' not in row[1]]

    def _deny(self, rule):
        """Overrule a rule, as operators do."""
        path = self.useFixture(fixtures.TempDir()).join('policy.yaml')
        with open(path, 'w') as f:
            f.write(f'"{rule}": "!"\n')
        self.config(group='oslo_policy', policy_file=path)
        policy.reset()
