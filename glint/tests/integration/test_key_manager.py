# SPDX-License-Identifier: Apache-2.0

"""Secrets in a real Barbican."""

from typing import Any

from glint.tests import waiting
from glint.tests.functional import proxy
from glint.tests.integration import barbican as barbicans
from glint.tests.integration import base

_CREDENTIALS = 'SELECT id, scheme, key_id, secret FROM credentials'


class TestCase(base.TestCase):
    """A Glint that reaches Barbican through a gate."""

    BACKEND = 'castellan'

    def prepare(self) -> None:
        self.barbican = barbicans.Barbican(self.lab)
        self.before = set(self.barbican.credential_ids())
        self.gate = self.useFixture(proxy.Proxy(self.lab.services['barbican']))
        self.stack.barbican = f'barbican_endpoint = {self.gate.url}'
        self.use(self.BACKEND)

    def use(self, backend: str) -> None:
        """Keep secrets there from now on, also by commands."""
        self.stack.secrets_backend = backend
        self.stack.configure('manage')

    def kept(self) -> list[str]:
        """Return the credentials that Barbican has the secrets of."""
        found = self.barbican.credential_ids()
        return sorted(one for one in found if one not in self.before)

    def rows(self) -> dict[str, Any]:
        """Return the rows of the credentials by their ids."""
        return {row.id: row for row in self.stack.rows(_CREDENTIALS)}

    def assert_kept(self) -> None:
        """Barbican has the secret of each row, and nothing else."""
        waiting.until(
            lambda: self.kept() == sorted(self.rows()),
            30,
            'end of the secrets without a row',
        )

    def add_credential(self, site_id: str) -> Any:
        """Register a further credential.

        :returns: the answer.
        """
        account = self.lab.clouds[1].member
        return self.glint.post(
            '/v1/credentials',
            json={
                'site_id': site_id,
                'name': 'another',
                'auth_type': 'v3password',
                'auth': {
                    'username': account.username,
                    'password': account.password,
                    'user_domain_name': account.user_domain_name,
                    'project_name': account.project_name,
                    'project_domain_name': account.project_domain_name,
                },
            },
        )

    def begin(self, site_id: str) -> str:
        """Begin to replicate a new image."""
        image_id, _digest = self.make_image(base.MIB)
        self.addCleanup(self.remove_made, image_id)
        return self.replicate(image_id, site_id)


class KeyManagerTest(TestCase):
    def test_secrets_live_in_barbican_as_long_as_their_rows(self) -> None:
        self.stack.start_conductor()
        site_id = self.add_site(self.lab.clouds[1])
        self.await_state(self.begin(site_id), 'completed')
        # The one of the site, and the trust at home.
        self.assertEqual(2, len(self.rows()))
        self.assert_kept()
        for row in self.rows().values():
            self.assertEqual(('castellan', 'barbican'), row[1:3])
            self.assertRegex(row.secret, '^[0-9a-f-]{36}$')
        # One that is deleted, one that comes to no row, one of a site that
        # is deleted.
        added = self.add_credential(site_id)
        self.assertEqual(201, added.status_code, added.text)
        self.assertIn(added.json()['id'], self.kept())
        self.assertEqual(409, self.add_credential(site_id).status_code)
        url = f'/v1/credentials/{added.json()["id"]}'
        self.assertEqual(204, self.glint.delete(url).status_code)
        self.assert_kept()
        self.assertEqual(2, len(self.rows()))
        self.delete_site(site_id)
        self.assertEqual(1, len(self.rows()))
        self.assert_kept()
        for credential_id in self.rows():
            self.glint.delete(f'/v1/credentials/{credential_id}')
        self.assert_kept()
        self.assertEqual([], self.kept())

    def test_outage_of_barbican_is_waited_for(self) -> None:
        self.stack.start_conductor()
        site_id = self.add_site(self.lab.clouds[1])
        self.await_state(self.begin(site_id), 'completed')
        self.gate.refuse()
        answer = self.add_credential(site_id)
        self.assertEqual(503, answer.status_code)
        (error,) = answer.json()['errors']
        self.assertEqual(
            'image-replication.secrets.unavailable', error['code']
        )
        self.assertIn('the key manager did not take', error['detail'])
        replication_id = self.begin(site_id)

        def waits() -> bool:
            (copy,) = self.get(f'/v1/replications/{replication_id}')['copies']
            return bool(copy['state'] == 'queued' and copy['error'])

        waiting.until(waits, 60, 'failure of the copy')
        (copy,) = self.get(f'/v1/replications/{replication_id}')['copies']
        self.assertEqual('secrets.unavailable', copy['error']['code'])
        self.assertTrue(copy['error']['retryable'])
        self.gate.listen()
        self.await_state(replication_id, 'completed')
        self.assert_kept()


class MovingTest(TestCase):
    BACKEND = 'fernet'

    def test_secrets_move_to_barbican_and_back_while_they_are_used(
        self,
    ) -> None:
        self.stack.start_conductor()
        site_id = self.add_site(self.lab.clouds[1])
        self.await_state(self.begin(site_id), 'completed')
        self.assertEqual(2, len(self.rows()))
        for backend, kept in (('castellan', 2), ('fernet', 0)):
            self.use(backend)
            running = self.begin(site_id)
            said = self.stack.manage('credential', 'migrate')
            self.assertIn('2 credentials', said)
            # Processes read by what the row says, so they need no restart.
            self.await_state(running, 'completed')
            self.await_state(self.begin(site_id), 'completed')
            self.assertEqual(
                {backend}, {row.scheme for row in self.rows().values()}
            )
            waiting.until(
                lambda kept=kept: len(self.kept()) == kept,
                30,
                f'{kept} secrets in Barbican',
            )
