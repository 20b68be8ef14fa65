# SPDX-License-Identifier: Apache-2.0

"""One more server at a cloud of the lab, made after the one that it has."""

import configparser
import contextlib
import os
import pathlib
import re
import signal
import socket
import sqlite3
import subprocess

import fixtures
import requests

from glint.tests import ports
from glint.tests import waiting
from glint.tests.integration import lab as labs


class Server(fixtures.Fixture):
    """A Keystone or a Glance with a database and a configuration of its own.

    :param lab: the lab.
    :param cloud: the cloud.
    :ivar folder: with its configuration and all that it writes.
    """

    #: The folder of the model in that of the cloud.
    NAME = ''
    CONFIGURATION = ''
    DATABASE = ''
    #: The variable that tells where the configuration is.
    VARIABLE = ''

    def __init__(self, lab: labs.Lab, cloud: labs.Cloud) -> None:
        self._lab = lab
        self._cloud = cloud
        self._uwsgi = lab.venv / 'bin' / 'uwsgi'
        self._model = cloud.logs['glance'].parent / self.NAME
        self._process: subprocess.Popen[bytes] | None = None
        self._limit: tuple[str, ...] = ()

    def _setUp(self) -> None:
        self.folder = pathlib.Path(self.useFixture(fixtures.TempDir()).path)
        self._port = ports.free_port()
        self.url = f'http://127.0.0.1:{self._port}'
        self._copy_database()
        self._copy_uwsgi()
        self._conf = configparser.ConfigParser(interpolation=None)
        self._conf.read(self._model / self.CONFIGURATION)
        self.configure(
            'database', connection=f'sqlite:///{self._database}?timeout=30'
        )
        self.configure('oslo_concurrency', lock_path=str(self.folder))
        self.addCleanup(self.kill)

    @property
    def _database(self) -> pathlib.Path:
        return self.folder / self.DATABASE

    def _copy_database(self) -> None:
        with (
            contextlib.closing(
                sqlite3.connect(self._model / self.DATABASE)
            ) as model,
            contextlib.closing(sqlite3.connect(self._database)) as copy,
        ):
            model.backup(copy)

    def _copy_uwsgi(self) -> None:
        text = (self._model / 'uwsgi.ini').read_text()
        text = re.sub(
            '(?m)^http-socket .*',
            f'http-socket = 127.0.0.1:{self._port}',
            text,
        )
        text = re.sub(
            '(?m)^req-logger .*', f'req-logger = file:{self._log}', text
        )
        (self.folder / 'uwsgi.ini').write_text(text)

    @property
    def _log(self) -> pathlib.Path:
        return self.folder / 'access.log'

    def configure(self, group: str, **options: str) -> None:
        """Set options of the configuration, for the next start."""
        if group != 'DEFAULT' and not self._conf.has_section(group):
            self._conf.add_section(group)
        for name, value in options.items():
            self._conf.set(group, name, value)

    def write_configuration(self) -> None:
        """Write the configuration as it is set by now."""
        with (self.folder / self.CONFIGURATION).open('w') as conf:
            self._conf.write(conf)

    def limit_files(self, size: int) -> None:
        """Let it write no file of more bytes, from the next start on.

        To Glance, the store is then full.
        """
        self._limit = ('prlimit', f'--fsize={size}')

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self.write_configuration()
        with (self.folder / 'output').open('ab') as output:
            self._process = subprocess.Popen(
                [
                    *self._limit,
                    self._uwsgi,
                    '--ini',
                    self.folder / 'uwsgi.ini',
                ],
                stdout=output,
                stderr=output,
                env={**os.environ, self.VARIABLE: str(self.folder)},
                start_new_session=True,
            )
        waiting.until(self._answers, 60, f'answer of the {self.NAME}')

    def _answers(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            output = (self.folder / 'output').read_text()
            raise AssertionError(f'The {self.NAME} ended: {output[-2000:]}')
        with contextlib.suppress(requests.RequestException):
            return requests.get(self.url, timeout=10).ok
        return False

    def kill(self) -> None:
        """End it and all its workers at once, as if the host had died."""
        if self._process is not None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
            self._process = None
            waiting.until(self._is_gone, 60, f'end of the {self.NAME}')

    def _is_gone(self) -> bool:
        """Tell whether its address is free again.

        A worker that dies in the middle of a write outlives the master that
        is waited for, and keeps the address meanwhile.
        """
        with contextlib.closing(socket.socket()) as sock:
            # As uWSGI does: connections that linger do not matter.
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            with contextlib.suppress(OSError):
                sock.bind(('127.0.0.1', self._port))
                return True
        return False

    def requests(self, method: str, path: str) -> int:
        """Return how many requests came for a path, a regular expression."""
        found = re.findall(f'"{method} {path} HTTP', self._log.read_text())
        return len(found)
