# SPDX-License-Identifier: Apache-2.0

"""openstack image replication credential delete."""

import fixtures

from glintclient.osc.v1 import credential
from glintclient.tests.unit import base as unit
from glintclient.tests.unit.osc import base

_SHOWN = unit.sample('credential-show-response')


class TestDelete(base.TestCase):
    def _delete(self, auth_type: str) -> str:
        """Delete a credential, and return what is told."""
        shown = _SHOWN | {'auth_type': auth_type}
        path = f'{unit.V1}/credentials/{shown["id"]}'
        self.server.get(path, json=shown)
        self.server.delete(path, status_code=204)
        self.server.get(
            f'{unit.V1}/sites',
            json={
                'sites': [
                    unit.sample('site-show-response')
                    | {'id': shown['site_id'], 'name': 'west'}
                ],
                'links': [],
            },
        )
        log = self.useFixture(fixtures.FakeLogger())
        code, _text = self.run_command(
            credential.DeleteCredential, shown['id']
        )
        self.assertEqual(0, code)
        return log.output

    def test_application_credential_that_stays_is_told(self) -> None:
        told = self._delete('v3applicationcredential')
        for words in (
            'stays at west',
            f'glint-{_SHOWN["name"]}-',
            'application credential delete <name>',
        ):
            self.assertIn(words, told)

    def test_password_leaves_nothing_to_remove(self) -> None:
        self.assertNotIn('stays', self._delete('v3password'))
