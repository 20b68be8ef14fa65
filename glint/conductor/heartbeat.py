# SPDX-License-Identifier: Apache-2.0

"""Keeps the leases of all copies that a conductor runs."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
import threading
import time

from oslo_db import exception as db_exception
from oslo_log import log

from glint import conf
from glint import context as glint_context
from glint import outage
from glint.conductor import patience
from glint.conductor.copy import run as runs
from glint.db.queue import renewal

LOG = log.getLogger(__name__)


class Heartbeat:
    """Renews leases and notices what was cancelled, in one thread.

    It waits for nobody: not for the threads that copy, and not for who has
    locked the row of a copy, which costs no other copy anything.
    """

    def __init__(self) -> None:
        self._runs: set[runs.CopyRun] = set()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=self._beat, name='heartbeat', daemon=True
        )
        self._passed_over = patience.PassedOver()
        self._outage = outage.Outage(
            LOG, log.ERROR, 'Leases cannot be renewed, trying on: %s'
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """End the thread; to be called when no copy runs any more."""
        self._stopped.set()
        self._thread.join()

    def add(self, run: runs.CopyRun) -> None:
        with self._lock:
            self._runs.add(run)

    def remove(self, run: runs.CopyRun) -> None:
        with self._lock:
            self._runs.discard(run)

    def all(self) -> list[runs.CopyRun]:
        """:returns: the copies that run now."""
        with self._lock:
            return list(self._runs)

    def _beat(self) -> None:
        while not self._stopped.wait(conf.CONF.conductor.progress_interval):
            running = self.all()
            if not running:
                continue
            try:
                self._renew(running)
            except db_exception.DBError as e:
                for run in running:
                    run.expire()
                self._outage.met(e)
            except Exception:
                # This thread has the leases of all copies: it must not end.
                LOG.exception('Leases were not renewed')
            else:
                self._outage.over('Leases are renewed again')

    def _renew(self, running: Collection[runs.CopyRun]) -> None:
        passed_over: set[str] = set()
        for apart in _apart(running):
            passed_over |= self._renew_apart(apart)
        self._passed_over.update(passed_over)

    def _renew_apart(self, running: Collection[runs.CopyRun]) -> set[str]:
        """Renew leases of copies that differ.

        :returns: the names of the rows that are locked.
        """
        # Before the database is asked: the answer may come late.
        began = time.monotonic()
        held = renewal.renew_all(
            glint_context.for_service(),
            {run.copy.id: run.copy for run in running},
            {run.copy.id: run.progress_columns() for run in running},
        )
        for run in running:
            run.renewed(began, held.get(run.copy.id))
        return {
            f'copies {copy_id}'
            for copy_id, found in held.items()
            if not found.renewed
        }


def _apart(running: Iterable[runs.CopyRun]) -> Iterator[list[runs.CopyRun]]:
    """Split runs so that no two together are of one copy.

    A copy that failed may be claimed again while the thread of the attempt
    before still notes what that told of the sites. Each run has a lease of its
    own, and a renewal tells of a copy.
    """
    left = list(running)
    while left:
        chosen = {run.copy.id: run for run in left}
        yield list(chosen.values())
        left = [run for run in left if chosen[run.copy.id] is not run]
