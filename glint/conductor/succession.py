# SPDX-License-Identifier: Apache-2.0

"""Takes over the copies of conductors that are silent."""

from collections.abc import Collection
from collections.abc import Iterator
from datetime import datetime
import time

from oslo_log import log

from glint import conf
from glint import states
from glint.conductor import metrics
from glint.conductor import patience
from glint.db import engine
from glint.db.queue import lease
from glint.db.queue import takeover

LOG = log.getLogger(__name__)


class Successor:
    """Finds lost copies, and takes each after its grace.

    Whoever holds a copy renews its lease every second or two if its row is
    free. So what is lost and free at each look of the grace has no conductor
    that lives.

    :param host: the name under which this conductor takes them.
    """

    def __init__(self, host: str) -> None:
        self._host = host
        self._passed_over = patience.PassedOver()
        #: Since when each copy is lost, with the heartbeat that it had then.
        self._lost: dict[str, tuple[datetime | None, float]] = {}

    def take_over(
        self, context: engine.Context, ours: Collection[str]
    ) -> Iterator[tuple[lease.ImageCopy, float]]:
        """Queue what was being copied again; take what was being cancelled.

        Copies whose rows are locked have their turn the next time.

        :param ours: the ids of the copies that this conductor runs itself.
        :returns: each copy that is now the conductor's, to be cleaned up, and
            when its lease began, by the monotonic clock.
        """
        locked = set()
        for copy in self._due(context, ours):
            began = time.monotonic()
            try:
                taken = self._take(context, copy)
            except engine.Busy as e:
                locked.add(e.what)
                continue
            if taken is not None:
                yield taken, began
        self._passed_over.update(locked)

    def _due(
        self, context: engine.Context, ours: Collection[str]
    ) -> list[lease.ImageCopy]:
        """:returns: the copies that were lost and free for the grace."""
        seconds = conf.CONF.conductor.lease
        found = takeover.lost(context, seconds, ours)
        now = time.monotonic()
        before, self._lost = self._lost, {}
        for copy in found:
            heartbeat, since = before.get(copy.id, (None, now))
            if heartbeat != copy.heartbeat:
                since = now
            self._lost[copy.id] = copy.heartbeat, since
        grace = takeover.grace(seconds)
        return [c for c in found if now - self._lost[c.id][1] >= grace]

    def _take(
        self, context: engine.Context, copy: lease.ImageCopy
    ) -> lease.ImageCopy | None:
        if copy.state == states.CANCELLING:
            taken = takeover.take_cancelling(context, copy, self._host)
            if taken is not None:
                metrics.taken_over()
            return taken
        if takeover.requeue(context, copy):
            metrics.taken_over()
            LOG.warning('Copy %s lost its conductor, queued again', copy.id)
        return None
