# SPDX-License-Identifier: Apache-2.0

"""Tests of what every process does first."""

import logging
import os

import fixtures

from glint import conf
from glint import context
from glint import service
from glint.db import engine
from glint.tests import base
from glint.tests import fixtures as glint_fixtures


class PrepareTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = self.useFixture(fixtures.TempDir())
        self.database = self.folder.join('glint.sqlite')
        self.file = self.folder.join('glint.conf')
        self.write(f'[database]\nconnection = sqlite:///{self.database}\n')
        self.useFixture(glint_fixtures.Process())

    def write(self, text: str) -> None:
        with open(self.file, 'w') as f:
            f.write(text)

    def prepare(self, *arguments: str) -> None:
        conf.CONF.reset()
        service.prepare(arguments, config_files=[self.file])

    def test_file_is_read_and_the_arguments_over_it(self) -> None:
        other = self.folder.join('other.conf')
        with open(other, 'w') as f:
            f.write('[api]\nmax_limit = 7\n')
        self.prepare()
        self.assertEqual(1000, conf.CONF.api.max_limit)
        self.prepare('--config-file', self.file, '--config-file', other)
        self.assertEqual(7, conf.CONF.api.max_limit)

    def test_database_is_known_but_not_connected_to(self) -> None:
        self.prepare()
        self.assertFalse(os.path.exists(self.database))
        with engine.reader(context.for_service()) as session:
            session.connection()
        self.assertTrue(os.path.exists(self.database))

    def test_libraries_say_only_what_matters(self) -> None:
        self.prepare()
        for name in ('keystoneauth', 'urllib3', 'alembic'):
            self.assertEqual(logging.WARNING, logging.getLogger(name).level)

    def test_file_that_is_missing_or_broken_ends_the_process(self) -> None:
        self.write('broken\n')
        error = self.assertRaises(SystemExit, self.prepare)
        self.assertIn(self.file, str(error.code))
        os.unlink(self.file)
        error = self.assertRaises(
            SystemExit, self.prepare, '--config-file', self.file
        )
        self.assertIn(self.file, str(error.code))
