# SPDX-License-Identifier: Apache-2.0

"""How much processor time programs take."""

from collections.abc import Callable
from collections.abc import Mapping
import resource
import time

import psutil

from benchmarks import contest


def of_server(pid: int) -> float:
    """Return the seconds that a process and its children have taken."""
    server = psutil.Process(pid)
    return sum(
        sum(process.cpu_times()[:4])
        for process in (server, *server.children(recursive=True))
    )


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
