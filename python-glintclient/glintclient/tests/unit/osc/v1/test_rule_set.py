# SPDX-License-Identifier: Apache-2.0

"""openstack image replication rule set."""

import pathlib
from typing import Any

import fixtures
from osc_lib import exceptions

from glintclient import exceptions as errors
from glintclient.osc.v1 import rule_set
from glintclient.tests.unit import base as unit
from glintclient.tests.unit import rules
from glintclient.tests.unit.osc import base

RULE = rules.RULE


class TestSet(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        rules.serve(self.server)
        self.patch = self.server.patch(rules.ONE, json=RULE)

    def _set(self, *arguments: str) -> dict[str, Any]:
        """Run the command, and return what it asked the service for."""
        code, _text = self.run_command(
            rule_set.SetRule, rules.RULE_ID, *arguments
        )
        self.assertEqual(0, code)
        return self.patch.last_request.json()

    def test_what_is_not_named_stays(self) -> None:
        self.assertEqual(
            {
                'select': RULE['select']
                | {
                    'tags': RULE['select']['tags'] | {'all': ['new']},
                    'newest': RULE['select']['newest'] | {'count': 5},
                },
                'trigger': RULE['trigger']
                | {'every': None, 'cron': '0 3 * * *'},
                'on_removed': RULE['on_removed'] | {'grace': 0},
            },
            self._set(
                *('--tag', 'new', '--newest', '5', '--grace', '0'),
                *('--cron', '0 3 * * *'),
            ),
        )

    def test_change_is_meant_for_the_rule_that_was_read(self) -> None:
        self.assertEqual({'name': 'other'}, self._set('--name', 'other'))
        self.assertEqual('3', self.patch.last_request.headers['If-Match'])
        path = f'/rules/{rules.RULE_ID}'
        self.refuse('PATCH', path, 412, 'rule.changed', 'It was changed.')
        error = self.assertRaises(errors.ApiError, self._set, '--name', 'x')
        self.assertEqual('It was changed.', str(error))

    def test_targets(self) -> None:
        south = rules.NORTH | {'id': 'south-id', 'name': 'south'}
        self.server.get(
            f'{unit.V1}/sites',
            json=rules.page('sites', rules.NORTH, south, rules.HOME),
        )
        self.assertEqual(
            {'target_site_ids': ['south-id', rules.NORTH['id']]},
            self._set('--to', 'south', '--to', 'north'),
        )

    def test_file_replaces_what_it_has(self) -> None:
        folder = self.useFixture(fixtures.TempDir()).path
        path = pathlib.Path(folder) / 'rule.yaml'
        path.write_text('select: {names: ["*"]}\nsource_site: home\n')
        self.assertEqual(
            {
                'select': {'names': ['*'], 'tags': {'all': ['new']}},
                'source_site_id': rules.HOME['id'],
                'target_site_ids': RULE['target_site_ids'],
            },
            self._set('--file', str(path), '--tag', 'new'),
        )

    def test_no_change_is_refused(self) -> None:
        error = self.assertRaises(exceptions.CommandError, self._set)
        self.assertEqual('Say what to change.', str(error))
        self.assertFalse(self.patch.called)
