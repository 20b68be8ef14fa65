# SPDX-License-Identifier: Apache-2.0

"""The conductor as a service."""

import contextlib
import socket
import threading

from oslo_db import exception as db_exception
from oslo_log import log
from oslo_service import service

from glint import conf
from glint import context
from glint import home
from glint import notification
from glint import presence
from glint import report
from glint import rpc
from glint.conductor import chores
from glint.conductor import dispatcher
from glint.conductor import lister
from glint.conductor import manager
from glint.conductor import metrics
from glint.conductor import namesake
from glint.conductor.rule import executor
from glint.conductor.rule import planning
from glint.db import site as db_site

LOG = log.getLogger(__name__)

#: How long the broker is waited for at the end, in seconds.
_HANG_UP = 3.0


def host() -> str:
    """:returns: the name under which this conductor holds copies."""
    return conf.CONF.conductor.host or socket.gethostname()


class ConductorService(service.ServiceBase):
    """Answers the API and copies images.

    The process forks between ``__init__`` and :meth:`start`, so all that
    has threads or connections is made in the latter.
    """

    def __init__(self) -> None:
        super().__init__()
        # A signal may come while another thread is still starting.
        self._lock = threading.Lock()
        self._stopping = False
        #: What is running, and how it is ended: the last to start first.
        self._running = contextlib.ExitStack()

    def start(self) -> None:
        report.watch('glint-conductor')
        _register_home()
        with self._lock:
            if not self._stopping:
                self._start()

    def _start(self) -> None:
        """Start all threads; none is waited for."""
        timeout = conf.CONF.conductor.stop_timeout
        rpc.init()
        notification.start(host())
        presence.start(host(), conductor=True)
        answers = metrics.Endpoint()
        answers.start()
        copies = dispatcher.Dispatcher(host())
        listings = lister.Lister()
        self._server = rpc.get_server(
            manager.Manager(copies, listings), host()
        )
        # Waits until the broker is there, which the copies need not.
        self._listening = threading.Thread(
            target=self._server.start, name='rpc-start', daemon=True
        )
        self._running.callback(self._hang_up)
        self._running.callback(answers.stop)
        self._running.callback(notification.stop)
        self._running.callback(presence.stop)
        self._running.callback(copies.stop, timeout)
        self._running.callback(listings.stop)
        self._listening.start()
        threading.Thread(
            target=home.tell_if_away, name='home', daemon=True
        ).start()
        copies.start()
        tasks = chores.Chores(
            namesake.Watch(host()), planning.begin, executor.Executor(host())
        )
        self._running.callback(tasks.stop, timeout)
        tasks.start()
        LOG.info('Conductor %s started', host())

    def stop(self) -> None:
        """Take no more work and hand back what runs."""
        with self._lock:
            self._stopping = True
            self._running.close()
        LOG.info('Conductor %s stopped', host())

    def _hang_up(self) -> None:
        """Listen no more; while the broker is down, that takes for ever."""
        ending = threading.Thread(
            target=self._end_rpc, name='rpc-stop', daemon=True
        )
        ending.start()
        ending.join(_HANG_UP)

    def _end_rpc(self) -> None:
        self._listening.join()
        self._server.stop()
        self._server.wait()
        rpc.cleanup()

    def wait(self) -> None:
        """Everything has ended when :meth:`stop` returns."""

    def reset(self) -> None:
        """Options are read when they are used, so there is nothing to do."""


def _register_home() -> None:
    """Bring the home site's row up to date with the configuration."""
    try:
        db_site.ensure_home(context.for_service(), **home.columns())
    except db_exception.DBError as e:
        # "glint-manage db sync" registered it; only changes since are late.
        LOG.error('The home site could not be brought up to date: %s', e)
