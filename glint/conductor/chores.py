# SPDX-License-Identifier: Apache-2.0

"""What conductors do beside the copies, by and by."""

from collections.abc import Callable
import threading

from oslo_db import exception as db_exception
from oslo_log import log

from glint import conf
from glint import context as glint_context
from glint import interrupt as interrupts
from glint.conductor import credential
from glint.conductor import crew as crews
from glint.conductor import refusal
from glint.conductor import secret
from glint.conductor import sweeper
from glint.conductor.copy import health
from glint.db import engine

LOG = log.getLogger(__name__)

Chore = Callable[[engine.Context, crews.Crew], None]

_CHORES: tuple[Chore, ...] = (
    health.probe,
    credential.check_due,
    refusal.give_up,
    sweeper.sweep,
    secret.Sweep(),
)


class Chores:
    """One thread that looks for what is to be done, and a crew that does it.

    A slow site delays neither the other chores nor those of other projects.

    :param more: what to do besides the chores of every conductor.
    """

    def __init__(self, *more: Chore) -> None:
        self._chores = (*more, *_CHORES)
        self._crew = crews.Crew('chore', conf.CONF.conductor.max_questions)
        self._thread = threading.Thread(
            target=self._work, name='chores', daemon=True
        )

    def start(self) -> None:
        self._thread.start()

    def stop(self, timeout: float) -> None:
        """End the threads, and what they are about.

        :param timeout: how long to wait for that, in seconds.
        """
        self._crew.interrupt.set('stopping')
        self._thread.join(timeout)
        self._crew.stop(timeout)

    def _work(self) -> None:
        try:
            while True:
                self._crew.interrupt.wait(conf.CONF.conductor.timer_interval)
                self._do_all()
        except interrupts.Interrupted:
            return

    def _do_all(self) -> None:
        try:
            for chore in self._chores:
                self._do(chore)
        except db_exception.DBConnectionError as e:
            # Each one would try to connect, which takes processor time.
            LOG.debug('The database does not answer: %s', e)

    def _do(self, chore: Chore) -> None:
        try:
            chore(glint_context.for_service(), self._crew)
        except (interrupts.Interrupted, db_exception.DBConnectionError):
            raise
        except db_exception.DBError as e:
            LOG.debug('The database refused a chore: %s', e)
        except Exception:
            LOG.exception('A chore failed')
