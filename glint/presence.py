# SPDX-License-Identifier: Apache-2.0

"""Says in the database that a process runs, for ``glint-manage``."""

import atexit
from collections.abc import Callable
import os
import threading
import uuid

from oslo_log import log

from glint import conf
from glint import context as glint_context
from glint import version
from glint.db import engine
from glint.db.queue import service as db_service

LOG = log.getLogger(__name__)

#: Between two signs, in seconds.
_INTERVAL = 30.0
#: How long the end of a process waits for its row to be removed, in seconds.
_LAST = 3.0

_signs: '_Signs | None' = None


def start(host: str, conductor: bool) -> None:
    """Let this process be listed until it ends.

    A thread of its own writes, so that no request waits for it and none fails
    because of it. Processes that are forked later have one, too.

    :param host: the name of the conductor, or that of the host.
    :param conductor: whether copies are made here.
    """
    global _signs  # noqa: PLW0603
    if _signs is None:
        _signs = _Signs(host, conductor)
        atexit.register(stop)


def stop() -> None:
    """Let this process be listed no more."""
    global _signs  # noqa: PLW0603
    if _signs is not None:
        atexit.unregister(stop)
        _signs.stop()
    _signs = None


def _begin_in_child() -> None:
    if _signs is not None:
        _signs.begin()


os.register_at_fork(after_in_child=_begin_in_child)


class _Signs:
    """Writes again and again that the process runs."""

    def __init__(self, host: str, conductor: bool) -> None:
        self._host = host
        self._conductor = conductor
        self.begin()

    def begin(self) -> None:
        """Begin in a process that is listed nowhere yet."""
        self._id = str(uuid.uuid4())
        self._stopping = threading.Event()
        self._thread = threading.Thread(
            target=self._work, name='presence', daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Remove the row, unless the database takes long."""
        self._stopping.set()
        self._thread.join(_LAST)

    def _work(self) -> None:
        while not self._stopping.is_set():
            self._write(self._renew)
            self._stopping.wait(_INTERVAL)
        self._write(self._remove)

    def _write(self, function: Callable[[], None]) -> None:
        try:
            function()
        except engine.UNAVAILABLE as e:
            # Others tell of that, for whom it matters.
            LOG.debug('That this process runs was not noted: %s', e)
        except Exception:
            LOG.exception('That this process runs was not noted')

    def _renew(self) -> None:
        db_service.renew(
            glint_context.for_service(),
            self._id,
            name=str(conf.CONF.prog),
            host=self._host,
            pid=os.getpid(),
            version=version.version_info.version_string(),
            conductor=self._conductor,
        )

    def _remove(self) -> None:
        db_service.remove(glint_context.for_service(), self._id)
