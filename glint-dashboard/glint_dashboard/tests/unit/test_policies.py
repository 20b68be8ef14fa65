# SPDX-License-Identifier: Apache-2.0

"""The rules that the buttons go by.

Run as a program, this module writes them anew.
"""

import pathlib
from typing import Any
import unittest

import yaml

from glint import policies
import glint_dashboard

_FILE = (
    pathlib.Path(glint_dashboard.__file__).parent
    / 'conf/default_policies/glint.yaml'
)


def _rules() -> list[dict[str, Any]]:
    """Write the rules of the service as Horizon reads them."""
    return [
        {
            'name': rule.name,
            'check_str': rule.check_str,
            'description': rule.description,
            'operations': list(getattr(rule, 'operations', [])),
            'scope_types': list(rule.scope_types),
        }
        for rule in policies.list_rules()
    ]


class DefaultPoliciesTest(unittest.TestCase):
    def test_file_has_the_rules_of_the_service(self) -> None:
        self.maxDiff = None
        self.assertEqual(
            _rules(),
            yaml.safe_load(_FILE.read_text()),
            'Write the file anew, in the root of the checkout: '
            'PYTHONPATH=glint-dashboard:. python -m '
            'glint_dashboard.tests.unit.test_policies',
        )


if __name__ == '__main__':
    _FILE.write_text(yaml.dump(_rules()))
