# SPDX-License-Identifier: Apache-2.0

"""Start servers, know them again, stop them.

A server is known by its pid together with the time at which it started: a
pid that the system has since given to another program is never signalled.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
import contextlib
import dataclasses
import json
import os
import pathlib
import signal
import socket
import subprocess
import time

from cloudlab import command
from cloudlab import environment
from cloudlab import exception
from cloudlab import private_file

START_SECONDS = 120
STOP_SECONDS = 30
POLL_SECONDS = 0.05


@dataclasses.dataclass
class Server:
    """A program that keeps running.

    :ivar name: names its pid file.
    :ivar answers: tells whether it serves already.
    :ivar user: the system user to become; needs root.
    :ivar stop_signal: what ends it cleanly.
    """

    name: str
    arguments: Sequence[str | pathlib.Path]
    log: pathlib.Path
    answers: Callable[[], bool]
    env: Mapping[str, str] | None = None
    user: str | None = None
    stop_signal: signal.Signals = signal.SIGTERM


@dataclasses.dataclass
class Running:
    """A server that was started, as its pid file tells.

    :ivar started: clock ticks after boot, see proc(5).
    """

    name: str
    pid: int
    started: int
    stop_signal: int

    @property
    def alive(self) -> bool:
        return _started(self.pid) == self.started

    def kill(self, number: int) -> None:
        if self.alive:
            os.kill(self.pid, number)


def _started(pid: int) -> int | None:
    """Return when a process started, None when there is none."""
    try:
        text = pathlib.Path(f'/proc/{pid}/stat').read_text()
    except OSError:
        return None
    fields = text.rpartition(')')[2].split()
    return None if fields[0] in 'ZX' else int(fields[19])


def known(root: pathlib.Path) -> list[Running]:
    """Return the servers of a lab that have a pid file, running or not."""
    found = []
    for path in sorted((root / 'run').glob('*.pid')):
        # Another command may be stopping it right now.
        with contextlib.suppress(FileNotFoundError):
            found.append(Running(**json.loads(path.read_text())))
    return found


def require_free(port: int, what: str) -> None:
    """Refuse a port that someone else listens on.

    :param what: the server that needs it.
    :raises LabError: when it is taken.
    """
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(('127.0.0.1', port))
        except OSError as error:
            raise exception.LabError(
                f'Port {port}, for {what}, is taken: stop what listens '
                'there, or make the lab with another --base-port.'
            ) from error


def start(root: pathlib.Path, server: Server) -> int:
    """Start a server and wait until it answers.

    :param root: the folder of the lab.
    :returns: its pid.
    :raises LabError: when it ends or does not answer in time, with the last
        lines of its log.
    """
    before = server.log.stat().st_size if server.log.exists() else 0
    with open(server.log, 'ab') as log:
        try:
            child = subprocess.Popen(
                server.arguments,
                env=environment.clean(server.env),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd='/',
                start_new_session=True,
                user=server.user,
                group=server.user,
                extra_groups=[] if server.user else None,
            )
        except OSError as error:
            raise exception.LabError(
                f'{server.name} cannot be started: {error}.'
            ) from error
    running = Running(
        server.name, child.pid, _started(child.pid) or 0, server.stop_signal
    )
    private_file.write(
        root / 'run' / f'{server.name}.pid',
        json.dumps(dataclasses.asdict(running)),
    )
    deadline = time.monotonic() + START_SECONDS
    while not server.answers():
        if child.poll() is not None:
            reason = f'ended with {child.returncode}'
        elif time.monotonic() > deadline:
            reason = f'does not answer after {START_SECONDS} s'
        else:
            time.sleep(POLL_SECONDS)
            continue
        text = server.log.read_bytes()[before:].decode(errors='replace')
        raise exception.LabError(
            f'{server.name} {reason}. The end of {server.log}:\n'
            f'{command.tail(text)}'
        )
    return child.pid


def stop(root: pathlib.Path, servers: Iterable[Running]) -> None:
    """Stop servers and wait until they are gone."""
    waiting = list(servers)
    for server in waiting:
        server.kill(server.stop_signal)
    deadline = time.monotonic() + STOP_SECONDS
    while waiting:
        for server in [item for item in waiting if not item.alive]:
            (root / 'run' / f'{server.name}.pid').unlink(missing_ok=True)
            waiting.remove(server)
        if time.monotonic() > deadline:
            for server in waiting:
                server.kill(signal.SIGKILL)
        time.sleep(POLL_SECONDS)
