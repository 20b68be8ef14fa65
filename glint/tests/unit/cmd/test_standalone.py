# SPDX-License-Identifier: Apache-2.0

"""Tests of glint-standalone."""

import socket

import fixtures

from glint import conf
from glint.cmd import standalone
from glint.conductor import service as conductor_service
from glint.tests.unit.cmd import base


class StandaloneTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.useFixture(
            fixtures.MockPatchObject(
                standalone.conductor, 'validate', autospec=True
            )
        )
        self.addCleanup(conf.CONF.unregister_opts, standalone.cli_opts)

    def test_port_in_use_is_a_sentence_before_anything_starts(self) -> None:
        started = self.useFixture(
            fixtures.MockPatchObject(
                conductor_service, 'ConductorService', autospec=True
            )
        ).mock
        with socket.create_server(('127.0.0.1', 0)) as taken:
            port = str(taken.getsockname()[1])
            ran = self.run_main(standalone.main, '--bind-port', port)
        self.assertEqual(1, ran.code)
        self.assertIn(f'Port {port} of 127.0.0.1 cannot be used', ran.err)
        self.assertIn('--bind-port', ran.err)
        started.assert_not_called()
