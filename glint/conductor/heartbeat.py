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

"""Keeps the leases of all copies that a conductor runs."""

import threading

from oslo_db import exception as db_exception
from oslo_log import log

from glint import conf
from glint.conductor import run as runs

LOG = log.getLogger(__name__)


class Heartbeat:
    """Renews leases and notices what was cancelled, in one thread."""

    def __init__(self) -> None:
        self._runs: set[runs.CopyRun] = set()
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._thread = threading.Thread(
            target=self._beat, name='heartbeat', daemon=True
        )
        self._silent = False

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
            for run in self.all():
                self._renew(run)

    def _renew(self, run: runs.CopyRun) -> None:
        try:
            run.renew()
        except db_exception.DBError as e:
            run.expire(conf.CONF.conductor.lease)
            if not self._silent:
                LOG.error('Leases cannot be renewed, trying on: %s', e)
            self._silent = True
        except Exception:
            # This thread has the leases of all copies: it must not end.
            LOG.exception('The lease of copy %s was not renewed', run.copy.id)
        else:
            if self._silent:
                LOG.info('Leases are renewed again')
            self._silent = False
