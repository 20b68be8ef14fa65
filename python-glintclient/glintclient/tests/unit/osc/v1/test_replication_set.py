# SPDX-License-Identifier: Apache-2.0

"""openstack image replication set."""

from osc_lib import exceptions

from glintclient import exceptions as errors
from glintclient.osc.v1 import replication_set
from glintclient.tests.unit import base as unit
from glintclient.tests.unit.osc import base

SHOWN = unit.sample('replication-show-response')
URL = f'{unit.V1}/replications/{SHOWN["id"]}'


class TestSetReplication(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.server.get(URL, json=SHOWN)

    def _set(self, priority: str) -> int:
        code, _text = self.run_command(
            replication_set.SetReplication,
            *(SHOWN['id'], '--priority', priority),
        )
        return code

    def test_priority_is_sent_whatever_it_was(self) -> None:
        for priority in ('high', 'normal', 'low'):
            patch = self.server.patch(URL, json=SHOWN | {'priority': priority})
            self.assertEqual(0, self._set(priority))
            self.assertEqual({'priority': priority}, patch.last_request.json())

    def test_refusal_of_the_policy_is_told(self) -> None:
        path = f'/replications/{SHOWN["id"]}'
        self.refuse('PATCH', path, 403, 'request.forbidden', 'Not you.')
        error = self.assertRaises(errors.Forbidden, self._set, 'high')
        self.assertIn('Not you.', str(error))

    def test_others_of_several_are_set_nevertheless(self) -> None:
        patch = self.server.patch(URL, json=SHOWN)
        self.refuse('GET', '/replications/x', 404, 'replication.no', 'No.')
        self.server.get(
            f'{unit.V1}/replications', json={'replications': [], 'links': []}
        )
        error = self.assertRaises(
            exceptions.CommandError,
            self.run_command,
            replication_set.SetReplication,
            *('x', SHOWN['id'], '--priority', 'low'),
        )
        self.assertIn('1 of 2 failed.', str(error))
        self.assertEqual(1, patch.call_count)
