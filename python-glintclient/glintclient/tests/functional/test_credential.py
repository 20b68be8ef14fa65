# SPDX-License-Identifier: Apache-2.0

"""openstack image replication site and credential."""

from typing import Any

from glintclient.tests.functional import base


class TestCredential(base.TestCase):
    def test_life_of_a_site(self) -> None:
        name = self.unique('west')
        made = self.json(
            *('replication', 'site', 'create', name, '--from-cloud', 'west'),
            *('--description', 'first', '--interface', 'public'),
        )
        west = self.clouds['west']['auth']['auth_url']
        self.assertEqual(
            (west, 'RegionOne', 'first', True),
            (
                made['auth_url'],
                made['region_name'],
                made['description'],
                made['enabled'],
            ),
        )
        other = self.unique('site')
        self.openstack(
            *('replication', 'site', 'set', name, '--name', other),
            *('--description', 'second', '--disable'),
        )
        shown = self.json('replication', 'site', 'show', other)
        self.assertEqual(
            (made['id'], 'second', False),
            (shown['id'], shown['description'], shown['enabled']),
        )
        rows = self.json('replication', 'site', 'list', '--long')
        self.assertIn(other, [row['Name'] for row in rows])
        self.assertIn('home', [row['Name'] for row in rows])
        self.openstack('replication', 'site', 'delete', other)
        rows = self.json('replication', 'site', 'list')
        self.assertNotIn(made['id'], [row['ID'] for row in rows])

    def test_sites_are_sorted_and_picked(self) -> None:
        first, last = sorted(self._site() for _ in range(2))
        for options, names in (
            ((), [first, last]),
            (('--sort-descending',), [last, first]),
        ):
            shown = self.openstack(
                *('replication', 'site', 'list', '--sort-column', 'Name'),
                *('-c', 'Name', '-f', 'value', *options),
            ).stdout.split()
            self.assertEqual(names, [i for i in shown if i in names])

    def test_home_site_is_fixed(self) -> None:
        error = self.openstack(
            'replication', 'site', 'delete', 'home', code=1
        ).stderr
        self.assertIn('The home site is set in the configuration', error)

    def test_life_of_a_credential(self) -> None:
        site = self._site()
        made = self._make(self.unique('mine'), site, '--share')
        name = made['name']
        self.assertEqual(('ok', True), (made['state'], made['shared']))
        (row,) = self.json(
            *('replication', 'credential', 'list', '--long', '--site', site)
        )
        self.assertEqual((name, site), (row['Name'], row['Site']))
        checked = self.json(
            'replication', 'credential', 'check', name, '--site', site
        )
        self.assertEqual('ok', checked['state'])
        shown = self.json('replication', 'credential', 'show', made['id'])
        self.assertEqual(checked, shown)
        self.openstack('replication', 'credential', 'delete', made['id'])
        self.assertEqual(
            [],
            self.json('replication', 'credential', 'list', '--site', site),
        )

    def test_credentials_of_one_name_are_listed(self) -> None:
        name = self.unique('mine')
        ids = [self._make(name, self._site())['id'] for _ in range(2)]
        error = self.openstack(
            'replication', 'credential', 'show', name, code=1
        ).stderr
        self.assertIn(f'2 credentials are called {name}', error)
        for credential_id in ids:
            self.assertIn(credential_id, error)

    def test_secret_comes_from_a_file_or_the_environment(self) -> None:
        site = self._site()
        west = self.clouds['west']['auth']
        options = (
            *('--site', site, '--username', west['username']),
            *('--user-domain-name', 'Default'),
            *('--project-name', west['project_name']),
            *('--project-domain-name', 'Default'),
        )
        secret = self.folder / 'secret'
        secret.write_text(west['password'] + '\n')
        create = ('replication', 'credential', 'create')
        made = self.json(
            *create, 'file', *options, '--secret-file', str(secret)
        )
        self.assertEqual('v3password', made['auth_type'])
        self.json(
            *(*create, 'env', *options, '--secret-env', 'WEST'),
            WEST=west['password'],
        )
        self.json(
            *(*create, 'input', *options, '--secret-file', '-'),
            given=west['password'],
        )
        error = self.openstack(*create, 'none', *options, code=1).stderr
        self.assertIn('There is no terminal to ask for the secret', error)
        error = self.openstack(
            *(*create, 'none', *options, '--auth', 'password=x'), code=1
        ).stderr
        self.assertIn('Others can read the command line', error)

    def test_secret_is_replaced_when_its_site_takes_it(self) -> None:
        name, site = self.unique('mine'), self._site()
        made = self._make(name, site)
        (old,) = self._keys('west', name)
        change = ('replication', 'credential', 'set', name, '--site', site)
        self.openstack(
            *(*change, '--application-credential-id', old.id),
            *('--secret-env', 'SECRET'),
            code=1,
            SECRET='canary-77aa',
        )
        check = ('replication', 'credential', 'check', made['id'])
        self.assertEqual('ok', self.json(*check)['state'])
        done = self.openstack(
            *(*change, '--from-cloud', 'west'),
            *('--make-application-credential', '--share'),
        )
        self.assertIn('stays at its cloud', done.stderr)
        conn = self.connect('west')
        conn.identity.delete_application_credential(conn.current_user_id, old)
        checked = self.json(*check)
        self.assertEqual(('ok', True), (checked['state'], checked['shared']))

    def test_credential_is_renamed_and_not_shared_any_more(self) -> None:
        name, site = self.unique('mine'), self._site()
        made = self._make(name, site, '--share')
        other = self.unique('other')
        self.openstack(
            *('replication', 'credential', 'set', name, '--site', site),
            *('--name', other, '--unshare'),
        )
        shown = self.json('replication', 'credential', 'show', other)
        self.assertEqual(made | {'name': other, 'shared': False}, shown)
        error = self.openstack(
            'replication', 'credential', 'set', other, code=1
        ).stderr
        self.assertIn('Say what to change.', error)

    def test_wrong_secret_is_refused_and_never_shown(self) -> None:
        site = self._site()
        done = self.openstack(
            *('--debug', 'replication', 'credential', 'create', 'wrong'),
            *('--site', site, '--application-credential-id', 'x'),
            *('--secret-env', 'SECRET'),
            code=1,
            SECRET='canary-5d0c',
        )
        self.assertIn('its site does not take it', done.stderr)
        self.assertNotIn('canary-5d0c', done.stderr + done.stdout)

    def test_cloud_hands_its_password_on_with_a_warning(self) -> None:
        done = self.openstack(
            *('replication', 'credential', 'create', 'mine'),
            *('--site', self._site(), '--from-cloud', 'west'),
        )
        self.assertIn('Your password is handed to Glint.', done.stderr)

    def test_application_credential_is_taken_back_if_refused(self) -> None:
        name = self.unique('mine')
        # It is made at east, and is for west.
        error = self.openstack(
            *('replication', 'credential', 'create', name),
            *('--site', self._site(), '--from-cloud', 'east'),
            '--make-application-credential',
            code=1,
        ).stderr
        self.assertIn('its site does not take it', error)
        self.assertEqual([], self._keys('east', name))

    def test_application_credential_with_least_access_copies(self) -> None:
        name, site = self.unique('mine'), self._site()
        made = self._make(name, site, '--least-access')
        self.assertEqual(('ok', None), (made['state'], made['detail']))
        [key] = self._keys('west', name)
        rules = {(rule['method'], rule['path']) for rule in key.access_rules}
        self.assertIn(('PUT', '/v2/images/*/file'), rules)
        self.assertNotIn(('GET', '/**'), rules)

    def test_least_access_of_what_is_not_made_is_refused(self) -> None:
        create = ('replication', 'credential', 'create', 'mine')
        for options, words in (
            (('--from-cloud', 'west'), '--make-application-credential'),
            ((), '--from-cloud'),
        ):
            error = self.openstack(
                *create,
                *('--site', self._site(), '--least-access', *options),
                code=1,
            ).stderr
            self.assertIn(words, error)

    def _keys(self, cloud: str, name: str) -> list[Any]:
        """Find the application credentials that were made for a name."""
        conn = self.connect(cloud)
        return [
            key
            for key in conn.identity.application_credentials(
                conn.current_user_id
            )
            if key.name.startswith(f'glint-{name}-')
        ]

    def _site(self) -> str:
        name = self.unique('west')
        site = self.client.create_site(
            name=name, auth_url=self.clouds['west']['auth']['auth_url']
        )
        self.addCleanup(self.client.delete_site, site, cascade=True)
        return name

    def _make(self, name: str, site: str, *options: str) -> dict[str, Any]:
        """Register an application credential that is made for it."""
        made = self.json(
            *('replication', 'credential', 'create', name, *options),
            *('--site', site, '--from-cloud', 'west'),
            '--make-application-credential',
        )
        self.addCleanup(self._forget, 'west', name)
        return made

    def _forget(self, cloud: str, name: str) -> None:
        conn = self.connect(cloud)
        for key in self._keys(cloud, name):
            conn.identity.delete_application_credential(
                conn.current_user_id, key
            )
