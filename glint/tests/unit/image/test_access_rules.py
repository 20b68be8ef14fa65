# SPDX-License-Identifier: Apache-2.0

import json
import pathlib
import runpy

import ddt

from glint.image import access_rules
from glint.tests import base

ROOT = pathlib.Path(__file__).parents[4]
RULES = ROOT / 'doc/source/user/access-rules.json'
CLIENT = ROOT / 'python-glintclient/glintclient/osc/v1/access_rules.py'

UUID = '6f2f9a4e-4d4c-4a4b-9d3e-3d1a5b0f8c11'


def needed() -> set[tuple[str, str, str]]:
    return {
        (rule.service, rule.method, rule.path)
        for rules in access_rules.NEEDED.values()
        for rule in rules
    }


@ddt.ddt
class AccessRulesTest(base.TestCase):
    @ddt.data(
        ('/v2/images/*', f'/v2/images/{UUID}', True),
        ('/v2/images/*', f'/v2/images/{UUID}/file', False),
        ('/v2/images/*', '/v2/images', False),
        ('/v2/images/{image_id}/file', f'/v2/images/{UUID}/file', True),
        ('/v2/**', f'/v2/images/{UUID}/file', True),
        ('**', '/v2/images', True),
        ('/v2.images', '/v2/images', False),
        # A path before Glance's own may count or not.
        ('/image/v2/images', '/image/v2/images', True),
        ('/v2/images', '/image/v2/images', True),
        ('/v3/images', '/v2/images', False),
    )
    @ddt.unpack
    def test_path_matches_as_in_keystonemiddleware(
        self, pattern: str, path: str, expected: bool
    ) -> None:
        rules = [access_rules.Rule('image', 'GET', pattern)]
        self.assertIs(expected, access_rules.permits(rules, 'GET', path))

    def test_pattern_of_the_worst_kind_takes_no_time(self) -> None:
        rules = [access_rules.Rule('image', 'GET', '**a' * 80 + '**!')]
        path = '/v2/images/' + 'a' * 200
        self.assertFalse(access_rules.permits(rules, 'GET', path))

    def test_method_and_service_count(self) -> None:
        rules = [access_rules.Rule('compute', 'GET', '/v2/images')]
        self.assertFalse(access_rules.permits(rules, 'GET', '/v2/images'))
        rules = [access_rules.Rule('image', 'POST', '/v2/images')]
        self.assertFalse(access_rules.permits(rules, 'GET', '/v2/images'))

    def test_no_rules_permit_all_and_an_empty_list_nothing(self) -> None:
        self.assertTrue(access_rules.permits(None, 'PUT', '/v2/x'))
        self.assertFalse(access_rules.permits([], 'PUT', '/v2/x'))

    def test_what_is_needed_permits_itself(self) -> None:
        rules = [access_rules.Rule(*item) for item in needed()]
        for use in access_rules.Use:
            self.assertEqual([], access_rules.missing(rules, use))
            self.assertNotEqual([], access_rules.missing([], use))

    def test_user_guide_and_client_have_the_same_rules(self) -> None:
        names = ('service', 'method', 'path')
        guide = json.loads(RULES.read_text())
        self.assertEqual(
            needed(), {tuple(rule[key] for key in names) for rule in guide}
        )
        least = runpy.run_path(str(CLIENT))['least']
        self.assertEqual(guide, least(None))
        self.assertEqual(guide, least('http://x/v2'))
        below = {rule['path'] for rule in least('http://x/image/v2')}
        self.assertIn('/image/v2/images/*/file', below)
        self.assertIn('/v2/images/*/file', below)
