# SPDX-License-Identifier: Apache-2.0

"""Tests of the directory of keys."""

import os
import stat

from cryptography import fernet
import fixtures

from glint.secrets import key_repository
from glint.tests import base


class KeyRepositoryTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.path = self.useFixture(fixtures.TempDir()).join('a/b/keys')

    def files(self) -> list[str]:
        return sorted(os.listdir(self.path))

    def key(self, number: int) -> bytes:
        with open(os.path.join(self.path, str(number)), 'rb') as f:
            return f.read()

    def write(self, number: int, key: bytes) -> None:
        with open(os.path.join(self.path, str(number)), 'wb') as f:
            f.write(key)

    def modes(self) -> set[int]:
        paths = [os.path.join(self.path, name) for name in self.files()]
        return {stat.S_IMODE(os.stat(path).st_mode) for path in paths}

    def test_setup_makes_a_primary_and_a_staged_key(self) -> None:
        self.assertTrue(key_repository.setup(self.path))
        self.assertEqual(['0', '1'], self.files())
        self.assertEqual(
            [self.key(1), self.key(0)], key_repository.load(self.path)
        )
        self.assertNotEqual(self.key(1), self.key(0))

    def test_setup_lets_nobody_else_in(self) -> None:
        self.addCleanup(os.umask, os.umask(0))
        key_repository.setup(self.path)
        mode = stat.S_IMODE(os.stat(self.path).st_mode)
        self.assertEqual((0o700, {0o600}), (mode, self.modes()))

    def test_setup_shuts_a_directory_that_was_open(self) -> None:
        os.makedirs(self.path, mode=0o755)
        key_repository.setup(self.path)
        self.assertEqual(0o700, stat.S_IMODE(os.stat(self.path).st_mode))

    def test_second_setup_changes_nothing(self) -> None:
        key_repository.setup(self.path)
        keys = key_repository.load(self.path)
        self.assertFalse(key_repository.setup(self.path))
        self.assertEqual(keys, key_repository.load(self.path))

    def test_setup_gives_all_to_the_owner(self) -> None:
        uid, gid = os.getuid(), os.getgid()
        if uid == 0:
            uid = gid = 65534
        key_repository.setup(self.path, uid, gid)
        paths = [self.path]
        paths += [os.path.join(self.path, name) for name in self.files()]
        self.assertEqual(
            {(uid, gid)},
            {(os.stat(path).st_uid, os.stat(path).st_gid) for path in paths},
        )
        key_repository.rotate(self.path, 3)
        self.assertEqual(uid, os.stat(os.path.join(self.path, '0')).st_uid)

    def test_rotation_makes_the_staged_key_primary(self) -> None:
        key_repository.setup(self.path)
        staged, primary = self.key(0), self.key(1)
        self.assertEqual(2, key_repository.rotate(self.path, 3))
        self.assertEqual(['0', '1', '2'], self.files())
        self.assertEqual((primary, staged), (self.key(1), self.key(2)))
        self.assertNotIn(self.key(0), (primary, staged))
        self.assertEqual({0o600}, self.modes())

    def test_rotation_drops_the_oldest_keys(self) -> None:
        key_repository.setup(self.path)
        for _time in range(3):
            key_repository.rotate(self.path, 4)
        self.assertEqual(['0', '2', '3', '4'], self.files())
        key_repository.rotate(self.path, 3)
        self.assertEqual(['0', '4', '5'], self.files())

    def test_numbers_are_not_ordered_as_text(self) -> None:
        key_repository.setup(self.path)
        for _time in range(9):
            key_repository.rotate(self.path, 3)
        self.assertEqual(['0', '10', '9'], self.files())
        self.assertEqual(
            [self.key(10), self.key(9), self.key(0)],
            key_repository.load(self.path),
        )

    def test_other_files_are_no_keys(self) -> None:
        key_repository.setup(self.path)
        for name in ('2.tmp', 'README', '.3'):
            with open(os.path.join(self.path, name), 'w') as f:
                f.write('x')
        self.assertEqual(2, len(key_repository.load(self.path)))

    def assertRefused(self, text: str) -> None:
        error = self.assertRaises(OSError, key_repository.load, self.path)
        self.assertIn(text, error.strerror)

    def test_missing_directory_is_refused(self) -> None:
        self.assertRefused('No such file')

    def test_empty_directory_is_refused(self) -> None:
        os.makedirs(self.path, mode=0o700)
        self.assertRefused('glint-manage credential setup')

    def test_directory_open_to_others_is_refused(self) -> None:
        key_repository.setup(self.path)
        for mode in (0o701, 0o702, 0o704):
            os.chmod(self.path, mode)
            self.assertRefused('chmod')
        os.chmod(self.path, 0o750)
        key_repository.load(self.path)

    def test_damaged_key_is_refused(self) -> None:
        key_repository.setup(self.path)
        for bad in (b'', b'canary', b'\xff' * 44, self.key(0)[:-3]):
            self.write(0, bad)
            self.assertRefused('key 0 is damaged')
        self.write(0, fernet.Fernet.generate_key())
        key_repository.load(self.path)
