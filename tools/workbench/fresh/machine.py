# SPDX-License-Identifier: Apache-2.0

"""A bare Debian, made for one check."""

from collections.abc import Mapping
import os
import pathlib
import re
import shlex
import shutil
import subprocess

from cloudlab import command
from cloudlab import exception
from workbench import checkout
from workbench.fresh import settings

#: Where the tree is, in the machine.
TREE = '/root/glint'
_ENTER = checkout.TOOLS / 'fresh' / 'enter'
#: How debootstrap makes a suite that is younger than itself.
_NEWEST = pathlib.Path('/usr/share/debootstrap/scripts/sid')
_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'


class Machine:
    """A bare Debian, in a folder.

    :param root: the folder, which becomes its root.
    :param suite: the name of the release.
    """

    def __init__(self, root: pathlib.Path, suite: str) -> None:
        self.root = root
        self.suite = suite

    def make(self, mirror: settings.Mirror) -> None:
        """Install what each Debian has, and what this machine's network needs.

        :raises LabError: when that fails.
        """
        self.root.mkdir(mode=0o755, parents=True)
        self._debootstrap(mirror)
        (self.root / 'etc' / 'apt' / 'sources.list').write_text(
            mirror.sources(self.suite)
        )
        for path, text in settings.files().items():
            inside = self.root / str(path).lstrip('/')
            inside.parent.mkdir(parents=True, exist_ok=True)
            inside.write_text(text)
        # A server that a package starts would take the port of one outside.
        policy = self.root / 'usr' / 'sbin' / 'policy-rc.d'
        policy.write_text('#!/bin/sh\nexit 101\n')
        policy.chmod(0o755)
        self._prepare('update-ca-certificates')
        self._prepare('apt-get update')

    def _debootstrap(self, mirror: settings.Mirror) -> None:
        """Fill the folder.

        It mounts things there, which go when the namespace goes, also if it
        is interrupted.
        """
        script = _NEWEST.with_name(self.suite)
        command.run(
            f'Making a bare Debian {self.suite}',
            [
                *('setpriv', '--pdeathsig', 'KILL'),
                *('unshare', '--mount', '--pid', '--fork', '--kill-child'),
                *('debootstrap', '--variant=minbase'),
                *('--include=ca-certificates', self.suite, self.root),
                *(mirror.url, script if script.exists() else _NEWEST),
            ],
        )

    def clone(self) -> str:
        """Clone the tree into the machine, as it is committed.

        :returns: the news.
        :raises LabError: when the tree is no clone itself.
        """
        command.run(
            'git clone',
            [
                *('git', 'clone', '--quiet', '--no-hardlinks'),
                *(checkout.ROOT, f'{self.root}{TREE}'),
            ],
        )
        git = ('git', '-C', str(checkout.ROOT))
        head = command.run('git log', [*git, 'log', '-1', '--format=%h %s'])
        text = f'The tree is at {head.strip()}.'
        if command.run('git status', [*git, 'status', '--porcelain']):
            text += ' What is not committed is not tried.'
        return text

    def apt_install(self, packages: str) -> None:
        """Install packages.

        :param packages: their names, with blanks between them.
        :raises LabError: when that fails.
        """
        self._prepare(f'apt-get install -y --no-install-recommends {packages}')

    def run(self, text: str) -> int:
        """Run a command where the tree is, and show what it writes.

        :returns: its exit code.
        """
        return subprocess.run(
            self._arguments(f'cd {shlex.quote(TREE)}\n{text}'),
            env=self._env(),
            stdin=subprocess.DEVNULL,
            check=False,
        ).returncode

    def remove(self) -> None:
        """Remove its files.

        :raises LabError: when something is mounted there.
        """
        mounts = pathlib.Path('/proc/self/mountinfo').read_text()
        if re.search(rf' {re.escape(str(self.root))}[/ ]', mounts):
            raise exception.LabError(f'Something is mounted in {self.root}.')
        shutil.rmtree(self.root, ignore_errors=True)

    def _prepare(self, text: str) -> None:
        command.run(
            f'{text.partition(" -")[0]} in the new Debian',
            self._arguments(f'DEBIAN_FRONTEND=noninteractive {text}'),
        )

    def _arguments(self, text: str) -> list[str | pathlib.Path]:
        env = [f'{name}={value}' for name, value in self._env().items()]
        inside = shlex.join(['env', '-i', *env, 'bash', '-c', text])
        return [_ENTER, self.root, inside]

    def _env(self) -> Mapping[str, str]:
        """The variables of somebody who has just logged in."""
        return {
            'HOME': '/root',
            'PATH': _PATH,
            'TERM': os.environ.get('TERM', 'dumb'),
            **settings.variables(),
        }
