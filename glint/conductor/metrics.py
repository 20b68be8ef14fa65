# SPDX-License-Identifier: Apache-2.0

"""What a conductor counts, for Prometheus.

Counting costs nothing that can be measured, so it is done whether or not
anybody asks.
"""

from collections.abc import Callable
from collections.abc import Iterator
import threading
import time
from typing import Any

from oslo_log import log
import prometheus_client
from prometheus_client import core
from prometheus_client import registry as registries

from glint import conf
from glint import context as glint_context
from glint import states
from glint.db import change as changes
from glint.db import engine
from glint.db.queue import stuck
from glint.image import failure

LOG = log.getLogger(__name__)

#: The name of all sites that have none of their own.
OTHER = 'other'

#: From an adopted image to one that takes half a day, in seconds.
_SECONDS = (1, 3, 10, 30, 60, 180, 600, 1800, 3600, 10800, 43200)

registry = prometheus_client.CollectorRegistry()
prometheus_client.ProcessCollector(namespace='glint', registry=registry)

_ended = prometheus_client.Counter(
    'glint_copies_ended',
    'Copies that this conductor ended.',
    ('state', 'outcome'),
    registry=registry,
)
_duration = prometheus_client.Histogram(
    'glint_copy_duration_seconds',
    'Time from the first claim of a completed copy to its end.',
    ('outcome',),
    buckets=_SECONDS,
    registry=registry,
)
_failures = prometheus_client.Counter(
    'glint_copy_failures',
    'Attempts of this conductor that failed, by the site at fault.',
    ('site', 'code'),
    registry=registry,
)
_sent = prometheus_client.Counter(
    'glint_sent_bytes',
    'Bytes of images that target sites have taken.',
    ('site',),
    registry=registry,
)
_lost = prometheus_client.Counter(
    'glint_leases_lost',
    'Copies that this conductor lost to another one.',
    registry=registry,
)
_taken_over = prometheus_client.Counter(
    'glint_copies_taken_over',
    'Copies of silent conductors that this one took over.',
    registry=registry,
)
_running = prometheus_client.Gauge(
    'glint_copies_running',
    'Copies that this conductor runs now.',
    registry=registry,
)
_spooled = prometheus_client.Gauge(
    'glint_spool_bytes',
    'Bytes of images in the spool directory of this conductor.',
    registry=registry,
)

_named: set[str] = set()
_lock = threading.Lock()


class _Backlog(registries.Collector):
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


class Sent:
    """Counts what one copy sends.

    :param site_id: the target.
    """

    def __init__(self, site_id: str) -> None:
        self._counter = _sent.labels(_site(site_id))
        self._before = 0

    def begin(self) -> None:
        """The sending of an image begins."""
        self._before = 0

    def progress(self, sent: int) -> None:
        """Note how many bytes of the image the target has taken so far."""
        if sent > self._before:
            self._counter.inc(sent - self._before)
            self._before = sent


def failed(cause: failure.SiteFailure) -> None:
    """An attempt failed."""
    _failures.labels(_site(cause.site_id or 'none'), cause.code).inc()


def lost() -> None:
    """A copy was lost to another conductor."""
    _lost.inc()


def taken_over() -> None:
    """A copy of another conductor was taken over."""
    _taken_over.inc()


def watch(running: Callable[[], int], spooled: Callable[[], int]) -> None:
    """Say where to look up what is not counted.

    :param running: returns the number of copies that run.
    :param spooled: returns the bytes in the spool.
    """
    _running.set_function(running)
    _spooled.set_function(spooled)


def _note(change: changes.Change) -> None:
    """Count the end of a copy."""
    if change.noun != changes.COPY or change.verb == changes.START:
        return
    values = change.values
    outcome = values['outcome'] or ''
    _ended.labels(values['state'], outcome).inc()
    if outcome and values['started_at']:
        took = values['finished_at'] - values['started_at']
        _duration.labels(outcome).observe(max(0.0, took.total_seconds()))


def _site(site_id: str) -> str:
    """:returns: what a site is called in the metrics."""
    with _lock:
        if site_id not in _named:
            if len(_named) >= conf.CONF.metrics.max_sites:
                return OTHER
            _named.add(site_id)
        return site_id


class Endpoint:
    """Answers Prometheus, if the configuration has a port for it."""

    def __init__(self) -> None:
        self._server: Any = None
        self._backlog = _Backlog()

    def start(self) -> None:
        changes.listen(_note)
        settings = conf.CONF.metrics
        if settings.port is None:
            return
        registry.register(self._backlog)
        try:
            self._server, _thread = prometheus_client.start_http_server(
                settings.port, settings.listen, registry
            )
        except OSError as e:
            # Copies matter more.
            LOG.error(
                'There are no metrics: port %d at %s cannot be used: %s',
                settings.port,
                settings.listen,
                e,
            )

    def stop(self) -> None:
        changes.ignore(_note)
        if conf.CONF.metrics.port is not None:
            registry.unregister(self._backlog)
        if self._server is not None:
            self._server.shutdown()
            self._server.server_close()
