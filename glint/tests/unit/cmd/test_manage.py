# SPDX-License-Identifier: Apache-2.0

"""Tests of glint-manage and glint-status as they are called."""

from datetime import timedelta
import os
import subprocess
import sysconfig

from oslo_utils import timeutils
import sqlalchemy as sa

from glint.cmd import manage
from glint.db import engine
from glint.db import migration
from glint.db import models
from glint.db import site as db_site
from glint.tests.unit.cmd import base


class TestCase(base.TestCase):
    def manage(self, *arguments: str) -> base.Ran:
        return self.run_main(manage.main, *arguments)

    def succeed(self, *arguments: str) -> str:
        """:returns: what the command said."""
        ran = self.manage(*arguments)
        self.assertEqual(0, ran.code, ran)
        return ran.out

    def fail_with(self, *arguments: str) -> str:
        """:returns: why the command failed."""
        ran = self.manage(*arguments)
        self.assertEqual((1, ''), (ran.code, ran.out))
        [reason] = [
            line
            for line in ran.err.splitlines()
            if line.startswith('glint-manage: ')
        ]
        self.assertTrue(reason.endswith('.'), reason)
        return reason


class DatabaseTestCase(TestCase):
    def test_sync_makes_the_tables_and_the_home_site(self) -> None:
        out = self.succeed('db', 'sync')
        self.assertEqual(
            f'The database is at version {migration.newest()}.\n', out
        )
        home = db_site.get(self.context, db_site.HOME_ID, 'p')
        self.assertEqual(f'{self.home.url}/v3', home.auth_url)

    def test_second_sync_changes_nothing(self) -> None:
        first = self.succeed('db', 'sync')
        site = db_site.create(
            self.context,
            project_id='p',
            name='west',
            auth_url='http://west.example.org/v3',
            interface='public',
        )
        self.assertEqual(first, self.succeed('db', 'sync'))
        self.assertEqual('west', db_site.get(self.context, site.id, 'p').name)

    def test_sync_without_a_home_says_which_option_and_makes_nothing(
        self,
    ) -> None:
        self.configure(auth_url=None)
        self.assertIn('auth_url', self.fail_with('db', 'sync'))
        self.assertIsNone(migration.version())

    def test_version_is_that_of_the_tables(self) -> None:
        self.assertIn('none', self.succeed('db', 'version'))
        self.succeed('db', 'sync')
        self.assertEqual(
            f'{migration.newest()}\n', self.succeed('db', 'version')
        )

    def test_purge_removes_what_is_old(self) -> None:
        self.succeed('db', 'sync')
        for days in (1, 2, 3):
            self._add_replication(days)
        out = self.succeed('db', 'purge', '--age-in-days', '2')
        self.assertEqual(
            '2 replications, 0 executions of rules and 0 listings of images '
            'removed.\n',
            out,
        )
        out = self.succeed('db', 'purge', '--age-in-days', '0')
        self.assertEqual(
            '1 replications, 0 executions of rules and 0 listings of images '
            'removed.\n',
            out,
        )

    def _add_replication(self, days: int) -> None:
        finished_at = timeutils.utcnow() - timedelta(days=days, hours=1)
        with engine.writer(self.context) as session:
            session.add(
                models.Replication(
                    id=str(days),
                    project_id='p',
                    user_id='u',
                    image_id='i',
                    source_site_id='s',
                    source_site_name='home',
                    source_credential_id='c',
                    options={},
                    state='completed',
                    finished_at=finished_at,
                )
            )

    def test_wrong_age_is_refused(self) -> None:
        for age in ('-1', 'x', '1.5', '9999999', ''):
            ran = self.manage('db', 'purge', '--age-in-days', age)
            self.assertEqual((2, ''), (ran.code, ran.out))
            self.assertIn('--age-in-days', ran.err)

    def test_purge_without_an_age_is_refused(self) -> None:
        self.assertEqual(2, self.manage('db', 'purge').code)

    def test_database_without_tables_is_a_sentence(self) -> None:
        for command in (
            ('db', 'purge', '--age-in-days', '1'),
            ('credential', 'migrate'),
            ('conductor', 'list'),
            ('copy', 'stuck'),
            ('service', 'list'),
        ):
            self.succeed('credential', 'setup')
            self.assertIn('glint-manage db sync', self.fail_with(*command))

    def test_database_that_is_down_is_a_sentence(self) -> None:
        self.succeed('credential', 'setup')
        self.configure(connection=base.DOWN)
        for command in (
            ('db', 'sync'),
            ('db', 'version'),
            ('db', 'purge', '--age-in-days', '1'),
            ('credential', 'rotate'),
            ('credential', 'migrate'),
            ('conductor', 'list'),
            ('conductor', 'evacuate', 'c1'),
            ('copy', 'stuck'),
            ('service', 'list'),
        ):
            self.assertIn("Can't connect", self.fail_with(*command))

    def test_database_that_is_not_configured_is_a_sentence(self) -> None:
        with open(self.file, 'w') as f:
            f.write('[home]\nauth_url = http://keystone.example.org\n')
        self.assertIn('connection', self.fail_with('db', 'sync'))


class ConfigurationTestCase(TestCase):
    def test_missing_file_is_a_sentence(self) -> None:
        os.unlink(self.file)
        ran = self.manage('db', 'version')
        self.assertEqual(1, ran.code)
        self.assertIn(self.file, ran.err)

    def test_broken_file_is_a_sentence(self) -> None:
        with open(self.file, 'w') as f:
            f.write('broken\n')
        ran = self.manage('db', 'version')
        self.assertEqual(1, ran.code)
        self.assertIn(self.file, ran.err)

    def test_wrong_value_is_a_sentence(self) -> None:
        self.succeed('db', 'sync')
        self.succeed('credential', 'setup')
        self.configure(max_active_keys=1)
        ran = self.manage('credential', 'rotate')
        self.assertEqual(1, ran.code)
        self.assertIn('max_active_keys', ran.err)

    def test_no_command_is_refused(self) -> None:
        for command in ((), ('db',), ('credential',), ('db', 'downgrade')):
            self.assertEqual(2, self.manage(*command).code)

    def test_every_command_has_help(self) -> None:
        for group, actions in (
            ('db', ('sync', 'version', 'purge')),
            ('credential', ('setup', 'rotate', 'migrate')),
            ('conductor', ('list', 'evacuate')),
            ('copy', ('stuck',)),
        ):
            ran = self.manage(group, '--help')
            self.assertEqual(0, ran.code)
            for action in actions:
                self.assertRegex(ran.out, rf'(?m)^ +{action} +\S.*[.,\w]$')


class ScriptTestCase(TestCase):
    # Each process takes its time to start.
    DEFAULT_TIMEOUT = 240

    def script(self, name: str, *arguments: str) -> tuple[int, str]:
        path = os.path.join(sysconfig.get_path('scripts'), name)
        ran = subprocess.run(
            [path, '--config-file', self.file, *arguments],
            check=False,
            capture_output=True,
            text=True,
        )
        self.assertNotIn('Traceback', ran.stderr)
        return ran.returncode, ran.stdout

    def test_first_steps_of_an_operator(self) -> None:
        self.assertEqual(2, self.script('glint-status', 'upgrade', 'check')[0])
        self.assertEqual(
            (0, f'The keys are in {self.keys}.\n'),
            self.script('glint-manage', 'credential', 'setup'),
        )
        self.assertEqual(0, self.script('glint-manage', 'db', 'sync')[0])
        code, out = self.script('glint-status', 'upgrade', 'check')
        self.assertEqual(0, code, out)
        self.assertNotIn('Failure', out)

    def test_failure_is_the_exit_code(self) -> None:
        self.configure(auth_url=None)
        self.assertEqual((1, ''), self.script('glint-manage', 'db', 'sync'))


class EngineTestCase(TestCase):
    def test_connection_of_the_file_is_used(self) -> None:
        self.succeed('db', 'sync')
        at = engine.manager.reader.get_engine()
        self.assertEqual(self.database, str(at.url))
        with at.connect() as connection:
            mode = connection.scalar(sa.text('PRAGMA journal_mode'))
        self.assertEqual('wal', mode)
