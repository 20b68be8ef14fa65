# SPDX-License-Identifier: Apache-2.0

"""Tests of the commands about keys."""

import os
import stat
from unittest import mock

from glint import conf
from glint.cmd import keys
from glint.cmd import manage
from glint.db import credential as db_credential
from glint.db import engine
from glint.db import models
from glint.db import site as db_site
from glint.secrets import api as secrets
from glint.tests.unit.cmd import base

AUTH = {'username': 'alice', 'password': 'canary'}


class KeysTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.manage('db', 'sync')

    def manage(self, *arguments: str, code: int = 0) -> str:
        ran = self.run_main(manage.main, *arguments)
        self.assertEqual(code, ran.code, ran)
        return ran.err if code else ran.out

    def credential(self, *arguments: str, code: int = 0) -> str:
        return self.manage('credential', *arguments, code=code)

    def add(self, auth: dict[str, str]) -> str:
        """Register a credential at home.

        :returns: its id.
        """
        credential_id = db_credential.new_id()
        encrypted = secrets.encrypt(self.context, credential_id, auth)
        db_credential.create(
            self.context,
            id=credential_id,
            project_id='p',
            user_id='u',
            site_id=db_site.HOME_ID,
            name=credential_id,
            auth_type='v3password',
            scheme=encrypted.scheme,
            key_id=encrypted.key_id,
            secret=encrypted.secret,
        )
        return credential_id

    def row(self, credential_id: str) -> db_credential.Credential:
        return db_credential.get(self.context, credential_id, None, None)

    def auth(self, credential_id: str) -> dict[str, str]:
        row = self.row(credential_id)
        stored = secrets.Encrypted(row.scheme, row.key_id, row.secret)
        return secrets.decrypt(credential_id, stored)

    def files(self) -> list[str]:
        return sorted(os.listdir(self.keys))

    def test_setup_makes_the_keys_once(self) -> None:
        self.assertIn(self.keys, self.credential('setup'))
        self.assertEqual(['0', '1'], self.files())
        self.assertEqual(0o700, stat.S_IMODE(os.stat(self.keys).st_mode))
        before = secrets.current()
        self.assertIn('nothing was changed', self.credential('setup'))
        self.assertEqual(before, secrets.current())

    def test_setup_for_nobody_is_refused(self) -> None:
        for option in ('--user', '--group'):
            reason = self.credential('setup', option, 'no-one', code=2)
            self.assertIn('no-one', reason)
        self.assertFalse(os.path.exists(self.keys))

    def test_setup_for_a_user_that_may_not_be_given_files_fails(self) -> None:
        with mock.patch.object(os, 'chown', autospec=True) as chown:
            chown.side_effect = PermissionError(1, 'Not permitted', self.keys)
            reason = self.credential('setup', '--user', 'root', code=1)
        self.assertIn('Not permitted', reason)

    def test_rotate_and_migrate_keep_all_credentials_readable(self) -> None:
        self.credential('setup')
        ids = [self.add({'password': f'canary{n}'}) for n in range(3)]
        for _time in range(4):
            self.credential('rotate')
            self.assertEqual('canary1', self.auth(ids[1])['password'])
            self.assertIn('3 credentials', self.credential('migrate'))
            self.assertEqual(
                {secrets.current()}, db_credential.key_ids(self.context)
            )
        for number, credential_id in enumerate(ids):
            self.assertEqual(
                {'password': f'canary{number}'}, self.auth(credential_id)
            )
            self.assertIsNone(self.row(credential_id).updated_at)

    def test_rotate_keeps_as_many_keys_as_configured(self) -> None:
        self.configure(max_active_keys=4)
        self.credential('setup')
        for number in (2, 3, 4):
            self.assertIn(f'Key {number} ', self.credential('rotate'))
        self.assertEqual(['0', '2', '3', '4'], self.files())

    def test_rotate_is_refused_while_a_row_needs_an_old_key(self) -> None:
        self.credential('setup')
        self.add(AUTH)
        self.credential('rotate')
        before = self.files()
        reason = self.credential('rotate', code=1)
        self.assertIn('glint-manage credential migrate', reason)
        self.assertEqual(before, self.files())
        self.credential('migrate')
        self.credential('rotate')

    def test_without_keys_everything_but_setup_is_refused(self) -> None:
        for action in ('rotate', 'migrate'):
            self.assertIn(self.keys, self.credential(action, code=1))
        self.assertFalse(os.path.exists(self.keys))

    def test_migrate_without_the_old_key_changes_nothing(self) -> None:
        self.credential('setup')
        credential_id = self.add(AUTH)
        before = self.row(credential_id).secret
        for number in ('0', '1'):
            os.unlink(os.path.join(self.keys, number))
        self.credential('setup')
        self.assertIn(credential_id, self.credential('migrate', code=1))
        self.assertEqual(before, self.row(credential_id).secret)

    def test_migrate_goes_on_after_the_first_batch(self) -> None:
        self.credential('setup')
        ids = [self.add(AUTH) for _number in range(5)]
        self.credential('rotate')
        with mock.patch.object(keys, '_BATCH', 2):
            self.assertIn('5 credentials', self.credential('migrate'))
        self.assertEqual({1}, {len(self.auth(one)) - 1 for one in ids})

    def test_migrate_leaves_what_is_locked(self) -> None:
        self.credential('setup')
        ids = [self.add(AUTH) for _number in range(3)]
        self.credential('rotate')
        swap = db_credential.swap_secret

        def busy(
            context: engine.Context,
            row: db_credential.Credential,
            **values: str,
        ) -> bool:
            if row.id == ids[0]:
                raise engine.Busy('credentials', True)
            return swap(context, row, **values)

        with (
            mock.patch.object(keys, '_BATCH', 1),
            mock.patch.object(
                db_credential, 'swap_secret', autospec=True, side_effect=busy
            ),
        ):
            told = self.credential('migrate', code=1)
        self.assertIn('2 credentials encrypted anew', told)
        self.assertIn('1 more are left', told)
        self.assertIn('1 credentials', self.credential('migrate'))

    def test_migrate_loses_no_change_that_is_made_meanwhile(self) -> None:
        self.credential('setup')
        credential_id = self.add(AUTH)
        self.credential('rotate')
        swap = db_credential.swap_secret

        def change_before(*arguments: object, **values: str) -> bool:
            patched.side_effect = swap
            # As a process would that has not noticed the new key.
            changed = self.row(credential_id)
            with mock.patch.object(
                secrets.fernet, 'load', autospec=True
            ) as old:
                old.return_value = secrets.fernet.key_repository.load(
                    conf.CONF.secrets.key_repository
                )[1:]
                new = secrets.encrypt(
                    self.context, credential_id, {'password': 'newer'}
                )
            self.assertTrue(
                swap(
                    self.context,
                    changed,
                    scheme=new.scheme,
                    key_id=new.key_id,
                    secret=new.secret,
                )
            )
            return swap(*arguments, **values)

        with mock.patch.object(
            db_credential, 'swap_secret', autospec=True
        ) as patched:
            patched.side_effect = change_before
            self.assertIn('1 credentials', self.credential('migrate'))
        self.assertEqual({'password': 'newer'}, self.auth(credential_id))
        self.assertEqual(
            {secrets.current()}, db_credential.key_ids(self.context)
        )

    def test_rotate_is_the_key_managers_task_if_there_is_one(self) -> None:
        self.credential('setup')
        self.configure(backend='castellan')
        before = self.files()
        reason = self.credential('rotate', code=1)
        self.assertIn('key manager', reason)
        self.assertEqual(before, self.files())

    def test_row_of_another_scheme_stops_rotation(self) -> None:
        self.credential('setup')
        credential_id = self.add(AUTH)
        row = self.row(credential_id)
        db_credential.swap_secret(
            self.context, row, scheme='other', key_id=row.key_id, secret='x'
        )
        self.credential('rotate', code=1)
        self.credential('migrate', code=1)
        self.assertEqual(models.Credential, type(self.row(credential_id)))
