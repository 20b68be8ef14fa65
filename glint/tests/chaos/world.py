# SPDX-License-Identifier: Apache-2.0

"""The Glint that things happen to: three conductors, an API, and its clouds.

Between Glint and each Glance there is a proxy.
"""

import dataclasses
import itertools
import os
import pathlib
import shutil
import signal
import subprocess
from typing import Any

import fixtures

from glint.tests.chaos import schedule
from glint.tests.functional import faulty
from glint.tests.functional import proxy as proxies
from glint.tests.integration import lab as labs
from glint.tests.integration import servers as servers_
from glint.tests.integration import stack as stacks

#: So that leases end, sites are tried again and what lingers goes soon.
_SETTINGS = """
[DEFAULT]
debug = false
default_log_levels = keystoneauth=WARNING, urllib3=WARNING, oslo_messaging=INFO
[network]
stall_timeout = 10
request_timeout = 10
connect_timeout = 5
[conductor]
probe_delay = 2
max_probe_delay = 5
recheck_delay = 2
spool_linger = 3
max_retry_delay = 10
"""


class World(fixtures.Fixture):
    """All processes of one run.

    :param lab: the clouds, the broker and the databases.
    :param database: the name of the database server, as mariadb.
    :ivar lines: the proxies, by the names of the clouds.
    :ivar sites: the ids of the sites, by the names of the clouds.
    :ivar servers: those of the lab.
    :ivar stack: the processes of Glint.
    :ivar url: of the API.
    """

    def __init__(self, lab: labs.Lab, database: str) -> None:
        self.lab = lab
        self.database = database
        self.servers = servers_.Servers.of_lab()
        self.lines: dict[str, proxies.Proxy] = {}
        self.sites: dict[str, str] = {}
        self._processes: dict[str, subprocess.Popen[bytes]] = {}
        self._starts = itertools.count()

    def _setUp(self) -> None:
        regions = {}
        for cloud in self.lab.clouds:
            proxy = self.useFixture(proxies.Proxy(cloud.image_url))
            self.lines[cloud.name] = proxy
            region = self.useFixture(faulty.Region(cloud, proxy.url))
            regions[cloud.name] = region.name
        home = dataclasses.replace(
            self.lab.glint, region_name=regions[self.lab.home.name]
        )
        lab = dataclasses.replace(self.lab, glint=home)
        self.stack = self.useFixture(
            stacks.Stack(lab, self.database, _SETTINGS)
        )
        self.url = self.stack.start_api(schedule.API)
        self._processes[schedule.API] = self.stack.processes[schedule.API]
        for name in schedule.CONDUCTORS:
            self.start_conductor(name)
        self._register(regions)
        self.addCleanup(self._heal)

    def _heal(self) -> None:
        """Let everything run that a run left down or paused."""
        for process in self._processes.values():
            servers_.signal_tree(process.pid, signal.SIGCONT)
        for name in self.servers.names():
            self.servers.signal(name, signal.SIGCONT)
        self.servers.start()

    def _register(self, regions: dict[str, str]) -> None:
        glint = stacks.client(self.lab.home.member, self.url)
        for site in glint.get('/v1/sites').json()['sites']:
            self.sites[self.lab.home.name] = site['id']
        for cloud in self.lab.clouds[1:]:
            site = _made(
                glint,
                '/v1/sites',
                name=cloud.name,
                auth_url=cloud.auth_url,
                region_name=regions[cloud.name],
            )
            self.sites[cloud.name] = site['id']
            account = cloud.member
            fields = (
                'username',
                'password',
                'user_domain_name',
                'project_name',
                'project_domain_name',
            )
            _made(
                glint,
                '/v1/credentials',
                site_id=site['id'],
                name='member',
                auth_type='v3password',
                auth={field: getattr(account, field) for field in fields},
            )

    @property
    def spool(self) -> pathlib.Path:
        return self.stack.folder / 'spool'

    def process(self, name: str) -> subprocess.Popen[bytes]:
        """Return a conductor, or the API, as it runs now."""
        return self._processes[name]

    def workers(self, name: str) -> list[int]:
        """Return the pids of the processes that do a process' work."""
        return servers_.tree(self._processes[name].pid)[1:]

    def start_conductor(self, name: str) -> None:
        """Start a conductor, and do not wait for it."""
        self._processes[name] = self.stack.spawn_conductor(name)

    def keep_logs(self, folder: pathlib.Path) -> None:
        """Put what Glint wrote where it outlives the run."""
        folder.mkdir(parents=True, exist_ok=True)
        for path in self.stack.folder.iterdir():
            if path.suffix in ('.log', '.out'):
                shutil.copy(path, folder)

    def open_files(self) -> list[str]:
        """Return the nameless files of the spool that are still open."""
        found = []
        for name in schedule.CONDUCTORS:
            for pid in servers_.tree(self._processes[name].pid):
                for link in pathlib.Path(f'/proc/{pid}/fd').glob('*'):
                    try:
                        target = os.readlink(link)
                    except OSError:
                        continue
                    if target.startswith(str(self.spool)):
                        found.append(f'{name}: {target}')
        return found


def _made(glint: Any, path: str, **body: Any) -> dict[str, Any]:
    answer = glint.post(path, json=body)
    if answer.status_code != 201:
        raise AssertionError(f'{path}: {answer.status_code} {answer.text}')
    made: dict[str, Any] = answer.json()
    return made
