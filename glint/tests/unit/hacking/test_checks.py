# SPDX-License-Identifier: Apache-2.0

"""Tests of the checks GL301 to GL306, each on the code it is for."""

import ast
import pathlib
import subprocess
import sys
import textwrap

import ddt

from glint.hacking import checks
from glint.tests import base


@ddt.ddt
class ChecksTestCase(base.TestCase):
    def _codes(self, code, filename='./glint/conductor/manager.py'):
        tree = ast.parse(textwrap.dedent(code))
        found = checks.Checks(tree, filename).run()
        return [message.split()[0] for _line, _column, message, _type in found]

    @ddt.data(
        ('glint/api/app.py', 'glint.api.app'),
        ('/home/glint/src/glint/api/app.py', 'glint.api.app'),
        ('./glint/db/__init__.py', 'glint.db.__init__'),
        ('./tools/lab.py', ''),
    )
    @ddt.unpack
    def test_module_of_file_is_its_full_name(self, filename, module):
        self.assertEqual(module, checks.module_of(filename))

    @ddt.data(
        'import glint.db.models as m',
        'import glint.db.models',
        'from glint.db import models',
        'from glint.db import site, models',
        'from glint.db import models as m',
        'from glint.db.models import Site',
        'from glint import db',
        'from ..db import models',
        'from .. import api',
        'def late():\n    from glint.db import models',
    )
    def test_forbidden_import_is_found_in_each_spelling(self, code):
        self.assertEqual(['GL301'], self._codes(code))

    @ddt.data(
        'import glint.db.site as db_site',
        'from glint.db import site as db_site',
        'from . import copier',
        'from .copier import Copier',
        'from oslo_utils import timeutils',
    )
    def test_allowed_import_passes(self, code):
        self.assertEqual([], self._codes(code))

    def test_relative_import_in_a_package_starts_at_the_package(self):
        filename = './glint/conductor/__init__.py'
        self.assertEqual([], self._codes('from . import copier', filename))
        self.assertEqual(
            ['GL301'], self._codes('from ..db import models', filename)
        )

    def test_file_outside_the_package_has_no_layer(self):
        code = 'from glint.db import models'
        self.assertEqual([], self._codes(code, './tools/lab.py'))

    def test_finding_tells_the_place_and_both_modules(self):
        tree = ast.parse('import os\nfrom glint import api\n')
        found = list(checks.Checks(tree, 'glint/db/site.py').run())
        self.assertEqual(
            [
                (
                    2,
                    0,
                    'GL301 glint.db.site must not import glint.api',
                    checks.Checks,
                )
            ],
            found,
        )

    @ddt.data(
        'import eventlet',
        'import eventlet.green.threading as threading',
        'from eventlet import greenthread',
        'import asyncio',
        'from asyncio import queues',
    )
    def test_green_and_async_threads_are_found(self, code):
        self.assertEqual(['GL302'], self._codes(code))
        self.assertEqual(['GL302'], self._codes(code, './glint/tests/base.py'))

    @ddt.data(
        'enforcer.enforce("rule", {}, creds)',
        'self._enforcer.enforce("rule", {}, creds)',
        'get_enforcer().enforce("rule", {}, creds)',
        'policy.enforce(context, "rule")',
    )
    def test_enforce_of_a_policy_is_found(self, code):
        self.assertEqual(['GL303'], self._codes(code))

    @ddt.data(
        'enforcer.authorize("rule", {}, creds)',
        'limit.Enforcer(count).enforce(project_id, deltas)',
    )
    def test_authorize_and_enforce_of_others_pass(self, code):
        self.assertEqual([], self._codes(code))

    @ddt.data(
        'LOG.info(_("Copy %s completed"), copy.id)',
        'LOG.warning(_("Copy failed") + reason)',
        'LOG.exception("%s", i18n._("Copy failed"))',
    )
    def test_translated_log_message_is_found(self, code):
        self.assertIn('GL304', self._codes(code))

    @ddt.data(
        'LOG.info(f"Copy {copy.id} completed")',
        'LOG.debug("Copy %s completed" % copy.id)',
        'LOG.error("Copy {} failed".format(copy.id))',
        'LOG.warning("Copy failed: " + reason)',
        'LOG.log(level, f"Copy {copy.id} completed")',
    )
    def test_log_message_formatted_too_early_is_found(self, code):
        self.assertEqual(['GL305'], self._codes(code))

    @ddt.data(
        'LOG.info("Copy %s completed", copy.id)',
        'LOG.exception("Copy %(id)s failed", {"id": copy.id})',
        'LOG.log(level, "Copy %s completed", copy.id)',
        'LOG.info("Copies end in %s s", start + duration)',
        'raise exception.Conflict(_("Copy %s is busy.") % copy.id)',
    )
    def test_lazy_untranslated_log_message_passes(self, code):
        self.assertEqual([], self._codes(code))

    @ddt.data(
        'datetime.datetime.now()',
        'datetime.now()',
        'dt.datetime.utcnow()',
        'datetime.datetime.utcfromtimestamp(0)',
        'datetime.datetime.today()',
        'datetime.datetime.fromtimestamp(0)',
    )
    def test_datetime_without_time_zone_is_found(self, code):
        self.assertEqual(['GL306'], self._codes(code))

    @ddt.data(
        'timeutils.utcnow()',
        'datetime.datetime.now(datetime.timezone.utc)',
        'datetime.datetime.now(tz=zone)',
        'datetime.datetime.fromtimestamp(0, tz=zone)',
        'datetime.datetime.fromisoformat(text)',
        'datetime.date.today()',
    )
    def test_datetime_with_time_zone_passes(self, code):
        self.assertEqual([], self._codes(code))

    def test_flake8_runs_the_checks(self):
        command = [sys.executable, '-m', 'flake8', '--stdin-display-name']
        result = subprocess.run(
            [*command, 'glint/db/site.py', '-'],
            input='import asyncio\nfrom glint import api\n',
            capture_output=True,
            cwd=pathlib.Path(__file__).parents[4],
            text=True,
        )
        self.assertIn('GL301 glint.db.site must', result.stdout, result.stderr)
        self.assertIn('GL302 native threads only', result.stdout)
