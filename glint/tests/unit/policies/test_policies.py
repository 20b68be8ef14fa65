# SPDX-License-Identifier: Apache-2.0

from oslo_policy import policy

from glint import policies
from glint.tests import base


class RulesTest(base.TestCase):
    def test_names_are_unique(self):
        names = [rule.name for rule in policies.list_rules()]
        self.assertEqual(sorted(set(names)), sorted(names))

    def test_all_are_for_project_tokens(self):
        for rule in policies.list_rules():
            self.assertEqual(['project'], rule.scope_types, rule.name)

    def test_rules_of_calls_are_documented(self):
        for rule in policies.list_rules():
            self.assertTrue(rule.description.endswith('.'), rule.name)
            if rule.name.count(':') == 2:
                self.assertIsInstance(rule, policy.DocumentedRuleDefault)
                self.assertTrue(rule.operations, rule.name)
