# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Tests of glint-status."""

import json
import os
import shutil

from glint.cmd import manage
from glint.cmd import status
from glint.db import credential as db_credential
from glint.db import site as db_site
from glint.tests.unit.cmd import base

SCHEMA = 'Version of the database'
KEYS = 'Keys of the credentials'


class StatusTestCase(base.TestCase):
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
