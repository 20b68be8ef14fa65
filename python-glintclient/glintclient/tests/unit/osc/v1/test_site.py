# SPDX-License-Identifier: Apache-2.0

"""openstack image replication site delete."""

from osc_lib import exceptions

from glintclient.osc.v1 import site
from glintclient.tests.unit import base as unit
from glintclient.tests.unit.osc import base

_SHOWN = unit.sample('site-show-response')
_PATH = f'/sites/{_SHOWN["id"]}'


class TestDelete(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.server.get(f'{unit.V1}{_PATH}', json=_SHOWN)

    def test_site_with_credentials_says_how_to_delete_both(self) -> None:
        self.refuse(*('DELETE', _PATH, 409, 'site.not_empty', 'It has two.'))
        error = self.assertRaises(
            exceptions.CommandError,
            self.run_command,
            site.DeleteSite,
            _SHOWN['id'],
        )
        self.assertIn('It has two.', str(error))
        self.assertIn('--cascade', str(error))
        self.assertEqual({'cascade': ['false']}, self.last_query())

    def test_cascade(self) -> None:
        self.server.delete(f'{unit.V1}{_PATH}', status_code=204)
        code, _text = self.run_command(
            site.DeleteSite, _SHOWN['id'], '--cascade'
        )
        self.assertEqual((0, {}), (code, self.last_query()))
