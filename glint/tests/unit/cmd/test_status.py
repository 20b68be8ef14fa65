# SPDX-License-Identifier: Apache-2.0

"""Tests of glint-status."""

import json
import os
import shutil

from glint import policy
from glint.cmd import manage
from glint.cmd import status
from glint.db import credential as db_credential
from glint.db import site as db_site
from glint.tests.unit.cmd import base

SCHEMA = 'Version of the database'
KEYS = 'Keys of the credentials'
HOME = 'Home site'
USER = 'Service user'
POLICIES = 'Policies'
OPTIONS = 'Options'


class TestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        policy.reset()
        self.addCleanup(policy.reset)

    def check(self) -> tuple[int, dict[str, str | None]]:
        """:returns: the exit code, and the reason of each failed check."""
        ran = self.run_main(status.main, 'upgrade', 'check', '--json')
        checks = json.loads(ran.out)['checks']
        return ran.code, {
            check['check']: check['details']
            for check in checks
            if check['result']
        }

    def prepare(self) -> None:
        for command in (('credential', 'setup'), ('db', 'sync')):
            ran = self.run_main(manage.main, *command)
            self.assertEqual(0, ran.code, ran)

    def check_one(self, code: int) -> str:
        """Check a Glint in which one thing is wrong.

        :param code: how the check is to end.
        :returns: what is wrong.
        """
        self.prepare()
        found, reasons = self.check()
        self.assertEqual((code, 1), (found, len(reasons)), reasons)
        [(self.failed, reason)] = reasons.items()
        return reason


class StatusTestCase(TestCase):
    def test_ready_glint_passes(self) -> None:
        self.prepare()
        self.assertEqual((0, {}), self.check())

    def test_result_is_a_table_for_people(self) -> None:
        self.prepare()
        ran = self.run_main(status.main, 'upgrade', 'check')
        self.assertEqual(0, ran.code)
        self.assertIn(f'Check: {SCHEMA}', ran.out)

    def test_new_host_fails_with_what_to_do(self) -> None:
        code, reasons = self.check()
        self.assertEqual(2, code)
        self.assertIn('glint-manage db sync', reasons[SCHEMA])
        self.assertIn(self.keys, reasons[KEYS])

    def test_database_that_is_down_fails(self) -> None:
        self.prepare()
        self.configure(connection=base.DOWN)
        code, reasons = self.check()
        self.assertEqual(2, code)
        self.assertIn("Can't connect", reasons[SCHEMA])
        self.assertIn(KEYS, reasons)

    def test_key_that_a_row_needs_and_is_missing_fails(self) -> None:
        self.prepare()
        db_credential.create(
            self.context,
            id=db_credential.new_id(),
            project_id='p',
            user_id='u',
            site_id=db_site.HOME_ID,
            name='x',
            auth_type='v3password',
            scheme='fernet',
            key_id='dropped',
            secret='x',
        )
        code, reasons = self.check()
        self.assertEqual((2, [KEYS]), (code, list(reasons)))
        self.assertIn('backup', reasons[KEYS])

    def test_key_manager_that_a_row_needs_and_is_not_there_fails(self) -> None:
        self.prepare()
        db_credential.create(
            self.context,
            id=db_credential.new_id(),
            project_id='p',
            user_id='u',
            site_id=db_site.HOME_ID,
            name='x',
            auth_type='v3password',
            scheme='castellan',
            key_id='vault',
            secret='x',
        )
        code, reasons = self.check()
        self.assertEqual((2, [KEYS]), (code, list(reasons)))

    def test_key_manager_needs_no_keys(self) -> None:
        self.prepare()
        shutil.rmtree(self.keys)
        self.configure(backend='castellan')
        self.assertEqual((0, {}), self.check())

    def test_keys_open_to_others_fail(self) -> None:
        self.prepare()
        os.chmod(self.keys, 0o755)
        code, reasons = self.check()
        self.assertEqual((2, [KEYS]), (code, list(reasons)))

    def test_no_command_is_refused(self) -> None:
        self.assertEqual(2, self.run_main(status.main).code)


class HomeTestCase(TestCase):
    def test_home_that_does_not_answer_fails(self) -> None:
        self.configure(auth_url='http://127.0.0.1:1')
        self.prepare()
        code, reasons = self.check()
        self.assertEqual((2, {HOME, USER}), (code, set(reasons)))
        self.assertIn('http://127.0.0.1:1', reasons[HOME])

    def test_home_that_is_no_keystone_fails(self) -> None:
        self.home.reply('GET', '/v3', 200, b'<html>')
        self.assertIn('Keystone', self.check_one(2))
        self.assertEqual(HOME, self.failed)

    def test_service_user_with_a_wrong_password_fails(self) -> None:
        self.home.reply(
            'POST', '/v3/auth/tokens', 401, {'error': {'message': 'Wrong.'}}
        )
        self.assertIn('401', self.check_one(2))
        self.assertEqual(USER, self.failed)

    def test_service_user_that_is_not_configured_fails(self) -> None:
        self.configure(more='[service_user]\nauth_type =')
        self.assertIn('auth_type', self.check_one(2))
        self.assertEqual(USER, self.failed)

    def test_region_without_images_fails(self) -> None:
        self.configure(more='[home]\nregion_name = Atlantis')
        self.assertIn('region', self.check_one(2))
        self.assertEqual(USER, self.failed)

    def test_missing_ca_file_fails(self) -> None:
        self.configure(more='[home]\ncafile = /nonexistent.pem')
        code, reasons = self.check()
        self.assertEqual(2, code)


class PolicyTestCase(TestCase):
    def write(self, *lines: str) -> None:
        path = self.folder.join('policy.yaml')
        with open(path, 'w') as f:
            f.writelines(f'{line}\n' for line in lines)
        self.configure(more=f'[oslo_policy]\npolicy_file = {path}')

    def test_known_rules_pass(self) -> None:
        self.write(
            '"auditors": "role:auditor"',
            '"image-replication:site:index": "rule:auditors or role:reader"',
        )
        self.prepare()
        self.assertEqual((0, {}), self.check())

    def test_misspelt_rule_fails_with_its_name(self) -> None:
        self.write(
            '"image-replication:site:lst": "role:reader"', '"x": "role:y"'
        )
        self.assertIn('image-replication:site:lst, x.', self.check_one(2))
        self.assertEqual(POLICIES, self.failed)

    def test_rule_that_refers_to_none_fails(self) -> None:
        self.write('"image-replication:site:index": "rule:nobody"')
        self.assertIn('do not exist', self.check_one(2))
        self.assertEqual(POLICIES, self.failed)

    def test_broken_file_fails(self) -> None:
        self.write('"image-replication:site:index": [')
        self.assertIn('cannot be read', self.check_one(2))
        self.assertEqual(POLICIES, self.failed)


class OptionTestCase(TestCase):
    def test_misspelt_options_and_groups_are_warned_of(self) -> None:
        self.configure(
            more='[conductor]\nmax_copy = 3\nlease = 30\n[conductr]\nx = 1'
        )
        reason = self.check_one(1)
        self.assertIn('max_copy in [conductor], x in [conductr].', reason)
        self.assertNotIn('lease', reason)
        self.assertEqual(OPTIONS, self.failed)

    def test_deprecated_option_is_warned_of_with_its_new_name(self) -> None:
        self.configure(
            more=(
                '[DEFAULT]\nrpc_thread_pool_size = 1\n'
                '[oslo_messaging_rabbit]\ndirect_mandatory_flag = true\n'
            )
        )
        reason = self.check_one(1)
        self.assertIn(
            'rpc_thread_pool_size in [DEFAULT] (now '
            'executor_thread_pool_size in [DEFAULT])',
            reason,
        )
        self.assertIn('flag in [oslo_messaging_rabbit] (it will', reason)
        self.assertNotIn('Nothing reads', reason)
        self.assertEqual(OPTIONS, self.failed)

    def test_options_of_plugins_and_libraries_are_known(self) -> None:
        self.configure(
            more=(
                '[DEFAULT]\ntransport_url = fake:/\ndebug = true\n'
                '[keystone_authtoken]\nauth_type = v3applicationcredential\n'
                'application_credential_id = i\n'
                'application-credential-secret = s\n'
                '[oslo_messaging_rabbit]\nssl = true\n'
                '[barbican]\nbarbican_region_name = x\n'
                '[oslo_policy]\npolicy_file = policy.yaml\n'
            )
        )
        self.prepare()
        self.assertEqual((0, {}), self.check())

    def test_folders_with_files_are_read_too(self) -> None:
        self.prepare()
        folder = self.folder.join('glint.conf.d')
        os.mkdir(folder)
        with open(os.path.join(folder, 'x.conf'), 'w') as f:
            f.write('[conductor]\nmax_copy = 3\n')
        ran = self.run_main(
            status.main, '--config-dir', folder, 'upgrade', 'check', '--json'
        )
        self.assertEqual(1, ran.code)
        self.assertIn('max_copy in [conductor]', ran.out)
