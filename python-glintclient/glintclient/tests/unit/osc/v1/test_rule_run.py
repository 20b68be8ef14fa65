# SPDX-License-Identifier: Apache-2.0

"""openstack image replication rule run."""

import json
from typing import Any
from unittest import mock

import fixtures
from osc_lib import exceptions

from glintclient.osc.v1 import rule_run
from glintclient.osc.v1 import waiting
from glintclient.tests.unit import rules
from glintclient.tests.unit.osc import base

URL = f'{rules.EXECUTIONS}/{rules.EXECUTION_ID}'


class TestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        rules.serve(self.server)
        self.enterContext(mock.patch.object(waiting, '_INTERVAL_SECONDS', 0))
        self.errors = self.useFixture(fixtures.StringStream('stderr')).stream
        self.useFixture(fixtures.MonkeyPatch('sys.stderr', self.errors))
        self.execute = self.server.put(
            f'{rules.ONE}/execute',
            json=rules.EXECUTION | {'state': 'queued'},
            status_code=202,
        )

    def told(self) -> str:
        """Read what was written to standard error."""
        self.errors.seek(0)
        return self.errors.read()

    def answer(self, *states: str, items: Any = (), **fields: Any) -> None:
        """Have the execution shown in one state after the other."""
        shown = rules.EXECUTION | rules.page('items', *items) | fields
        self.server.get(URL, [{'json': shown | {'state': s}} for s in states])

    def run_rule(self, *arguments: str) -> tuple[int, str]:
        return self.run_command(rule_run.RunRule, rules.RULE_ID, *arguments)


class TestRun(TestCase):
    def test_it_comes_back_at_once(self) -> None:
        self.answer('queued')
        code, text = self.run_rule('-f', 'json')
        self.assertEqual((0, 'queued'), (code, json.loads(text)['state']))
        self.assertEqual({'dry_run': False}, self.execute.last_request.json())

    def test_wait_ends_with_the_execution(self) -> None:
        self.answer(
            *('running', 'copying', 'running', 'completed'),
            items=[rules.COPIED],
        )
        code, text = self.run_rule('--wait')
        self.assertEqual(0, code)
        self.assertIn('ubuntu-24.04-1 at north: copy, done', text)
        self.assertEqual('running\ncopying\ncompleted\n', self.told())

    def test_wait_for_what_is_not_completed_exits_with_1(self) -> None:
        for state in ('partial', 'error', 'cancelled'):
            self.answer('running', state)
            code, text = self.run_rule('--wait', '-f', 'json')
            self.assertEqual((1, state), (code, json.loads(text)['state']))

    def test_wait_says_how_to_approve(self) -> None:
        self.answer('needs_approval')
        self.assertEqual(1, self.run_rule('--wait')[0])
        ids = f'{rules.RULE_ID} {rules.EXECUTION_ID}'
        self.assertIn(f'rule execution approve {ids}', self.told())

    def test_interrupted_wait_says_how_to_go_on(self) -> None:
        self.answer('running')
        with mock.patch(
            'time.sleep', autospec=True, side_effect=KeyboardInterrupt
        ):
            self.assertRaises(KeyboardInterrupt, self.run_rule, '--wait')
        ids = f'{rules.RULE_ID} {rules.EXECUTION_ID}'
        self.assertIn(f'rule execution cancel {ids}', self.told())


class TestDryRun(TestCase):
    def _plan(self, *items: Any, code: int = 0) -> list[dict[str, Any]]:
        """Run the command, and read its list."""
        self.answer('queued', 'completed', items=items)
        found, text = self.run_rule('--dry-run', '-f', 'json')
        self.assertEqual(code, found)
        self.assertEqual({'dry_run': True}, self.execute.last_request.json())
        return json.loads(text)

    def test_table_tells_what_would_be_done(self) -> None:
        changes = {'name': [None, 'ubuntu-24.04-1']}
        self.answer(
            'completed',
            items=[rules.COPIED | {'changes': changes}, rules.AMENDED],
        )
        code, table = self.run_rule('--dry-run')
        self.assertEqual(0, code)
        for words in (
            '| ubuntu-24.04-1 | north       | copy   | 360.0 MiB |    ',
            '| ubuntu-24.04-0 | north       | amend  | 0 B       | os_hash',
            'os_version: 24.04 -> 24.04.1',
        ):
            self.assertIn(words, table)
        self.assertIn('1 copy, 1 amend; 360.0 MiB to copy.', self.told())

    def test_what_is_as_it_is_to_be_is_not_listed(self) -> None:
        kept = rules.AMENDED | {'action': 'keep', 'changes': {}}
        drifted = kept | {'reason': 'changed at the site: os_version'}
        (row,) = self._plan(kept, drifted)
        self.assertEqual('changed at the site: os_version', row['Reason'])
        self.assertEqual([], self._plan(kept))
        self.assertIn('There is nothing to do.', self.told())

    def test_what_is_in_the_way_exits_with_1(self) -> None:
        for action in ('conflict', 'blocked'):
            bad = rules.AMENDED | {'action': action, 'reason': 'Because.'}
            (_good, row) = self._plan(rules.COPIED, bad, code=1)
            self.assertEqual(action, row['Action'])
        for action in ('skip', 'wait'):
            self._plan(rules.AMENDED | {'action': action})

    def test_silent_source_is_an_error(self) -> None:
        error = {'code': 'x', 'detail': 'The source does not answer.'}
        self.answer('error', error=error)
        failure = self.assertRaises(
            exceptions.CommandError, self.run_rule, '--dry-run'
        )
        self.assertEqual('The source does not answer.', str(failure))

    def test_format_without_lists_is_refused_before_all(self) -> None:
        error = self.assertRaises(
            exceptions.CommandError, self.run_rule, '--dry-run', '-f', 'shell'
        )
        self.assertIn('is a list', str(error))
        self.assertFalse(self.execute.called)
