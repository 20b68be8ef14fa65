# SPDX-License-Identifier: Apache-2.0

"""openstack image replication rule create."""

import pathlib
from typing import Any

import fixtures
from osc_lib import exceptions

from glintclient.osc.v1 import rule
from glintclient.osc.v1 import rule_create
from glintclient.tests.unit import base as unit
from glintclient.tests.unit import rules
from glintclient.tests.unit.osc import base

NORTH, HOME = rules.NORTH, rules.HOME
#: What only the service says of a rule.
_ANSWERED = {
    'id',
    'state',
    'state_detail',
    'next_execution_at',
    'last_execution',
    'replicas_summary',
    'generation',
    'user_id',
    'project_id',
    'created_at',
    'updated_at',
}


class TestCreate(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        rules.serve(self.server)
        self.post = self.server.post(
            rules.RULES, json=rules.RULE, status_code=201
        )
        folder = self.useFixture(fixtures.TempDir()).path
        self.file = pathlib.Path(folder) / 'rule.yaml'

    def _create(self, *arguments: str) -> dict[str, Any]:
        """Run the command, and return what it asked the service for."""
        shown = self.json(rule_create.CreateRule, *arguments)
        self.assertEqual('ubuntu-everywhere', shown['name'])
        return self.post.last_request.json()

    def _refused(self, *arguments: str) -> str:
        error = self.assertRaises(
            exceptions.CommandError,
            self.run_command,
            rule_create.CreateRule,
            *arguments,
        )
        self.assertFalse(self.post.called)
        return str(error)

    def test_home_is_the_source(self) -> None:
        self.assertEqual(
            {
                'name': 'all',
                'source_site_id': HOME['id'],
                'target_site_ids': [NORTH['id']],
                'select': {'names': ['*']},
            },
            self._create('all', '--to', 'north', '--name-glob', '*'),
        )

    def test_selection(self) -> None:
        sent = self._create(
            *('ubuntu', '--to', 'north'),
            *('--name-glob', 'ubuntu-24.04-*', '--name-glob', '!*-daily*'),
            *('--tag', 'blessed', '--property', 'os_distro=ubuntu'),
            *('--property', 'architecture=x86_64'),
            *('--property', 'architecture=aarch64'),
            *('--newest', '3', '--family', 'os_version'),
        )
        self.assertEqual(
            {
                'names': ['ubuntu-24.04-*', '!*-daily*'],
                'tags': {'all': ['blessed']},
                'properties': {
                    'os_distro': ['ubuntu'],
                    'architecture': ['x86_64', 'aarch64'],
                },
                'newest': {'count': 3, 'family': ['os_version']},
            },
            sent['select'],
        )

    def test_schedule(self) -> None:
        for arguments, trigger in (
            (('--every', '6h'), {'every': 21600, 'cron': None}),
            (
                ('--cron', '0 3 * * *', '--timezone', 'Europe/Zurich'),
                {
                    'every': None,
                    'cron': '0 3 * * *',
                    'timezone': 'Europe/Zurich',
                },
            ),
            (('--no-schedule',), {'every': None, 'cron': None}),
        ):
            sent = self._create(
                *('all', '--to', 'north', '--name-glob', '*', *arguments)
            )
            self.assertEqual(trigger, sent['trigger'])

    def test_what_becomes_of_replicas(self) -> None:
        sent = self._create(
            *('all', '--to', 'north', '--tag', 'a', '--on-removed', 'delete'),
            *('--grace', '2d', '--visibility', 'community', '--disable'),
        )
        self.assertEqual(
            {'action': 'delete', 'grace': 172800}, sent['on_removed']
        )
        self.assertEqual({'visibility': 'community'}, sent['options'])
        self.assertFalse(sent['enabled'])

    def test_all_sites_with_a_credential(self) -> None:
        credential = unit.sample('credential-show-response')
        self.server.get(
            f'{unit.V1}/credentials',
            json=rules.page('credentials', credential | {'site_id': 'none'}),
        )
        sent = self._create(
            *('all', '--to-all', '--from', 'north', '--tag', 'blessed')
        )
        self.assertEqual(
            (NORTH['id'], [HOME['id']]),
            (sent['source_site_id'], sent['target_site_ids']),
        )

    def test_rule_that_is_shown_is_made_again(self) -> None:
        _code, text = self.run_command(
            rule.ShowRule, rules.RULE_ID, '-f', 'yaml'
        )
        self.assertIn('target_sites:\n- north\n', text)
        self.file.write_text(text)
        self.assertEqual(
            {k: v for k, v in rules.RULE.items() if k not in _ANSWERED},
            self._create('--file', str(self.file)),
        )

    def test_file_as_people_write_it(self) -> None:
        self.file.write_text(f"""
            name: weekly
            target_sites: [{NORTH['id']}]
            select:
              tags: {{all: [2026-10-07], none: [test]}}
            trigger: {{every: 1w}}
            on_removed: {{action: hide, grace: 12h}}
        """)
        sent = self._create(
            *('--file', str(self.file), 'daily', '--tag', 'blessed'),
            *('--on-removed', 'keep'),
        )
        self.assertEqual(
            {
                'name': 'daily',
                'source_site_id': HOME['id'],
                'target_site_ids': [NORTH['id']],
                'select': {'tags': {'all': ['blessed'], 'none': ['test']}},
                'trigger': {'every': 604800},
                'on_removed': {'action': 'keep', 'grace': 43200},
            },
            sent,
        )
        sent = self._create('--file', str(self.file))
        self.assertEqual(['2026-10-07'], sent['select']['tags']['all'])

    def test_file_that_is_no_rule_says_why(self) -> None:
        for text, reason in (
            ('name: [', 'it cannot be read as YAML'),
            ('- name', 'it does not name the fields of a rule.'),
            ('nmae: a\nselekt: {}', 'a rule has no nmae, selekt.'),
            ('target_sites: north', 'target_sites is no list.'),
            ('select: all', 'select has no fields.'),
            ('trigger: {every: often}', 'often is no length of time'),
            ('a: &a [*a]', 'it cannot be read as YAML'),
        ):
            self.file.write_text(text)
            error = self._refused('x', '--file', str(self.file))
            self.assertIn('rule.yaml is no rule: ', error)
            self.assertIn(reason, error)

    def test_what_is_missing_is_named(self) -> None:
        self.assertIn('a name', self._refused('--to', 'north'))
        self.assertIn('--to or --to-all', self._refused('all'))
        self.assertIn(
            '--newest',
            self._refused('all', '--to', 'north', '--family', 'os_distro'),
        )
        self.assertIn("--name-glob '*'", self._refused('all', '--to', 'north'))
        self.assertIn('no site south', self._refused('all', '--to', 'south'))

    def test_missing_credential_says_how_to_make_one(self) -> None:
        self.refuse(
            *('POST', '/rules', 400, 'replication.no_credential', 'None.')
        )
        self.server.get(
            f'{unit.V1}/credentials', json=rules.page('credentials')
        )
        error = self.assertRaises(
            exceptions.CommandError,
            self.run_command,
            rule_create.CreateRule,
            *('all', '--to', 'north', '--tag', 'blessed'),
        )
        self.assertIn('credential create --site north', str(error))
