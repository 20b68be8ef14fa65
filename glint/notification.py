# SPDX-License-Identifier: Apache-2.0

"""Notifications of what begins and ends, for other services to hear."""

import atexit
from datetime import datetime
import queue
import threading
from typing import Any

from oslo_log import log
import oslo_messaging

from glint import conf
from glint import context as glint_context
from glint import rpc
from glint.db import change as changes

LOG = log.getLogger(__name__)

_PREFIX = 'image_replication'
#: Notifications that wait for a broker that is away; later ones are dropped.
_MAX_WAITING = 10000
#: Seconds that a process which ends waits for the last ones to be sent.
_LAST = 2.0

_sender: '_Sender | None' = None


def start(host: str) -> None:
    """Notify of all later changes that this process makes.

    Connects to nothing yet, and does nothing unless the configuration names
    a driver.

    :param host: what the notifications say that they come from.
    """
    global _sender  # noqa: PLW0603
    transport = oslo_messaging.get_notification_transport(conf.CONF)
    if _sender is None and conf.CONF.oslo_messaging_notifications.driver:
        _sender = _Sender(transport, host)
        changes.listen(_sender.put)
        atexit.register(stop)


def stop(timeout: float = _LAST) -> None:
    """Notify no more.

    :param timeout: how long to wait, in seconds, until those that wait are
        sent.
    """
    global _sender  # noqa: PLW0603
    if _sender is not None:
        changes.ignore(_sender.put)
        atexit.unregister(stop)
        _sender.stop(timeout)
    _sender = None


class _Sender:
    """Sends from one thread, which alone waits for a broker that is away."""

    def __init__(self, transport: Any, host: str) -> None:
        self._notifier = oslo_messaging.Notifier(
            transport,
            publisher_id=f'{_PREFIX}.{host}',
            serializer=rpc.ContextSerializer(),
        )
        if self._notifier.retry < 0:
            # Which means "for ever", but to the rabbit driver "not at all"
            # when it connects for the first time.
            self._notifier.retry = None
        self._waiting: queue.Queue[changes.Change | None]
        self._waiting = queue.Queue(_MAX_WAITING)
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._dropped = 0

    def put(self, change: changes.Change) -> None:
        """Have a change notified; returns at once."""
        with self._lock:
            # Not before, as web servers may fork after the start.
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._work, name='notifications', daemon=True
                )
                self._thread.start()
            try:
                self._waiting.put_nowait(change)
            except queue.Full:
                if not self._dropped:
                    LOG.error(
                        'Notifications are dropped: %d wait for the broker',
                        _MAX_WAITING,
                    )
                self._dropped += 1
            else:
                if self._dropped:
                    LOG.warning('%d notifications were dropped', self._dropped)
                self._dropped = 0

    def stop(self, timeout: float) -> None:
        if self._thread is None:
            return
        try:
            self._waiting.put_nowait(None)
        except queue.Full:
            # They wait for a broker that will not be there in time.
            return
        self._thread.join(timeout)
        if self._thread.is_alive():
            LOG.warning(
                '%d notifications were not sent', self._waiting.qsize()
            )

    def _work(self) -> None:
        while (change := self._waiting.get()) is not None:
            try:
                self._send(change)
            except Exception:
                LOG.exception('A notification was not sent')

    def _send(self, change: changes.Change) -> None:
        values = change.values
        context = glint_context.RequestContext(
            request_id=values['request_id'],
            user_id=values['user_id'],
            project_id=values['project_id'],
            overwrite=False,
        )
        failed = change.verb == changes.ERROR
        notify = self._notifier.error if failed else self._notifier.info
        notify(
            context, f'{_PREFIX}.{change.noun}.{change.verb}', payload(values)
        )


def payload(values: dict[str, Any]) -> dict[str, Any]:
    """Make what a notification says of the columns of a row."""
    said = {
        name: _moment(value) if name.endswith('_at') else value
        for name, value in values.items()
        if name != 'error'
    }
    if 'error' in values:
        said['error_code'] = (values['error'] or {}).get('code')
    return said


def _moment(value: datetime | None) -> str | None:
    """:returns: ISO 8601, as in the API."""
    if value is None:
        return None
    return value.isoformat(timespec='microseconds') + 'Z'
