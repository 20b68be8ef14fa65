# SPDX-License-Identifier: Apache-2.0

"""openstack image replication list."""

from typing import Any
from unittest import mock

from openstack import exceptions as sdk
from openstack.identity.v3 import _proxy as identity
from openstack.identity.v3 import user
from osc_lib import exceptions

from glintclient.osc.v1 import replication
from glintclient.tests.unit import base as unit
from glintclient.tests.unit.osc import base

NORTH, HOME = unit.sample('site-index-response')['sites']


class TestList(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.sites = self.server.get(
            f'{unit.V1}/sites', json={'sites': [NORTH, HOME], 'links': []}
        )
        self.server.get(
            f'{unit.V1}/replications',
            json=unit.sample('replication-index-response'),
        )

    def _list(self, *arguments: str) -> dict[str, Any]:
        (row,) = self.json(replication.ListReplication, *arguments)
        return row

    def test_tells_where_from_and_where_to(self) -> None:
        row = self._list()
        self.assertEqual(
            ('debian-13', 'home', ['cern']),
            (row['Image Name'], row['Source Site'], row['Target Sites']),
        )
        self.assertNotIn('Project ID', row)
        # The names are in the answer, also of sites that are gone.
        self.assertFalse(self.sites.called)
        _code, table = self.run_command(replication.ListReplication, '--long')
        self.assertIn('| home        | cern         |', table)

    def test_table_fits_a_terminal_of_80_columns(self) -> None:
        _code, table = self.run_command(
            replication.ListReplication, '--max-width', '80'
        )
        self.assertGreater(81, max(map(len, table.splitlines())), table)
        self.assertIn('| cern ', table)
        _code, table = self.run_command(
            replication.ListReplication, '-c', 'Copies'
        )
        self.assertIn('| Copies ', table)

    def test_sites_are_named(self) -> None:
        self._list('--to', 'north', '--from', 'home')
        self.assertEqual(
            {
                'target_site_id': [NORTH['id']],
                'source_site_id': [HOME['id']],
            },
            self.last_query(),
        )

    def test_all_projects_show_which_one(self) -> None:
        row = self._list('--all-projects', '--to', NORTH['id'])
        self.assertEqual(['true'], self.last_query()['all_projects'])
        self.assertIn('all_projects=true', self.sites.last_request.query)
        self.assertEqual('3c1d5e7f9a2b4c6d8e0f1a2b3c4d5e6f', row['Project ID'])

    def _found(self, found: Any) -> mock.Mock:
        """Have a user found, or not."""
        proxy = mock.create_autospec(identity.Proxy, instance=True)
        proxy.find_user.side_effect = [found]
        self.enterContext(
            mock.patch.object(type(self.conn), 'identity', proxy)
        )
        return proxy

    def test_user_is_named(self) -> None:
        self._found(user.User(id='u1', name='alice'))
        self._list('--user', 'alice')
        self.assertEqual({'user_id': ['u1']}, self.last_query())

    def test_own_name_needs_no_look_up(self) -> None:
        proxy = self._found(sdk.ForbiddenException())
        self._list('--user', 'me')
        self.assertEqual({'user_id': ['my-id']}, self.last_query())
        proxy.find_user.assert_not_called()

    def test_id_is_taken_where_names_are_not_to_be_looked_up(self) -> None:
        self._found(sdk.ForbiddenException())
        self._list('--user', 'a' * 32)
        self.assertEqual({'user_id': ['a' * 32]}, self.last_query())
        self._found(sdk.ForbiddenException())
        error = self.assertRaises(
            exceptions.CommandError, self._list, '--user', 'alice'
        )
        self.assertIn('look up the user alice: give the ID', str(error))

    def test_unknown_name_is_refused(self) -> None:
        self._found(None)
        error = self.assertRaises(
            exceptions.CommandError, self._list, '--user', 'nobody'
        )
        self.assertEqual('There is no user nobody.', str(error))
