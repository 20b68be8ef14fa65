# SPDX-License-Identifier: Apache-2.0

"""How much processor time programs take."""

from collections.abc import Callable
from collections.abc import Mapping
import os
import pathlib
import resource
import time

from benchmarks import contest

_TICKS = os.sysconf('SC_CLK_TCK')


def of_server(pid: int) -> float:
    """Return the seconds that a process and its children have taken."""
    proc = pathlib.Path('/proc') / str(pid)
    # Fields 14 to 17 of proc(5); the name before them may hold spaces.
    fields = (proc / 'stat').read_text().rpartition(')')[2].split()[11:15]
    seconds = sum(map(int, fields)) / _TICKS
    for children in proc.glob('task/*/children'):
        seconds += sum(map(of_server, map(int, children.read_text().split())))
    return seconds


def of_commands() -> float:
    """Return the seconds of all commands that this process ran so far."""
    usage = resource.getrusage(resource.RUSAGE_CHILDREN)
    return usage.ru_utime + usage.ru_stime


def measure(
    work: Callable[[], float | None], clocks: Mapping[str, Callable[[], float]]
) -> contest.Figures:
    """Measure how long something takes, and what processor time.

    :param work: may return the seconds that it took, if it knows better.
    :param clocks: tell the seconds taken so far, by the names of figures.
    """
    before = {name: clock() for name, clock in clocks.items()}
    began = time.monotonic()
    seconds = work() or time.monotonic() - began
    return {
        'seconds': seconds,
        **{name: clock() - before[name] for name, clock in clocks.items()},
    }
