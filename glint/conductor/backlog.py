# SPDX-License-Identifier: Apache-2.0

"""What waits in the database, as metrics for Prometheus."""

from collections.abc import Iterator
import threading
import time

from oslo_log import log
from prometheus_client import core
from prometheus_client import registry

from glint import conf
from glint import context as glint_context
from glint import states
from glint.db import engine
from glint.db import stuck

LOG = log.getLogger(__name__)


class Backlog(registry.Collector):
    """Counts when it is asked, but not too often.

    All conductors count the same.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counted: dict[str, int] | None = None
        self._again_at = 0.0

    def describe(self) -> list[core.Metric]:
        """Name no metrics, so that nothing is asked at the registration."""
        return []

    def collect(self) -> Iterator[core.Metric]:
        """Make the metrics."""
        counted = self._count()
        yield core.GaugeMetricFamily(
            'glint_database_up',
            'Whether the database answered this conductor when it last asked.',
            0 if counted is None else 1,
        )
        if counted is None:
            return
        copies = core.GaugeMetricFamily(
            'glint_copies',
            'Copies in the database that have not ended, by state.',
            labels=('state',),
        )
        stuck_ones = core.GaugeMetricFamily(
            'glint_copies_stuck',
            'Copies in the database that do not get on, by reason.',
            labels=('reason',),
        )
        for name, number in counted.items():
            family = copies if name in states.ACTIVE else stuck_ones
            family.add_metric((name,), number)
        yield copies
        yield stuck_ones

    def _count(self) -> dict[str, int] | None:
        with self._lock:
            if time.monotonic() >= self._again_at:
                self._counted = self._ask()
                interval = conf.CONF.metrics.database_interval
                self._again_at = time.monotonic() + interval
            return self._counted

    def _ask(self) -> dict[str, int] | None:
        context = glint_context.for_service()
        try:
            return stuck.count(context, conf.CONF.conductor.lease)
        except engine.UNAVAILABLE as e:
            # Others say so loudly.
            LOG.debug('The backlog cannot be counted: %s', e)
            return None
