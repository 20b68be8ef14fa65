# SPDX-License-Identifier: Apache-2.0

"""Finds work in the database and starts it."""

from collections.abc import Collection
import threading
import time

from oslo_db import exception as db_exception
from oslo_log import log

from glint import conf
from glint import context as glint_context
from glint import outage
from glint.conductor import heartbeat
from glint.conductor import metrics
from glint.conductor import patience
from glint.conductor import succession
from glint.conductor.copy import account
from glint.conductor.copy import copier
from glint.conductor.copy import ending
from glint.conductor.copy import leftover
from glint.conductor.copy import run as runs
from glint.conductor.copy import source as sources
from glint.db import engine
from glint.db import replication as db_replication
from glint.db.queue import lease
from glint.db.queue import turn
from glint.stream import feed_store

LOG = log.getLogger(__name__)

#: Until the next look at what another transaction has locked, in seconds.
_LOCKED_PAUSE = 0.5
#: Between two looks while the database does not answer, in seconds. Each try
#: to connect to MariaDB loads the certificates of the system anew, 20 to 40 ms
#: of the processor.
_OUTAGE_PAUSE = 2.0


class Dispatcher:
    """One thread that claims copies, told by messages or by its timer.

    :param host: the name under which this conductor claims.
    """

    def __init__(self, host: str) -> None:
        self._host = host
        self._heartbeat = heartbeat.Heartbeat()
        self._feeds = feed_store.FeedStore()
        self._bell = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._work, name='dispatcher', daemon=True
        )
        self._look_at = self._timer_at = 0.0
        self._passed_over = patience.PassedOver()
        self._successor = succession.Successor(host)
        self._outage = outage.Outage(
            LOG, log.ERROR, 'The database does not answer: %s'
        )

    def start(self) -> None:
        metrics.watch(lambda: len(self._heartbeat.all()), self._feeds.spooled)
        self._heartbeat.start()
        self._thread.start()

    def ring(self) -> None:
        """Say that there is work, or room for more."""
        self._bell.set()

    def stop(self, timeout: float) -> None:
        """Claim nothing more and hand back what runs.

        :param timeout: how long to wait for that, in seconds. What is not
            handed back then is taken over when its lease ends.
        """
        self._stopping.set()
        self.ring()
        self._thread.join()
        deadline = time.monotonic() + timeout
        for run in self._heartbeat.all():
            run.interrupt.set(runs.STOPPING)
        while self._heartbeat.all() and time.monotonic() < deadline:
            time.sleep(0.05)
        self._feeds.close()
        self._heartbeat.stop()

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._bell.wait(max(0.0, self._look_at - time.monotonic()))
            self._bell.clear()
            try:
                self._look()
            except db_exception.DBError as e:
                self._outage.met(e)
                self._stopping.wait(_OUTAGE_PAUSE)
            except Exception:
                # Without this thread nothing would ever be copied again.
                LOG.exception('Looking for work failed')
                self._stopping.wait(1)

    def _look(self) -> None:
        """Look for work; what is locked waits, and nothing waits for it."""
        context = glint_context.for_service()
        timed = time.monotonic() >= self._timer_at
        if timed:
            interval = conf.CONF.conductor.timer_interval
            self._look_at = self._timer_at = time.monotonic() + interval
            self._take_over(context)
        self._look_at = self._timer_at
        tried: set[str] = set()
        names: set[str] = set()
        locked: set[str] = set()
        while waiting := turn.due(context, self._free(), tried, locked):
            # Each claim changes whose turn it is, so a round is short.
            for replication_id in waiting:
                try:
                    self._claim(context, replication_id, locked)
                except engine.Busy as e:
                    # Once a round: nothing else of it is tried.
                    names.add(e.what)
                    locked.update(e.ids)
            tried.update(waiting)
        self._passed_over.update(names)
        if timed:
            # Other looks may have asked the database nothing.
            self._outage.over('The database answers again')
        if names:
            soon = time.monotonic() + _LOCKED_PAUSE
            self._look_at = min(self._timer_at, soon)

    def _free(self) -> int:
        """:returns: how many more copies this conductor may run."""
        if self._stopping.is_set():
            return 0
        running = len(self._heartbeat.all())
        return max(0, int(conf.CONF.conductor.max_copies) - running)

    def _claim(
        self,
        context: engine.Context,
        replication_id: str,
        locked: Collection[str],
    ) -> None:
        free = self._free()
        if not free:
            return
        began = time.monotonic()
        copies = lease.claim(context, replication_id, self._host, free, locked)
        if not copies:
            return
        replication = db_replication.get(context, replication_id, None)
        task = _task(replication)
        started = [runs.CopyRun(task, copy, began) for copy in copies]
        for run in started:
            self._heartbeat.add(run)
        account.name(replication, started)
        source = sources.Source(task, replication, self._feeds)
        copier.start(started, source, self._ended)

    def _ended(self, run: runs.CopyRun) -> None:
        self._heartbeat.remove(run)
        # There may be more that waited for room.
        self.ring()

    def _take_over(self, context: engine.Context) -> None:
        """Care for the copies whose conductor died."""
        ours = [run.copy.id for run in self._heartbeat.all()]
        for copy, began in self._successor.take_over(context, ours):
            replication = db_replication.get(
                context, copy.replication_id, None
            )
            run = runs.CopyRun(_task(replication), copy, began)
            leftover.expect_late(run, replication)
            self._heartbeat.add(run)
            threading.Thread(
                target=self._close_cancelled,
                args=(run,),
                name=f'cancel-{copy.id}',
                daemon=True,
            ).start()

    def _close_cancelled(self, run: runs.CopyRun) -> None:
        run.context.update_store()
        try:
            ending.interrupted(run, runs.CANCELLED)
        finally:
            self._ended(run)


def _task(
    replication: db_replication.Replication,
) -> glint_context.RequestContext:
    """:returns: the context of the request that asked for a replication."""
    return glint_context.for_request(
        replication.request_id,
        replication.global_request_id,
        replication.user_id,
        replication.project_id,
    )
