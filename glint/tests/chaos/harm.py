# SPDX-License-Identifier: Apache-2.0

"""How each kind of fault is done, and undone."""

from collections.abc import Callable
import dataclasses
import signal
import subprocess
import threading
import time

from glint.tests.chaos import schedule
from glint.tests.chaos import world as worlds
from glint.tests.functional import faults
from glint.tests.integration import servers as servers_

#: How long a conductor may take to stop cleanly, in seconds.
_STOP = 45
#: How long a fault of the network waits for something that passes.
_VICTIM = 40
#: Bytes per second on a throttled line.
_SLOW = 400_000
_ONCE = 1
_FEW = 4


@dataclasses.dataclass(frozen=True)
class Injury:
    """A fault as it happened.

    :ivar began: the time, in seconds since 1970.
    :ivar ended: when all was as before.
    :ivar felt: whether it met anything; a fault of the network may find that
        nothing passes.
    """

    fault: schedule.Fault
    began: float
    ended: float
    felt: bool


class Harm:
    """Does what the schedule says, as far as its victims are there.

    :ivar injuries: what was done.
    :ivar broken: what could not be undone, which spoils the run.
    """

    def __init__(self, world: worlds.World) -> None:
        self._world = world
        self._over = threading.Event()
        self._locks: dict[str, threading.Lock] = {}
        self.injuries: list[Injury] = []
        self.broken: list[str] = []

    def run(self, plan: list[schedule.Fault]) -> None:
        """Let all faults happen, and return when they are over."""
        for fault in plan:
            self._locks.setdefault(_place(fault), threading.Lock())
        began = time.monotonic()
        threads = []
        for fault in plan:
            # The plan's own clock; what happens is waited for elsewhere.
            self._over.wait(began + fault.at - time.monotonic())
            if self._over.is_set():
                break
            thread = threading.Thread(target=self._do, args=(fault,))
            thread.start()
            threads.append(thread)
        for thread in threads:
            thread.join()
        self._world.servers.start()

    def end(self) -> None:
        """Let nothing more happen, and undo what is not undone."""
        self._over.set()

    def _do(self, fault: schedule.Fault) -> None:
        # One thing at a time happens to each victim.
        with self._locks[_place(fault)]:
            began = time.time()
            try:
                felt = self._inflict(fault)
            except Exception as e:
                self.broken.append(f'{fault}: {e!r}')
                return
            self.injuries.append(Injury(fault, began, time.time(), felt))

    def _inflict(self, fault: schedule.Fault) -> bool:
        """:returns: whether anything felt it."""
        who = KINDS[fault.kind]
        if isinstance(who, _Network):
            return who.do(self._world, fault, self._over)
        who(self._world, fault, self._over)
        return True


def _place(fault: schedule.Fault) -> str:
    """Return what a fault has for itself."""
    if isinstance(KINDS[fault.kind], _Network):
        return fault.kind + fault.victim
    return fault.victim


def _kill_conductor(
    world: worlds.World, fault: schedule.Fault, over: threading.Event
) -> None:
    process = world.process(fault.victim)
    servers_.signal_tree(process.pid, signal.SIGKILL)
    process.wait()
    over.wait(fault.seconds)
    world.start_conductor(fault.victim)


def _kill_conductor_worker(
    world: worlds.World, fault: schedule.Fault, over: threading.Event
) -> None:
    for pid in world.workers(fault.victim):
        servers_.signal_tree(pid, signal.SIGKILL)


def _stop_conductor(
    world: worlds.World, fault: schedule.Fault, over: threading.Event
) -> None:
    process = world.process(fault.victim)
    process.terminate()
    try:
        process.wait(_STOP)
    except subprocess.TimeoutExpired:
        servers_.signal_tree(process.pid, signal.SIGKILL)
        process.wait()
        raise
    over.wait(fault.seconds)
    world.start_conductor(fault.victim)


def _pause_conductor(
    world: worlds.World, fault: schedule.Fault, over: threading.Event
) -> None:
    _pause_tree(world.process(fault.victim).pid, fault.seconds, over)


def _pause_tree(pid: int, seconds: float, over: threading.Event) -> None:
    servers_.signal_tree(pid, signal.SIGSTOP)
    over.wait(seconds)
    servers_.signal_tree(pid, signal.SIGCONT)


def _reload_conductor(
    world: worlds.World, fault: schedule.Fault, over: threading.Event
) -> None:
    world.process(fault.victim).send_signal(signal.SIGHUP)


def _kill_api_worker(
    world: worlds.World, fault: schedule.Fault, over: threading.Event
) -> None:
    workers = world.workers(fault.victim)
    if workers:
        servers_.signal_tree(
            workers[fault.place % len(workers)], signal.SIGKILL
        )


def _pause_api_worker(
    world: worlds.World, fault: schedule.Fault, over: threading.Event
) -> None:
    workers = world.workers(fault.victim)
    if workers:
        _pause_tree(workers[fault.place % len(workers)], fault.seconds, over)


def _kill_server(
    world: worlds.World, fault: schedule.Fault, over: threading.Event
) -> None:
    world.servers.kill(fault.victim)
    over.wait(fault.seconds)
    world.servers.start()


def _stop_server(
    world: worlds.World, fault: schedule.Fault, over: threading.Event
) -> None:
    world.servers.stop(fault.victim)
    over.wait(fault.seconds)
    world.servers.start()


def _pause_server(
    world: worlds.World, fault: schedule.Fault, over: threading.Event
) -> None:
    world.servers.signal(fault.victim, signal.SIGSTOP)
    over.wait(fault.seconds)
    world.servers.signal(fault.victim, signal.SIGCONT)


@dataclasses.dataclass(frozen=True)
class _Network:
    """A fault that the proxy before a Glance makes.

    :ivar make: makes it.
    :ivar single: whether it is over when it has hit once.
    """

    make: Callable[[schedule.Fault], faults.Fault]
    single: bool = False

    def do(
        self,
        world: worlds.World,
        fault: schedule.Fault,
        over: threading.Event,
    ) -> bool:
        """:returns: whether it hit a request."""
        made = world.lines[fault.victim].inject(self.make(fault))
        felt = made.hit.wait(_VICTIM)
        if felt and not self.single:
            over.wait(fault.seconds)
        made.end()
        return felt


class _CutNetwork(_Network):
    """Nothing passes, and whatever was under way ends."""

    def do(
        self,
        world: worlds.World,
        fault: schedule.Fault,
        over: threading.Event,
    ) -> bool:
        line = world.lines[fault.victim]
        # Not before there is something to cut.
        felt = line.busy.wait(_VICTIM)
        line.refuse()
        line.cut()
        over.wait(fault.seconds)
        line.listen()
        return felt


def _of_body(
    make: Callable[..., faults.Fault], *values: float
) -> tuple[_Network, _Network]:
    """:returns: the fault of an upload, and that of a download."""
    return (
        _Network(
            lambda f: make(
                faults.UPLOAD, faults.TO_CLOUD, f.place, *values, times=_ONCE
            ),
            single=not values,
        ),
        _Network(
            lambda f: make(
                faults.DOWNLOAD,
                faults.FROM_CLOUD,
                f.place,
                *values,
                times=_ONCE,
            ),
            single=not values,
        ),
    )


_UPLOAD_CUT, _DOWNLOAD_CUT = _of_body(faults.Cut)
_UPLOAD_CORRUPTED, _DOWNLOAD_CORRUPTED = _of_body(faults.Corrupt)
_UPLOAD_STALLED, _DOWNLOAD_STALLED = _of_body(faults.Stall, 60)

KINDS: dict[str, Callable[..., None] | _Network] = {
    'conductor killed': _kill_conductor,
    'conductor worker killed': _kill_conductor_worker,
    'conductor stopped': _stop_conductor,
    'conductor paused': _pause_conductor,
    'conductor reloaded': _reload_conductor,
    'API worker killed': _kill_api_worker,
    'API worker paused': _pause_api_worker,
    'broker killed': _kill_server,
    'broker stopped': _stop_server,
    'database killed': _kill_server,
    'database stopped': _stop_server,
    'database paused': _pause_server,
    'Glance killed': _kill_server,
    'Glance stopped': _stop_server,
    'Glance paused': _pause_server,
    'Keystone killed': _kill_server,
    'upload cut': _UPLOAD_CUT,
    'upload corrupted': _UPLOAD_CORRUPTED,
    'upload stalled': _UPLOAD_STALLED,
    'upload throttled': _Network(
        lambda f: faults.Throttle(faults.UPLOAD, faults.TO_CLOUD, _SLOW)
    ),
    'download cut': _DOWNLOAD_CUT,
    'download corrupted': _DOWNLOAD_CORRUPTED,
    'download stalled': _DOWNLOAD_STALLED,
    'download throttled': _Network(
        lambda f: faults.Throttle(faults.DOWNLOAD, faults.FROM_CLOUD, _SLOW)
    ),
    'requests delayed': _Network(
        lambda f: faults.Delay(faults.ANY, f.seconds, times=_FEW)
    ),
    'requests refused': _Network(
        lambda f: faults.Refuse(faults.ANY, f.status, times=_FEW)
    ),
    'answers late': _Network(
        lambda f: faults.LateAnswer(faults.ANY, f.seconds, times=_FEW)
    ),
    'answers lost': _Network(
        lambda f: faults.LoseAnswer(faults.ANY, times=_FEW)
    ),
    'network cut': _CutNetwork(lambda f: faults.Fault(faults.ANY)),
}
