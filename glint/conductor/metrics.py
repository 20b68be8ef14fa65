# SPDX-License-Identifier: Apache-2.0

"""What a conductor counts, for Prometheus.

Counting costs nothing that can be measured, so it is done whether or not
anybody asks.
"""

from collections.abc import Callable
import threading
from typing import Any

from oslo_log import log
import prometheus_client

from glint import conf
from glint.conductor import backlog
from glint.db import change as changes
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
        self._backlog = backlog.Backlog()

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
