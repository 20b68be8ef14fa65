# SPDX-License-Identifier: Apache-2.0

import fixtures
from oslo_policy import policy as oslo_policy

from glint import context as glint_context
from glint import exception
from glint import policy
from glint.policies import site
from glint.tests import base


def _context(**values):
    return glint_context.RequestContext(overwrite=False, **values)


class PolicyTest(base.TestCase):
    def setUp(self):
        super().setUp()
        # The first enforcer of a process registers the options.
        policy.get_enforcer()
        policy.reset()
        self.addCleanup(policy.reset)
        self.member = _context(
            user_id='u', project_id='p', roles=['member', 'reader']
        )

    def test_own_project_is_allowed(self):
        policy.authorize(self.member, site.CREATE, {'project_id': 'p'})
        policy.authorize_own(self.member, site.CREATE)

    def test_other_project_is_forbidden(self):
        raised = self.assertRaises(
            exception.Forbidden,
            policy.authorize,
            self.member,
            site.CREATE,
            {'project_id': 'q'},
        )
        self.assertIn('image-replication:site:create', str(raised))

    def test_admin_is_allowed_everywhere(self):
        admin = _context(user_id='a', project_id='o', roles=['admin'])
        policy.authorize(admin, site.DELETE, {'project_id': 'p'})

    def test_other_scopes_than_projects_are_forbidden(self):
        for scope in ({'system_scope': 'all'}, {'domain_id': 'd'}):
            admin = _context(user_id='a', roles=['admin'], **scope)
            self.assertFalse(policy.allows(admin, site.INDEX, {}))

    def test_unknown_rule_is_an_error(self):
        self.assertRaises(
            oslo_policy.PolicyNotRegistered,
            policy.allows,
            self.member,
            'site:paint',
            {},
        )

    def test_view_is_the_project_but_for_those_who_see_all(self):
        self.assertEqual('p', policy.view(self.member, site.ALL_PROJECTS))
        admin = _context(user_id='a', project_id='o', roles=['admin'])
        self.assertIsNone(policy.view(admin, site.ALL_PROJECTS))

    def test_view_without_a_project_is_refused(self):
        nobody = _context(user_id='u', roles=['member'])
        self.assertRaises(
            exception.NoProject, policy.view, nobody, site.ALL_PROJECTS
        )

    def test_operators_can_overrule(self):
        path = self.useFixture(fixtures.TempDir()).join('policy.yaml')
        with open(path, 'w') as f:
            f.write('"image-replication:site:create": "role:admin"\n')
        self.config(group='oslo_policy', policy_file=path)
        self.assertFalse(
            policy.allows(self.member, site.CREATE, {'project_id': 'p'})
        )
