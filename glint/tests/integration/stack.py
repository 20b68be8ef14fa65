# SPDX-License-Identifier: Apache-2.0

"""Glint as an operator runs it: uWSGI, conductors, broker and database."""

import contextlib
import os
import pathlib
import signal
import subprocess
import sys
from typing import Any

import fixtures
from keystoneauth1 import adapter
import requests
import sqlalchemy as sa
from testtools import content

import glint
from glint import conf
from glint import context
from glint.db import site as db_site
from glint.secrets import key_repository
from glint.tests import fixtures as glint_fixtures
from glint.tests import ports
from glint.tests import waiting
from glint.tests.integration import lab as labs

_BIN = pathlib.Path(sys.executable).parent
_UWSGI = (
    pathlib.Path(glint.__file__).parents[1] / 'etc/glint/glint-api-uwsgi.ini'
)
#: Of each API that is started.
PROCESSES = 2

_CONFIG = """\
[DEFAULT]
debug = true
# All of it, so that no secret goes unseen.
default_log_levels = keystoneauth=DEBUG, urllib3=DEBUG, oslo_messaging=DEBUG
state_path = {folder}
transport_url = {transport_url}
log_file = {log_file}
[database]
connection = {database}
[keystone_authtoken]
auth_type = password
auth_url = {auth_url}
www_authenticate_uri = {auth_url}
username = {username}
password = {password}
user_domain_name = {user_domain_name}
project_name = {project_name}
project_domain_name = {project_domain_name}
service_type = image-replication
[service_user]
auth_type = password
auth_url = {auth_url}
username = {username}
password = {password}
user_domain_name = {user_domain_name}
project_name = {project_name}
project_domain_name = {project_domain_name}
[home]
auth_url = {auth_url}
region_name = {region_name}
[secrets]
backend = {secrets_backend}
key_repository = {folder}/keys
[barbican]
barbican_region_name = {region_name}
{barbican}
[oslo_reports]
log_dir = {folder}
{reports}
[network]
allow = 127.0.0.0/8
[conductor]
host = {host}
timer_interval = 1
retry_delay = 1
lease = 6
"""


def configuration(lab: labs.Lab, **values: Any) -> str:
    """Write the configuration of a Glint at the first cloud of a lab.

    :param values: folder, host, log_file, transport_url and database; where
        secrets are kept, and more lines about Barbican and about reports.
    """
    values = {
        'secrets_backend': 'fernet',
        'barbican': '',
        'reports': '',
        **values,
    }
    account = lab.glint
    return _CONFIG.format(
        auth_url=account.auth_url,
        region_name=account.region_name,
        username=account.username,
        password=account.password,
        user_domain_name=account.user_domain_name,
        project_name=account.project_name,
        project_domain_name=account.project_domain_name,
        **values,
    )


class Stack(fixtures.Fixture):
    """One Glint at the first cloud of a lab.

    :param lab: the lab.
    :param database: the name of the database server, as mariadb.
    :param settings: what the configuration has besides, as in the file.
    :ivar transport_url: the broker of the processes that start later.
    :ivar secrets_backend: where they keep secrets.
    :ivar barbican: more lines of their configuration about Barbican.
    :ivar reports: more lines of it about Guru Meditation Reports.
    :ivar database: the URL of the database.
    :ivar processes: those that were started, by their names.
    """

    def __init__(
        self, lab: labs.Lab, database: str, settings: str = ''
    ) -> None:
        self.lab = lab
        self._settings = settings
        self._server = lab.services[database]
        self.transport_url = lab.services['rabbitmq']
        self.secrets_backend = 'fernet'
        self.barbican = ''
        self.reports = ''
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        self._to_end: list[subprocess.Popen[bytes]] = []

    def _setUp(self) -> None:
        self.folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        (self.folder / 'spool').mkdir()
        # By glint-manage, as operators do it, each takes two seconds more.
        database = glint_fixtures.Database(self._server)
        self.database = self.useFixture(database).url
        self._register_home()
        key_repository.setup(str(self.folder / 'keys'))
        self.configure('manage')

    def _register_home(self) -> None:
        defaults = conf.CONF.home
        db_site.ensure_home(
            context.for_service(),
            name=defaults.name,
            auth_url=self.lab.home.auth_url,
            region_name=self.lab.home.region_name,
            interface=defaults.interface,
        )

    def configure(self, name: str, transport_url: str | None = None) -> str:
        """Write the configuration of one process.

        :param name: of the process.
        :param transport_url: another broker than the lab's.
        :returns: the folder with the file.
        """
        folder = self.folder / f'{name}.d'
        folder.mkdir(exist_ok=True)
        (folder / 'glint.conf').write_text(
            configuration(
                self.lab,
                folder=self.folder,
                host=name,
                log_file=self.log_file(name),
                transport_url=transport_url or self.transport_url,
                database=self.database,
                secrets_backend=self.secrets_backend,
                barbican=self.barbican,
                reports=self.reports,
            )
            + self._settings
        )
        return str(folder)

    def engine(self) -> sa.Engine:
        return sa.create_engine(self.database, poolclass=sa.NullPool)

    def rows(self, statement: str) -> list[Any]:
        """Ask the database."""
        with self.engine().connect() as connection:
            return list(connection.execute(sa.text(statement)))

    def log_file(self, name: str) -> pathlib.Path:
        return self.folder / f'{name}.log'

    def manage(self, *arguments: str) -> str:
        """Run glint-manage."""
        done = subprocess.run(
            [_BIN / 'glint-manage', '--config-dir', 'manage.d', *arguments],
            cwd=self.folder,
            capture_output=True,
            text=True,
        )
        if done.returncode:
            raise AssertionError(done.stderr)
        return done.stdout

    def start_api(
        self, name: str = 'api', transport_url: str | None = None
    ) -> str:
        """Start the API under uWSGI.

        :returns: its address.
        """
        port = ports.free_port()
        self.spawn_api(name, transport_url, port)
        waiting.until(lambda: _answers(port), 60, f'answer of {name}')
        return f'http://127.0.0.1:{port}'

    def spawn_api(
        self,
        name: str,
        transport_url: str | None = None,
        port: int | None = None,
        module: str = 'glint.wsgi.api',
    ) -> subprocess.Popen[bytes]:
        """Start the API as above, but do not wait for it.

        :param module: what uWSGI loads, from its folder or installed.
        """
        config = self.configure(name, transport_url)
        ini = self._uwsgi_ini(config, port or ports.free_port(), module)
        return self._start(
            name, [_BIN / 'uwsgi', '--ini', ini], OS_GLINT_CONFIG_DIR=config
        )

    def _uwsgi_ini(self, folder: str, port: int, module: str) -> pathlib.Path:
        """Write the file that operators get, with less for a lab.

        :param folder: where to write it.
        """
        text = _UWSGI.read_text()
        for old, new in (
            ('http = 0.0.0.0:9494', f'http = 127.0.0.1:{port}'),
            ('processes = 4', f'processes = {PROCESSES}'),
            (
                'module = glint.wsgi.api:',
                f'pythonpath = {self.folder}\nmodule = {module}:',
            ),
        ):
            assert old in text
            text = text.replace(old, new)
        path = pathlib.Path(folder) / 'uwsgi.ini'
        path.write_text(text)
        return path

    def start_standalone(self, name: str = 'standalone') -> str:
        """Start API and conductor in one process.

        :returns: its address.
        """
        port = ports.free_port()
        config = self.configure(name, 'fake:/')
        self._start(
            name,
            [
                _BIN / 'glint-standalone',
                *('--config-dir', config, '--bind-port', str(port)),
            ],
        )
        waiting.until(lambda: _answers(port), 60, f'answer of {name}')
        return f'http://127.0.0.1:{port}'

    def start_conductor(
        self, name: str = 'conductor', **env: str
    ) -> subprocess.Popen[bytes]:
        """Start a conductor.

        :param env: variables for its environment.
        :returns: its process, the parent of the one that works.
        """
        before = self.starts(name)
        process = self.spawn_conductor(name, **env)
        waiting.until(
            lambda: self.starts(name) > before, 60, f'start of {name}'
        )
        return process

    def spawn_conductor(
        self, name: str, **env: str
    ) -> subprocess.Popen[bytes]:
        """Start a conductor as above, but do not wait for it."""
        config = self.configure(name)
        return self._start(
            name, [_BIN / 'glint-conductor', '--config-dir', config], **env
        )

    def starts(self, name: str) -> int:
        """Return how often a conductor has started, by its log."""
        log = self.log_file(name)
        if not log.exists():
            return 0
        return log.read_text().count(f'Conductor {name} started')

    def _start(
        self, name: str, command: list[Any], **env: str
    ) -> subprocess.Popen[bytes]:
        output = (self.folder / f'{name}.out').open('ab')
        self.addCleanup(output.close)
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            env={**os.environ, **env},
            start_new_session=True,
        )
        self.addCleanup(self._end, process)
        self._to_end.append(process)
        self.processes[name] = process
        return process

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        """End a process, while the others begin to end as well."""
        while self._to_end:
            self._to_end.pop().terminate()
        self._await_end(process)

    @staticmethod
    def stop(
        process: subprocess.Popen[bytes], number: int = signal.SIGTERM
    ) -> None:
        """End a process and its children.

        :param number: the signal; SIGKILL for a crash.
        """
        with contextlib.suppress(ProcessLookupError):
            if number == signal.SIGKILL:
                os.killpg(process.pid, number)
            else:
                process.send_signal(number)
        Stack._await_end(process)

    @staticmethod
    def _await_end(process: subprocess.Popen[bytes]) -> None:
        try:
            process.wait(40)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            raise

    def everything_written(self, debug: bool = True) -> str:
        """Return all logs and outputs so far.

        :param debug: whether to include the lines of that level.
        """
        if not self.folder.exists():
            # A failure of the cleanup itself.
            return ''
        return '\n'.join(
            line
            for path in sorted(self.folder.iterdir())
            if path.suffix in ('.log', '.out')
            for line in path.read_text(errors='replace').splitlines()
            if debug or ' DEBUG ' not in line
        )


def _answers(port: int) -> bool:
    # The router of uWSGI takes connections before there is anything behind it.
    with contextlib.suppress(requests.RequestException):
        return requests.get(f'http://127.0.0.1:{port}/', timeout=10).ok
    return False


def client(account: labs.Account, url: str) -> adapter.Adapter:
    """Make a client of Glint's API for a user."""
    return adapter.Adapter(
        account.session(), endpoint_override=url, raise_exc=False
    )


def memory(process: subprocess.Popen[bytes]) -> int:
    """Return the peak of what a process, with its children, had in memory.

    :returns: bytes, of the largest of them.
    """
    peak = 0
    for status in pathlib.Path('/proc').glob('[0-9]*/status'):
        with contextlib.suppress(OSError):
            fields = dict(
                line.split(':', 1) for line in status.read_text().splitlines()
            )
            pid = int(fields['Pid'])
            if os.getpgid(pid) == process.pid and 'VmHWM' in fields:
                peak = max(peak, int(fields['VmHWM'].split()[0]) * 1024)
    return peak


def text(words: str) -> content.Content:
    """Make a detail of a test's result."""
    return content.text_content(words)
