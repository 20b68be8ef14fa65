# SPDX-License-Identifier: Apache-2.0

"""The servers of a lab, as one who pulls their plugs sees them."""

import contextlib
import json
import os
import pathlib
import signal
import subprocess
import sys
import threading

import glint
from glint.tests import waiting

_TOOL = pathlib.Path(glint.__file__).parents[1] / 'tools' / 'lab'
_PATIENCE = 60


class Servers:
    """Keystones, Glances, the broker and databases, each by its name.

    :param folder: of the lab.
    """

    def __init__(self, folder: pathlib.Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()

    @classmethod
    def of_lab(cls) -> 'Servers':
        """Return those of the lab that $GLINT_LAB names."""
        return cls(pathlib.Path(os.environ['GLINT_LAB']).parent)

    def names(self) -> list[str]:
        """Return the names of all servers that were started."""
        return [path.stem for path in (self._folder / 'run').glob('*.pid')]

    def _record(self, name: str) -> dict[str, int]:
        path = self._folder / 'run' / f'{name}.pid'
        record: dict[str, int] = json.loads(path.read_text())
        return record

    def signal(self, name: str, number: int) -> None:
        """Send a signal to a server and all processes below it."""
        signal_tree(self._record(name)['pid'], number)

    def stop(self, name: str) -> None:
        """Stop a server as its operator would, and wait for its end."""
        record = self._record(name)
        pids = tree(record['pid'])
        with contextlib.suppress(ProcessLookupError):
            os.kill(record['pid'], record['stop_signal'])
        _await_end(pids, name)

    def kill(self, name: str) -> None:
        """End a server at once, as if its host had died."""
        pids = tree(self._record(name)['pid'])
        self.signal(name, signal.SIGKILL)
        _await_end(pids, name)

    def start(self) -> None:
        """Start all servers that do not run, and wait until they answer."""
        for last in (False, False, True):
            with self._lock:
                done = subprocess.run(
                    [sys.executable, _TOOL, 'start', '--dir', self._folder],
                    capture_output=True,
                    text=True,
                )
            if not done.returncode:
                return
            # On a machine that is busy, a server may take too long.
            if last:
                raise AssertionError(done.stdout + done.stderr)


def tree(pid: int) -> list[int]:
    """Return a process and all below it, the parents first."""
    children: dict[int, list[int]] = {}
    for path in pathlib.Path('/proc').glob('[0-9]*/stat'):
        with contextlib.suppress(OSError):
            fields = path.read_text().rpartition(')')[2].split()
            if fields[0] not in 'ZX':
                children.setdefault(int(fields[1]), []).append(
                    int(path.parent.name)
                )
    found = [pid]
    for parent in found:
        found += children.get(parent, ())
    return found


def signal_tree(pid: int, number: int) -> None:
    """Send a signal to a process and all below it."""
    for member in tree(pid):
        with contextlib.suppress(ProcessLookupError):
            os.kill(member, number)


def is_alive(pid: int) -> bool:
    """Say whether a process runs; one that nobody waited for does not."""
    try:
        text = pathlib.Path(f'/proc/{pid}/stat').read_text()
    except OSError:
        return False
    return text.rpartition(')')[2].split()[0] not in 'ZX'


def _await_end(pids: list[int], name: str) -> None:
    waiting.until(
        lambda: not any(map(is_alive, pids)), _PATIENCE, f'end of {name}'
    )
