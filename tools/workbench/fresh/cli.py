# SPDX-License-Identifier: Apache-2.0

"""The command tools/fresh-check."""

import argparse
from collections.abc import Callable
import functools
import os
import re
import time

from cloudlab import exception
from cloudlab import folder
from cloudlab import packages
from cloudlab import program
from workbench import checkout
from workbench import needs
from workbench import table
from workbench.fresh import machine
from workbench.fresh import settings
from workbench.install import guide

ROOT = checkout.ROOT / '.fresh-check'
_README = checkout.ROOT / 'README.rst'
_SECTIONS = ('See it', 'Test it')
_SUITES = ('bookworm', 'trixie')


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='tools/fresh-check',
        description='Make a bare Debian, clone the tree there, install what '
        "the README asks for, and run the README's two commands. The new "
        'machine has files and processes of its own, and the network of this '
        'one, with the mirror, the proxy and the indexes that this one uses. '
        f'It is made in {ROOT} and takes 10 GB. Needs root.',
    )
    parser.add_argument(
        'suites',
        nargs='*',
        metavar='SUITE',
        default=_SUITES,
        help=f'releases of Debian ({", ".join(_SUITES)})',
    )
    parser.add_argument(
        '--run',
        action='append',
        metavar='COMMAND',
        help='run this in place of the two; may be repeated',
    )
    parser.add_argument(
        '--keep', action='store_true', help='do not remove the machines'
    )
    parser.add_argument('--mirror', help='of Debian, in place of that of apt')
    return parser


def commands() -> list[str]:
    """Read the first command of each section from the README."""
    found = []
    for section in _SECTIONS:
        first = guide.read(_README, section)[0]
        assert isinstance(first, guide.Command)
        found.append(first.text)
    return found


def needed() -> str:
    """Read the packages that the README asks for."""
    found = re.search('``apt-get install ([^`]+)``', _README.read_text())
    assert found
    return ' '.join(found[1].split())


class _Check:
    """The check on all suites.

    :ivar rows: how the steps ended.
    """

    def __init__(self, mirror: settings.Mirror, chosen: list[str]) -> None:
        self._mirror = mirror
        self._commands = chosen
        self.rows: list[table.Row] = []

    def run(self, suite: str, *, keep: bool) -> None:
        """Try one suite."""
        new = machine.Machine(ROOT / suite, suite)
        new.remove()
        try:
            self._make(new)
            for text in self._commands:
                program.say(f'\n=== {suite}: {text}')
                self._time(
                    f'{suite}: {text}', functools.partial(new.run, text)
                )
        finally:
            if keep:
                program.say(f'{new.root} is kept.')
            else:
                new.remove()

    def _make(self, new: machine.Machine) -> None:
        asked = needed()

        def make() -> int:
            new.make(self._mirror)
            program.say(new.clone())
            new.apt_install(asked)
            return 0

        program.say(f'\n=== {new.suite}: a bare Debian, and {asked}')
        self._time(f'{new.suite}: debootstrap, apt-get install', make)

    def _time(self, name: str, step: Callable[[], int]) -> None:
        began = time.monotonic()
        code = step()
        result = f'FAILED with {code}' if code else 'passed'
        self.rows.append(table.Row(name, time.monotonic() - began, result))


def _run(arguments: argparse.Namespace) -> int:
    if os.geteuid():
        raise exception.LabError(
            'A machine of its own is made by debootstrap, unshare and mount: '
            'that needs root.'
        )
    packages.require(needs.FRESH_CHECK)
    mirror = (
        settings.Mirror(arguments.mirror)
        if arguments.mirror
        else settings.mirror()
    )
    check = _Check(mirror, arguments.run or commands())
    with folder.lock(ROOT):
        try:
            for suite in arguments.suites:
                check.run(suite, keep=arguments.keep)
        finally:
            if check.rows:
                program.say(f'\n=== Result\n{table.text(check.rows)}')
    return int(any(row.result != 'passed' for row in check.rows))


def main() -> int:
    """Run the command.

    :returns: the exit code.
    """
    arguments = _parser().parse_args()
    return program.run('tools/fresh-check', lambda: _run(arguments))
