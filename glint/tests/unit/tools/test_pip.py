# SPDX-License-Identifier: Apache-2.0

"""Tests of what is seen while pip installs something."""

import pathlib
import threading
from unittest import mock

from glint.tests.unit.tools import base

_PATIENCE_SECONDS = 30


class InstallTest(base.TestCase):
    def _install(self, run):
        """Install something, and end when there was news, if ever."""
        pip = self.module('cloudlab.pip')
        program = self.module('cloudlab.program')
        self.said = threading.Event()
        with (
            mock.patch.object(program, '_NEWS_SECONDS', 0.01),
            mock.patch.object(
                program,
                'say',
                autospec=True,
                side_effect=lambda _text: self.said.set(),
            ) as self.say,
            mock.patch.object(
                self.module('cloudlab.command'),
                'run',
                autospec=True,
                side_effect=run,
            ),
        ):
            pip.install(pathlib.Path('venv'), 'Keystone and Glance')

    def _wait(self, *_arguments):
        self.assertTrue(self.said.wait(_PATIENCE_SECONDS))

    def test_installation_that_takes_long_tells_that_it_goes_on(self):
        self._install(self._wait)
        self.say.assert_called_with(
            'Still installing Keystone and Glance: 0 s.'
        )

    def test_installation_that_fails_says_no_more(self):
        error = self.module('cloudlab.exception').LabError

        def fail(*_arguments):
            self._wait()
            raise error('no index')

        before = threading.active_count()
        self.assertRaises(error, self._install, fail)
        self.assertEqual(before, threading.active_count())
