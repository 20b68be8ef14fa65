# SPDX-License-Identifier: Apache-2.0

import os
import pathlib
import re
import subprocess
import sys

import fixtures

import glint
from glint.tests import base

CONFIG = """
[database]
connection = mysql+pymysql://glint:canary@127.0.0.1:9/glint
[keystone_authtoken]
www_authenticate_uri = http://127.0.0.1:9/v3
"""

PROGRAM = """
import webob
from glint.wsgi import api
from oslo_service import backend
response = webob.Request.blank('/v1').get_response(api.application)
print(response.status_int, backend.get_backend_type().value)
"""

#: Loads the modules that it is told, and says what forks would inherit.
PRELOAD = """
import importlib
import os
import sys
import threading
for name in sys.argv[1:]:
    importlib.import_module(name)
from oslo_service import backend
links = [f'/proc/self/fd/{number}' for number in os.listdir('/proc/self/fd')]
targets = [os.readlink(link) for link in links if os.path.islink(link)]
sockets = [target for target in targets if target.startswith('socket:')]
print(backend.get_backend_type().value, threading.active_count(), sockets)
"""

INI = pathlib.Path(glint.__file__).parents[1] / 'etc/glint/glint-api-uwsgi.ini'


class ApplicationTest(base.TestCase):
    """The module as a WSGI server loads it, in a process of its own."""

    def setUp(self):
        super().setUp()
        self.directory = self.useFixture(fixtures.TempDir()).path

    def _run(self, program=PROGRAM, *arguments):
        return subprocess.run(
            [sys.executable, '-c', program, *arguments],
            env={**os.environ, 'OS_GLINT_CONFIG_DIR': self.directory},
            capture_output=True,
            text=True,
            timeout=50,
        )

    def test_loading_connects_to_nothing(self):
        # Neither the database nor Keystone of this configuration are there.
        with open(os.path.join(self.directory, 'glint.conf'), 'w') as f:
            f.write(CONFIG)
        result = self._run()
        self.assertEqual('200 threading', result.stdout.strip(), result.stderr)

    def test_missing_configuration_is_named(self):
        result = self._run()
        self.assertNotEqual(0, result.returncode)
        self.assertIn(f'{self.directory}/glint.conf', result.stderr)

    def test_processes_of_uwsgi_share_code_and_nothing_else(self):
        modules = re.findall('^shared-import = (.+)$', INI.read_text(), re.M)
        self.assertIn('glint.api.app', modules)
        result = self._run(PRELOAD, *modules)
        self.assertEqual(
            'threading 1 []', result.stdout.strip(), result.stderr
        )
