# SPDX-License-Identifier: Apache-2.0

"""openstack image replication rule replica list."""

from glintclient.osc.v1 import replica
from glintclient.tests.unit import rules
from glintclient.tests.unit.osc import base


class TestList(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        rules.serve(self.server)
        self.replicas = self.server.get(
            f'{rules.ONE}/replicas', json=rules.page('replicas', rules.REPLICA)
        )

    def test_drift_names_both_values(self) -> None:
        _code, table = self.run_command(replica.ListReplica, rules.RULE_ID)
        self.assertIn(' os_version: 24.04 -> 22.04 ', table)
        self.assertIn(' north ', table)
        (row,) = self.json(replica.ListReplica, rules.RULE_ID)
        self.assertEqual({'os_version': ['24.04', '22.04']}, row['Drift'])

    def test_filters(self) -> None:
        self.run_command(
            replica.ListReplica,
            *(rules.RULE_ID, '--site', 'north', '--state', 'drifted'),
        )
        self.assertEqual(
            {'state': ['drifted'], 'target_site_id': [rules.NORTH['id']]},
            self.replicas.last_request.qs,
        )

    def test_error_says_why(self) -> None:
        error = {'code': 'copy.refused', 'detail': 'Its format is refused.'}
        failed = rules.REPLICA | {'state': 'failed', 'error': error}
        self.server.get(
            f'{rules.ONE}/replicas', json=rules.page('replicas', failed)
        )
        _code, table = self.run_command(replica.ListReplica, rules.RULE_ID)
        self.assertIn('Its format is refused.', table)
