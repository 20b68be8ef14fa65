# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Who may call what, as a table."""

import ddt
import fixtures

from glint import policies
from glint import policy
from glint.api.controllers import root
from glint.db import lease
from glint.tests.unit.api import base

SITE = {'name': 'new', 'auth_url': 'https://new.example.org'}

# For each call the status that the personas of the table's head get. The
# things called for belong to the member in the project "ours"; the
# credential is private to him, the one "shared" is not.
HEAD = 'admin manager member colleague reader service roleless stranger'
TABLE = """
GET    /v1/sites                         200 200 200 200 200 200 403 200
POST   /v1/sites                         201 201 201 201 403 201 403 201
GET    /v1/sites/{site}                  200 200 200 200 200 200 403 404
PATCH  /v1/sites/{site}                  200 200 200 200 403 200 403 404
DELETE /v1/sites/{site}                  204 204 204 204 403 204 403 404
GET    /v1/credentials                   200 200 200 200 200 200 403 200
POST   /v1/credentials                   400 201 201 201 403 201 403 400
GET    /v1/credentials/{credential}      200 404 200 404 404 404 403 404
POST   /v1/credentials/{credential}/check 503 404 503 404 404 404 404 404
DELETE /v1/credentials/{credential}      204 404 204 404 404 404 404 404
GET    /v1/credentials/{shared}          200 200 200 200 200 200 403 404
POST   /v1/credentials/{shared}/check    503 503 503 503 403 503 403 404
DELETE /v1/credentials/{shared}          204 204 204 403 403 403 403 404
GET    /v1/replications                  200 200 200 200 200 200 403 200
POST   /v1/replications                  400 202 202 202 403 202 403 400
GET    /v1/replications/{replication}    200 200 200 200 200 200 403 404
PUT    /v1/replications/{replication}/cancel 202 202 202 202 403 202 403 404
PUT    /v1/replications/{replication}/retry 202 202 202 202 403 202 403 404
DELETE /v1/replications/{finished}       204 204 204 204 403 204 403 404
GET    {copies}                          200 200 200 200 200 200 403 404
GET    {copies}/{copy}                   200 200 200 200 200 200 403 404
PUT    {copies}/{copy}/cancel            202 202 202 202 403 202 403 404
PUT    {copies}/{copy}/retry             202 202 202 202 403 202 403 404
GET    /v1/sites?all_projects=1          200 403 403 403 403 403 403 403
GET    /v1/replications?all_projects=1   200 403 403 403 403 403 403 403
"""
ROWS = [line.split() for line in TABLE.strip().splitlines()]


class TestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.config(group='api', conductor_timeout=1)
        self.add_home_credential(shared=True)
        # One that can be deleted, as nothing is queued to it.
        site = self.add_site('unused')['id']
        target = self.add_site('west')['id']
        self.add_credential(target, shared=True)
        replication = self.add_replication(target)
        finished = self.add_replication(target)['id']
        (copy,) = lease.claim(self.context, finished, 'c1', 1)
        lease.complete(self.context, copy, outcome='copied')
        self.names = {
            'site': site,
            'credential': self.add_credential(site)['id'],
            'shared': self.add_credential(site, shared=True)['id'],
            'replication': replication['id'],
            'finished': finished,
            'copies': f'/v1/replications/{replication["id"]}/copies',
            'copy': replication['copies'][0]['id'],
        }
        self.bodies = {
            'POST /v1/sites': SITE,
            'PATCH /v1/sites/{site}': {'description': 'x'},
            'POST /v1/credentials': {
                'site_id': site,
                'name': 'new',
                'auth_type': 'v3password',
                'auth': base.PASSWORD,
                'check': False,
            },
            'POST /v1/replications': {
                'image_id': base.IMAGE_ID,
                'target_site_ids': [target],
            },
        }

    def status(self, method, path, persona):
        response = self.call(
            method,
            path.format(**self.names),
            self.bodies.get(f'{method} {path}'),
            persona,
            status='*',
        )
        return response.status_int


@ddt.ddt
class TableTest(TestCase):
    @ddt.data(*HEAD.split())
    def test_column_of(self, persona):
        column = 2 + HEAD.split().index(persona)
        # Deletions come last, that of the site after that of its
        # credentials: they would change the other answers.
        rows = [row for row in ROWS if row[0] != 'DELETE']
        rows += [row for row in reversed(ROWS) if row[0] == 'DELETE']
        expected = {f'{row[0]} {row[1]}': int(row[column]) for row in rows}
        actual = {
            f'{method} {path}': self.status(method, path, persona)
            for method, path, *_statuses in rows
        }
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
            {_route(method, path) for method, path in self._calls()},
        )

    def test_each_call_is_refused_by_its_own_rule(self):
        rules = {
            f'{operation["method"]} {operation["path"]}': rule.name
            for rule in policies.list_rules()
            for operation in getattr(rule, 'operations', ())
            if not rule.name.endswith((':share', ':all_projects'))
        }
        for method, path in self._calls():
            self._deny(rules[_route(method, path)])
            self.assertEqual(
                403, self.status(method, path, 'member'), f'{method} {path}'
            )

    def test_special_rules_are_asked(self):
        for kind in ('site', 'replication'):
            rule = f'image-replication:{kind}:all_projects'
            self._deny(rule)
            path = f'/v1/{kind}s?all_projects=1'
            self.assertEqual(403, self.status('GET', path, 'admin'), rule)
            path = '/v1/%ss/{%s}' % (kind, kind)
            self.assertEqual(404, self.status('GET', path, 'admin'), rule)
        self._deny('image-replication:credential:all_projects')
        path = '/v1/credentials/{credential}'
        self.assertEqual(404, self.status('GET', path, 'admin'))
        self._deny('image-replication:site:share')
        self.bodies['POST /v1/sites'] = {**SITE, 'shared': True}
        self.assertEqual(403, self.status('POST', '/v1/sites', 'admin'))

    def _calls(self):
        return [row[:2] for row in ROWS if 'all_projects' not in row[1]]

    def _deny(self, rule):
        """Overrule a rule, as operators do."""
        path = self.useFixture(fixtures.TempDir()).join('policy.yaml')
        with open(path, 'w') as f:
            f.write(f'"{rule}": "!"\n')
        self.config(group='oslo_policy', policy_file=path)
        policy.reset()


def _route(method, path):
    ids = {
        'site': '{site_id}',
        'credential': '{credential_id}',
        'shared': '{credential_id}',
        'replication': '{replication_id}',
        'finished': '{replication_id}',
        'copies': '/v1/replications/{replication_id}/copies',
        'copy': '{copy_id}',
    }
    return f'{method} {path.format(**ids)}'
