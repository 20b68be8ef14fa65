# SPDX-License-Identifier: Apache-2.0

"""Executions of rules."""

from typing import Any

from openstack import exceptions

from glintclient.tests.unit import base
from glintclient.tests.unit import rules

URL = f'{rules.EXECUTIONS}/{rules.EXECUTION_ID}'


class TestExecution(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        rules.serve(self.server)

    def _states(self, *states: str, **more: Any) -> None:
        """Have an execution shown in one state after the other."""
        self.server.get(
            URL,
            [{'json': rules.EXECUTION | {'state': s, **more}} for s in states],
        )

    def _wait(self, **options: Any) -> Any:
        return self.client.wait_for_execution(
            rules.EXECUTION_ID, rules.RULE_ID, interval=0, **options
        )

    def test_all_fields_are_read(self) -> None:
        self.server.get(
            rules.EXECUTIONS, json=rules.page('executions', rules.EXECUTION)
        )
        (found,) = self.client.executions(rules.RULE_ID, state='completed')
        for key, value in rules.EXECUTION.items():
            self.assertEqual(value, getattr(found, key), key)
        self.assertEqual({'state': ['completed']}, self.last_query())

    def test_items_are_got_page_after_page(self) -> None:
        link = f'{URL}?limit=1&marker=0'
        self.server.get(
            URL,
            json=rules.EXECUTION
            | rules.page('items', rules.COPIED)
            | {'links': [{'rel': 'next', 'href': link}]},
        )
        self.server.get(
            link, json=rules.EXECUTION | rules.page('items', rules.AMENDED)
        )
        found = self.client.execution_items(rules.EXECUTION_ID, rules.RULE_ID)
        for item, sample in zip(
            found, (rules.COPIED, rules.AMENDED), strict=True
        ):
            for key, value in sample.items():
                self.assertEqual(value, getattr(item, key), key)

    def test_id_alone_does_not_tell_the_rule(self) -> None:
        self.assertRaises(
            ValueError, self.client.get_execution, rules.EXECUTION_ID
        )

    def test_approve_and_cancel(self) -> None:
        for verb, call in (
            ('approve', self.client.approve_execution),
            ('cancel', self.client.cancel_execution),
        ):
            self.server.put(
                f'{URL}/{verb}', json=rules.EXECUTION | {'state': verb}
            )
            found = call(rules.EXECUTION_ID, rules.RULE_ID)
            self.assertEqual(verb, found.state)

    def test_wait_sees_each_step_up_to_the_end(self) -> None:
        self._states('queued', 'running', 'copying', 'completed')
        seen: list[str] = []
        self._wait(callback=lambda item: seen.append(item.state))
        self.assertEqual(['queued', 'running', 'copying', 'completed'], seen)

    def test_what_is_not_completed_is_a_failure_with_its_reasons(self) -> None:
        error = {'code': 'rule.source', 'detail': 'The source is silent.'}
        self._states('error', error=error, warnings=['Nothing was done.'])
        failure = self.assertRaises(exceptions.ResourceFailure, self._wait)
        self.assertIn(
            'error.\nThe source is silent.\nNothing was done.', str(failure)
        )
        self.assertEqual('error', failure.extra_data.state)

    def test_wait_ends_when_a_user_has_to_approve(self) -> None:
        self._states('running', 'needs_approval')
        failure = self.assertRaises(exceptions.ResourceFailure, self._wait)
        self.assertEqual('needs_approval', failure.extra_data.state)
