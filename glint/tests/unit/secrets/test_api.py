# SPDX-License-Identifier: Apache-2.0

"""Tests of what is encrypted and decrypted."""

import dataclasses
import os
import shutil
import traceback

import fixtures

from glint import context as glint_context
from glint import exception
from glint.secrets import api as secrets
from glint.secrets import key_repository
from glint.tests import base
from glint.tests import fixtures as glint_fixtures

#: The keys of a repository are used without the database.
CONTEXT = glint_context.for_service()

AUTH = {'username': 'alice', 'password': 'canary ☃ "\\ \n'}


class SecretsTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.path = self.useFixture(glint_fixtures.KeyRepository()).path

    def rotate(self) -> None:
        key_repository.rotate(self.path, 3)

    def assertUnavailable(
        self, credential_id: str, stored: secrets.Encrypted
    ) -> None:
        error = self.assertRaises(
            exception.SecretsUnavailable,
            secrets.decrypt,
            credential_id,
            stored,
        )
        shown = ''.join(traceback.format_exception(error))
        for text in (repr(error), shown, self.logs.output):
            self.assertNotIn('canary', text)

    def test_what_is_encrypted_can_be_decrypted(self) -> None:
        for auth in (AUTH, {}, {'password': 'x' * 100_000}):
            stored = secrets.encrypt(CONTEXT, 'c1', auth)
            self.assertEqual(auth, secrets.decrypt('c1', stored))

    def test_nothing_of_the_secret_is_stored_or_shown(self) -> None:
        stored = secrets.encrypt(CONTEXT, 'c1', AUTH)
        for value in dataclasses.astuple(stored):
            self.assertNotIn('canary', value)
            self.assertNotIn('alice', value)
        for text in (repr(stored), str(stored)):
            self.assertNotIn(stored.secret, text)
        self.assertEqual('', self.logs.output)

    def test_columns_have_room_for_it(self) -> None:
        stored = secrets.encrypt(CONTEXT, 'c1', AUTH)
        self.assertLessEqual(len(stored.scheme), 16)
        self.assertLessEqual(len(stored.key_id), 64)

    def test_same_secret_never_looks_the_same(self) -> None:
        self.assertNotEqual(
            secrets.encrypt(CONTEXT, 'c1', AUTH).secret,
            secrets.encrypt(CONTEXT, 'c1', AUTH).secret,
        )

    def test_key_id_gives_no_key_away(self) -> None:
        _scheme, key_id = secrets.current()
        for key in key_repository.load(self.path):
            self.assertNotIn(key_id, key.decode())

    def test_secret_of_another_row_is_refused(self) -> None:
        self.assertUnavailable('c2', secrets.encrypt(CONTEXT, 'c1', AUTH))

    def test_changed_secret_is_refused(self) -> None:
        stored = secrets.encrypt(CONTEXT, 'c1', AUTH)
        middle = len(stored.secret) // 2
        other = 'A' if stored.secret[middle] != 'A' else 'B'
        for secret in (
            stored.secret[:middle] + other + stored.secret[middle + 1 :],
            stored.secret[:-8],
            '',
            'ü',
        ):
            self.assertUnavailable(
                'c1', dataclasses.replace(stored, secret=secret)
            )

    def test_former_and_staged_keys_decrypt(self) -> None:
        old = secrets.encrypt(CONTEXT, 'c1', AUTH)
        other_host = self.useFixture(fixtures.TempDir()).join('copy')
        shutil.copytree(self.path, other_host)
        self.rotate()
        new = secrets.encrypt(CONTEXT, 'c1', AUTH)
        self.assertNotEqual(old.key_id, new.key_id)
        self.assertEqual(AUTH, secrets.decrypt('c1', old))
        # A host that has not got the new keys yet has this one staged.
        self.config(group='secrets', key_repository=other_host)
        self.assertEqual(AUTH, secrets.decrypt('c1', new))

    def test_dropped_key_is_missed(self) -> None:
        stored = secrets.encrypt(CONTEXT, 'c1', AUTH)
        self.rotate()
        self.rotate()
        self.assertUnavailable('c1', stored)

    def test_rotation_by_another_process_is_noticed(self) -> None:
        before = secrets.current()
        self.rotate()
        after = secrets.current()
        self.assertNotEqual(before, after)
        stored = secrets.encrypt(CONTEXT, 'c1', AUTH)
        self.assertEqual(after, (stored.scheme, stored.key_id))

    def test_no_keys_make_everything_unavailable(self) -> None:
        stored = secrets.encrypt(CONTEXT, 'c1', AUTH)
        for spoil in (self._damage, self._open, self._remove):
            spoil()
            self.assertUnavailable('c1', stored)
            self.assertRaises(
                exception.SecretsUnavailable,
                secrets.encrypt,
                CONTEXT,
                'c1',
                AUTH,
            )
            error = self.assertRaises(
                exception.SecretsUnavailable, secrets.current
            )
            self.assertIn(self.path, str(error))

    def _damage(self) -> None:
        with open(os.path.join(self.path, '1'), 'w') as f:
            f.write('canary')

    def _open(self) -> None:
        os.chmod(self.path, 0o755)

    def _remove(self) -> None:
        shutil.rmtree(self.path)
