# SPDX-License-Identifier: Apache-2.0

"""Where secrets come from."""

import argparse
import getpass
import io
from unittest import mock

import fixtures
from osc_lib import exceptions
from oslotest import base

from glintclient.osc.v1 import secret


class TestSecret(base.BaseTestCase):
    def _read(self, *arguments: str) -> str:
        parser = argparse.ArgumentParser()
        secret.add_options(parser)
        return secret.read(parser.parse_args(arguments), 'Password: ')

    def test_prompt_without_echo(self) -> None:
        stdin = mock.create_autospec(io.StringIO, instance=True)
        stdin.isatty.return_value = True
        self.useFixture(fixtures.MonkeyPatch('sys.stdin', stdin))
        with mock.patch.object(getpass, 'getpass', autospec=True) as ask:
            ask.return_value = 'x y'
            self.assertEqual('x y', self._read())
        ask.assert_called_once_with('Password: ')

    def test_standard_input(self) -> None:
        stdin = io.StringIO('x y\n')
        self.useFixture(fixtures.MonkeyPatch('sys.stdin', stdin))
        self.assertEqual('x y', self._read('--secret-file', '-'))

    def test_environment(self) -> None:
        self.useFixture(fixtures.EnvironmentVariable('PW', 'x'))
        self.assertEqual('x', self._read('--secret-env', 'PW'))

    def test_empty_or_missing_one_is_refused(self) -> None:
        for arguments in (
            ('--secret-env', 'NOT_SET'),
            ('--secret-file', '/does/not/exist'),
        ):
            self.assertRaises(exceptions.CommandError, self._read, *arguments)
