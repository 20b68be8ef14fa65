# SPDX-License-Identifier: Apache-2.0

"""openstack image replication credential set."""

from typing import Any

import ddt
import fixtures
from osc_lib import exceptions

from glintclient.osc.v1 import credential_set
from glintclient.tests.unit import base as unit
from glintclient.tests.unit.osc import base

SHOWN = unit.sample('credential-show-response')
URL = f'{unit.V1}/credentials/{SHOWN["id"]}'


@ddt.ddt
class TestSetCredential(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.server.get(
            f'{unit.V1}/sites', json=unit.sample('site-index-response')
        )
        self._be({})
        self.patch = self.server.patch(URL, json=SHOWN)
        self.useFixture(fixtures.EnvironmentVariable('NEW', 'canary'))

    def _be(self, fields: dict[str, Any]) -> None:
        self.server.get(URL, json=SHOWN | {'shared': False} | fields)

    def _set(self, *arguments: str) -> None:
        code, text = self.run_command(
            credential_set.SetCredential, SHOWN['id'], *arguments
        )
        self.assertEqual((0, ''), (code, text))

    @ddt.data(
        (('--name', 'other'), {'name': 'other'}),
        (('--share',), {'shared': True}),
        (('--name', 'x', '--share'), {'name': 'x', 'shared': True}),
    )
    @ddt.unpack
    def test_what_is_given_is_sent(
        self, arguments: tuple[str, ...], sent: dict[str, Any]
    ) -> None:
        self._set(*arguments)
        self.assertEqual(sent, self.patch.last_request.json())

    def test_sharing_ends(self) -> None:
        self._be({'shared': True})
        self._set('--unshare')
        self.assertEqual({'shared': False}, self.patch.last_request.json())

    def test_secret_comes_from_where_the_options_say(self) -> None:
        arguments = ('--application-credential-id', 'i', '--secret-env', 'NEW')
        auth = {
            'application_credential_id': 'i',
            'application_credential_secret': 'canary',
        }
        for more, sent in (
            ((), {}),
            (('--no-check',), {'check': False}),
            (('--name', 'other'), {'name': 'other'}),
        ):
            with fixtures.FakeLogger() as logs:
                self._set(*arguments, *more)
            self.assertEqual(
                {'auth': auth, **sent}, self.patch.last_request.json()
            )
            self.assertIn('stays at its cloud', logs.output)

    @ddt.data(
        ((), 'Say what to change.'),
        (('--no-check', '--share'), '--no-check is for a secret'),
        (
            ('--username', 'u', '--secret-env', 'NEW'),
            'its type stays: what you gave is of the type v3password',
        ),
        (('--secret-env', 'NEW'), 'Say what to authenticate with'),
        (('--from-cloud', 'x', '--username', 'u'), 'clouds.yaml tells all'),
        (('--auth', 'password=x'), 'Others can read the command line'),
    )
    @ddt.unpack
    def test_what_cannot_be_is_refused_here(
        self, arguments: tuple[str, ...], words: str
    ) -> None:
        error = self.assertRaises(
            exceptions.CommandError, self._set, *arguments
        )
        self.assertIn(words, str(error))
        self.assertEqual(0, self.patch.call_count)
