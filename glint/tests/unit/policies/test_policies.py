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
