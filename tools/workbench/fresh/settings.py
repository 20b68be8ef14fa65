# SPDX-License-Identifier: Apache-2.0

"""How this machine reaches mirrors and indexes: a new one needs the same.

All of it is read when it is needed and written into the new machine alone.
"""

from collections.abc import Iterator
import dataclasses
import os
import pathlib
import re

from cloudlab import command
from cloudlab import exception

#: Of proxies and certificates, and of the clients of package indexes.
_VARIABLE = re.compile(
    r'(?i)(https?|ftp|all|no)_proxy|PIP_\w+|npm_config_\w+|CI|'
    r'(SSL_CERT|CURL_CA|REQUESTS_CA|NODE_EXTRA_CA|GIT_SSL)_\w+'
)
_FILES = (
    '/etc/hosts',
    '/etc/resolv.conf',
    '/etc/pip.conf',
    '/etc/npmrc',
    '~/.npmrc',
    '~/.pip/pip.conf',
    '~/.config/pip/pip.conf',
)
_CERTIFICATES = pathlib.Path('/usr/local/share/ca-certificates')
#: A suite without updates of its own.
_UNSTABLE = 'sid'


@dataclasses.dataclass(frozen=True)
class Mirror:
    """Where Debian is.

    :ivar security: where its security updates are; empty, if unknown.
    """

    url: str
    security: str = ''

    def sources(self, suite: str) -> str:
        """Write the sources.list of a suite."""
        lines = [f'deb {self.url} {suite} main']
        if suite != _UNSTABLE:
            lines.append(f'deb {self.url} {suite}-updates main')
            if self.security:
                lines.append(f'deb {self.security} {suite}-security main')
        return '\n'.join(lines) + '\n'


def mirror() -> Mirror:
    """Ask apt for the mirror that this machine uses.

    :raises LabError: when it uses none.
    """
    listed = command.run(
        'apt-get indextargets',
        [
            *('apt-get', 'indextargets', '--format'),
            *('$(LABEL) $(REPO_URI)', 'Created-By: Packages'),
        ],
    )
    found: dict[str, str] = {}
    for line in listed.splitlines():
        label, _, url = line.rpartition(' ')
        found.setdefault(label, url)
    if 'Debian' not in found:
        raise exception.LabError(
            'The apt of this machine has no lists of a mirror of Debian: run '
            '"apt-get update", or name a mirror with --mirror.'
        )
    return Mirror(found['Debian'], found.get('Debian-Security', ''))


def variables() -> dict[str, str]:
    """Return the variables that a new machine needs as well."""
    return {
        name: value
        for name, value in os.environ.items()
        if _VARIABLE.fullmatch(name)
    }


def files() -> dict[pathlib.PurePath, str]:
    """Return what the files of a new machine say, by their names there."""
    found = dict(_copied())
    found[pathlib.PurePath('/etc/apt/apt.conf.d/50outside')] = command.run(
        'apt-config dump', ['apt-config', 'dump', 'Acquire']
    )
    return found


def _copied() -> Iterator[tuple[pathlib.PurePath, str]]:
    for name in _FILES:
        path = pathlib.Path(name).expanduser()
        if path.exists():
            inside = pathlib.PurePath(name.replace('~', '/root'))
            yield inside, path.read_text()
    for path in _CERTIFICATES.glob('*.crt'):
        yield path, path.read_text()
