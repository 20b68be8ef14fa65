# SPDX-License-Identifier: Apache-2.0

"""Threads for what waits for sites, of which no project has more than a share.

Sites are named by users: one that accepts connections and never answers keeps
a thread until its time is over. It keeps no thread from other projects.
"""

import collections
from collections.abc import Callable
from concurrent import futures
import threading
from typing import NamedTuple

from oslo_log import log

from glint import context as glint_context
from glint import gate
from glint import interrupt as interrupts

LOG = log.getLogger(__name__)

#: Why what a crew does is interrupted at its end.
STOPPING = 'stopping'

#: How many shares there are: one project leaves three of four threads free.
_SHARES = 4


def make_gate(size: int) -> gate.Gate:
    """Bound how much a conductor does at the same time.

    :param size: how much in all; a project has a quarter of it.
    """
    return gate.Gate(size, max(1, size // _SHARES))


class _Job(NamedTuple):
    project_id: str | None
    done: futures.Future[None]
    work: Callable[[], None]


class Crew:
    """Threads that do what they are told.

    :param name: of the threads.
    :param size: how many there are.
    :ivar interrupt: ends what they do.
    """

    def __init__(self, name: str, size: int) -> None:
        self._pool = futures.ThreadPoolExecutor(size, thread_name_prefix=name)
        self._gate = make_gate(size)
        self._lock = threading.Lock()
        self._waiting: collections.deque[_Job] = collections.deque()
        self._running: set[futures.Future[None]] = set()
        self.interrupt = interrupts.Interrupt()

    def full(self) -> list[str | None]:
        """:returns: the projects whose work would have to wait."""
        return self._gate.full()

    def has_room(self, project_id: str | None) -> bool:
        """Say whether work for a project would begin at once."""
        return self._gate.has_room(project_id)

    def do(
        self, project_id: str | None, work: Callable[[], None]
    ) -> futures.Future[None]:
        """Have something done, when the project has a thread for it.

        :param work: must not raise; what it raises is logged.
        :returns: what ends with it, or when it is given up.
        """
        job = _Job(project_id, futures.Future(), glint_context.carried(work))
        with self._lock:
            if self.interrupt.is_set():
                job.done.set_result(None)
            else:
                self._waiting.append(job)
        self._fill()
        return job.done

    def stop(self, timeout: float | None = None) -> None:
        """Begin nothing more, and end what runs.

        :param timeout: for how many seconds to wait for that; None is as
            long as it takes.
        """
        self.interrupt.set(STOPPING)
        with self._lock:
            for job in self._waiting:
                job.done.set_result(None)
            self._waiting.clear()
        self.join(timeout)
        self._pool.shutdown(wait=timeout is None)

    def join(self, timeout: float | None = None) -> None:
        """Wait for the end of all that was asked for."""
        with self._lock:
            known = [*self._running, *(job.done for job in self._waiting)]
        futures.wait(known, timeout)

    def _fill(self) -> None:
        """Begin what there is room for, the oldest first."""
        with self._lock:
            for job in list(self._waiting):
                if self._gate.enter(job.project_id):
                    self._waiting.remove(job)
                    self._running.add(job.done)
                    self._pool.submit(self._run, job)

    def _run(self, job: _Job) -> None:
        try:
            job.work()
        except interrupts.Interrupted:
            pass
        except Exception:
            LOG.exception('What a thread of the conductor did failed')
        finally:
            with self._lock:
                self._running.discard(job.done)
            self._gate.leave(job.project_id)
            job.done.set_result(None)
            self._fill()
