# SPDX-License-Identifier: Apache-2.0

"""Rules, and what they keep."""

from openstack import exceptions

from glintclient.tests.unit import base
from glintclient.tests.unit import rules


class TestRule(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        rules.serve(self.server)

    def test_all_fields_are_read(self) -> None:
        rule = self.client.get_rule(rules.RULE_ID)
        for key, value in rules.RULE.items():
            self.assertEqual(value, getattr(rule, key), key)

    def test_only_calls_of_rules_send_their_version(self) -> None:
        versions = []
        self.server.get(rules.RULES, json=rules.page('rules', rules.RULE))
        self.server.put(f'{rules.ONE}/takeover', json=rules.RULE)
        for call in (
            lambda: list(self.client.rules()),
            lambda: self.client.take_over_rule(rules.RULE_ID),
            lambda: list(self.client.sites()),
        ):
            call()
            headers = self.server.last_request.headers
            versions.append(headers['OpenStack-API-Version'].split()[1])
        self.assertEqual(['1.1', '1.1', '1.0'], versions)

    def test_create_sends_what_is_given(self) -> None:
        given = {
            'name': 'ubuntu-everywhere',
            'target_site_ids': [rules.NORTH['id']],
            'select': {'names': ['ubuntu-*']},
        }
        self.server.post(rules.RULES, json=rules.RULE, status_code=201)
        rule = self.client.create_rule(**given)
        self.assertEqual(rules.RULE_ID, rule.id)
        self.assertEqual(given, self.server.last_request.json())

    def test_update_is_meant_for_a_generation(self) -> None:
        self.server.patch(rules.ONE, json=rules.RULE | {'enabled': False})
        rule = self.client.update_rule(
            rules.RULE_ID, enabled=False, if_match='3'
        )
        self.assertFalse(rule.enabled)
        sent = self.server.last_request
        self.assertEqual({'enabled': False}, sent.json())
        self.assertEqual('3', sent.headers['If-Match'])

    def test_find_by_name(self) -> None:
        name = rules.RULE['name']
        self.refuse('GET', f'/rules/{name}', 404, 'rule.not_found', 'None.')
        self.server.get(
            f'{rules.RULES}?name={name}',
            json=rules.page('rules', rules.RULE),
        )
        self.assertEqual(rules.RULE_ID, self.client.find_rule(name).id)

    def test_delete_of_a_missing_one(self) -> None:
        self.refuse('DELETE', '/rules/x', 404, 'rule.not_found', 'None.')
        self.client.delete_rule('x')
        self.assertRaises(
            exceptions.NotFoundException,
            self.client.delete_rule,
            'x',
            ignore_missing=False,
        )

    def test_take_over_answers_the_rule_with_its_new_user(self) -> None:
        self.server.put(
            f'{rules.ONE}/takeover', json=rules.RULE | {'user_id': 'mine'}
        )
        self.assertEqual(
            'mine', self.client.take_over_rule(rules.RULE_ID).user_id
        )

    def test_execution_knows_its_rule(self) -> None:
        queued = rules.EXECUTION | {'state': 'queued', 'dry_run': True}
        self.server.put(f'{rules.ONE}/execute', json=queued, status_code=202)
        made = self.client.execute_rule(rules.RULE_ID, dry_run=True)
        self.assertEqual({'dry_run': True}, self.server.last_request.json())
        self.server.get(
            f'{rules.EXECUTIONS}/{rules.EXECUTION_ID}', json=rules.EXECUTION
        )
        found = self.client.get_execution(made)
        self.assertEqual('completed', found.state)

    def test_replicas_are_filtered(self) -> None:
        self.server.get(
            f'{rules.ONE}/replicas', json=rules.page('replicas', rules.REPLICA)
        )
        (found,) = self.client.replicas(
            rules.RULE_ID, state='drifted', target_site_id='north'
        )
        self.assertEqual(
            {'state': ['drifted'], 'target_site_id': ['north']},
            self.last_query(),
        )
        for key, value in rules.REPLICA.items():
            self.assertEqual(value, getattr(found, key), key)
