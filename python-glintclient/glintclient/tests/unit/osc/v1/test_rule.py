# SPDX-License-Identifier: Apache-2.0

"""openstack image replication rule list, show, delete and their like."""

from osc_lib import exceptions

from glintclient.osc.v1 import rule
from glintclient.tests.unit import base as unit
from glintclient.tests.unit import rules
from glintclient.tests.unit.osc import base


class TestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        rules.serve(self.server)
        self.rules = self.server.get(
            rules.RULES, json=rules.page('rules', rules.RULE)
        )


class TestList(TestCase):
    def test_names_sites_and_counts_replicas(self) -> None:
        (row,) = self.json(rule.ListRule)
        self.assertEqual(
            ('ubuntu-everywhere', 'home', ['north'], 'ok'),
            (
                *(row['Name'], row['Source Site']),
                *(row['Target Sites'], row['State']),
            ),
        )
        _code, table = self.run_command(rule.ListRule)
        self.assertIn('1 in_sync, 1 drifted', table)
        self.assertNotIn('total', table)

    def test_options_reach_the_service(self) -> None:
        self.run_command(
            rule.ListRule, '--sort', 'next_execution_at', '--all-projects'
        )
        query = self.rules.last_request.qs
        self.assertEqual(['next_execution_at'], query['sort_key'])
        self.assertEqual(['true'], query['all_projects'])

    def test_long_says_when_it_is_executed(self) -> None:
        for trigger, words in (
            ({'every': 21600, 'cron': None}, 'every 6h'),
            ({'every': None, 'cron': '0 3 * * *'}, '0 3 * * * UTC'),
            ({'every': None, 'cron': None}, 'by hand'),
        ):
            self.server.get(
                rules.RULES,
                json=rules.page('rules', rules.RULE | {'trigger': trigger}),
            )
            _code, table = self.run_command(rule.ListRule, '--long')
            self.assertIn(f' {words} ', table)


class TestShow(TestCase):
    def test_table_has_a_line_for_each_thing_that_is_said(self) -> None:
        _code, table = self.run_command(rule.ShowRule, rules.RULE_ID)
        for line in (
            'names: ubuntu-24.04-*, !*-daily*',
            'tags.all: blessed',
            'newest.count: 3',
            'grace: 7d',
            'every 6h',
        ):
            self.assertIn(f' {line} ', table)
        for absent in ('tags.any', 'visibility:'):
            self.assertNotIn(absent, table)

    def test_last_execution(self) -> None:
        self.server.get(
            rules.ONE, json=rules.RULE | {'last_execution': rules.EXECUTION}
        )
        _code, table = self.run_command(rule.ShowRule, rules.RULE_ID)
        self.assertIn(' completed 2026-10-07T09:31:02Z ', table)

    def test_site_of_a_name_that_another_has_is_shown_by_its_id(self) -> None:
        other = rules.NORTH | {'id': 'other'}
        self.server.get(
            f'{unit.V1}/sites',
            json=rules.page('sites', rules.NORTH, other, rules.HOME),
        )
        shown = self.json(rule.ShowRule, rules.RULE_ID)
        self.assertEqual([rules.NORTH['id']], shown['target_sites'])
        self.assertEqual('home', shown['source_site'])


class TestAct(TestCase):
    def test_enable_and_disable(self) -> None:
        patch = self.server.patch(rules.ONE, json=rules.RULE)
        for kind, enabled in (
            (rule.DisableRule, False),
            (rule.EnableRule, True),
        ):
            self.assertEqual(0, self.run_command(kind, rules.RULE_ID)[0])
            self.assertEqual({'enabled': enabled}, patch.last_request.json())

    def test_take_over(self) -> None:
        put = self.server.put(f'{rules.ONE}/takeover', json=rules.RULE)
        self.run_command(rule.TakeOverRule, rules.RULE_ID)
        self.assertTrue(put.called_once)

    def test_others_of_several_are_deleted_nevertheless(self) -> None:
        deleted = self.server.delete(rules.ONE, status_code=204)
        self.refuse('GET', '/rules/x', 404, 'rule.not_found', 'None.')
        error = self.assertRaises(
            exceptions.CommandError,
            self.run_command,
            rule.DeleteRule,
            *('x', rules.RULE_ID),
        )
        self.assertEqual('1 of 2 failed.', str(error))
        self.assertTrue(deleted.called_once)

    def test_older_service_is_named(self) -> None:
        self.refuse('GET', '/rules/x', 404, 'request.not_found', 'No.')
        self.refuse('GET', '/rules', 404, 'request.not_found', 'No.')
        error = self.assertRaises(
            exceptions.CommandError, self.run_command, rule.ShowRule, 'x'
        )
        self.assertIn('older than your client', str(error))
        self.assertIn('rules need 1.1', str(error))
