# SPDX-License-Identifier: Apache-2.0

"""openstack image replication rule execution list, show, approve, cancel."""

from glintclient.osc.v1 import execution
from glintclient.tests.unit import rules
from glintclient.tests.unit.osc import base

IDS = (rules.RULE_ID, rules.EXECUTION_ID)
URL = f'{rules.EXECUTIONS}/{rules.EXECUTION_ID}'
KEPT = rules.AMENDED | {'name': 'ubuntu-24.04-2', 'action': 'keep'}
GOES = KEPT | {
    'action': 'delete',
    'state': 'unapproved',
    'reason': 'it was deleted at the source',
}


class TestExecution(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        rules.serve(self.server)

    def test_list_counts_what_they_do(self) -> None:
        listed = self.server.get(
            rules.EXECUTIONS, json=rules.page('executions', rules.EXECUTION)
        )
        _code, table = self.run_command(
            execution.ListExecution,
            *(rules.RULE_ID, '--state', 'completed', '--sort', 'state:desc'),
        )
        self.assertIn(' 1 copy, 1 amend ', table)
        self.assertIn(' 360.0 MiB ', table)
        self.assertEqual(
            {
                'state': ['completed'],
                'sort_key': ['state'],
                'sort_dir': ['desc'],
            },
            listed.last_request.qs,
        )

    def test_show_has_a_line_for_each_thing_to_tell(self) -> None:
        self.server.get(
            URL,
            json=rules.EXECUTION
            | rules.page('items', rules.COPIED, rules.AMENDED, KEPT, GOES),
        )
        _code, table = self.run_command(execution.ShowExecution, *IDS)
        for line in (
            'ubuntu-24.04-1 at north: copy, done, 360.0 MiB',
            'ubuntu-24.04-0 at north: amend, done',
            'ubuntu-24.04-2 at north: delete, unapproved, it was deleted at '
            'the source',
        ):
            self.assertIn(f' {line} ', table)
        self.assertNotIn('keep', table)
        shown = self.json(execution.ShowExecution, *IDS)
        self.assertEqual(
            ['copy', 'amend', 'keep', 'delete'],
            [item['action'] for item in shown['items']],
        )

    def test_show_says_why_nothing_was_done(self) -> None:
        error = {'code': 'x', 'detail': 'The source does not answer.'}
        self.server.get(
            URL,
            json=rules.EXECUTION
            | rules.page('items')
            | {'state': 'error', 'error': error, 'warnings': ['One.', 'Two.']},
        )
        _code, table = self.run_command(execution.ShowExecution, *IDS)
        for line in ('The source does not answer.', 'One.', 'Two.'):
            self.assertIn(f' {line} ', table)

    def test_approve_and_cancel(self) -> None:
        for verb, kind in (
            ('approve', execution.ApproveExecution),
            ('cancel', execution.CancelExecution),
        ):
            put = self.server.put(f'{URL}/{verb}', json=rules.EXECUTION)
            self.assertEqual(0, self.run_command(kind, *IDS)[0])
            self.assertTrue(put.called_once)
