# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""The conductor as a service."""

import socket
import threading

from oslo_db import exception as db_exception
from oslo_log import log
from oslo_service import service

from glint import conf
from glint import context
from glint import home
from glint import notification
from glint import report
from glint import rpc
from glint.conductor import chores
from glint.conductor import dispatcher
from glint.conductor import lister
from glint.conductor import manager
from glint.conductor import metrics
from glint.db import site as db_site

LOG = log.getLogger(__name__)


def host() -> str:
    """:returns: the name under which this conductor holds copies."""
    return conf.CONF.conductor.host or socket.gethostname()


class ConductorService(service.ServiceBase):
    """Answers the API and copies images.

    The process forks between ``__init__`` and :meth:`start`, so all that
    has threads or connections is made in the latter.
    """

    def start(self) -> None:
        report.watch('glint-conductor')
        _register_home()
        rpc.init()
        notification.start(host())
        self._metrics = metrics.Endpoint()
        self._metrics.start()
        self._dispatcher = dispatcher.Dispatcher(host())
        self._lister = lister.Lister()
        self._server = rpc.get_server(
            manager.Manager(self._dispatcher, self._lister), host()
        )
        self._dispatcher.start()
        self._chores = chores.Chores()
        self._chores.start()
        # Waits until the broker is there, which the copies need not.
        self._listening = threading.Thread(
            target=self._server.start, name='rpc-start', daemon=True
        )
        self._listening.start()
        LOG.info('Conductor %s started', host())

    def stop(self) -> None:
        """Take no more work and hand back what runs."""
        self._chores.stop(conf.CONF.conductor.stop_timeout)
        self._lister.stop()
        self._dispatcher.stop(conf.CONF.conductor.stop_timeout)
        notification.stop()
        self._metrics.stop()
        if not self._listening.is_alive():
            self._server.stop()
            self._server.wait()
            rpc.cleanup()
        LOG.info('Conductor %s stopped', host())

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
