# SPDX-License-Identifier: Apache-2.0

"""An execution, as long as a conductor holds it."""

import threading

from oslo_db import exception as db_exception
from oslo_log import log

from glint import conf
from glint import context as glint_context
from glint import interrupt as interrupts
from glint.db import engine
from glint.db.rule import execution as db_execution
from glint.db.rule import rule as db_rule

LOG = log.getLogger(__name__)

#: Why a pass ends before it is done.
LOST = 'lost'


class Hold:
    """The lease of an execution, renewed until the block ends.

    :ivar execution: what is held.
    :ivar rule: the rule that is executed.
    :ivar interrupt: set when the lease is lost, or a user cancels.
    """

    def __init__(
        self,
        context: engine.Context,
        rule: db_rule.Rule,
        execution: db_execution.Execution,
        lease: str,
        interrupt: interrupts.Interrupt,
    ) -> None:
        self.context = context
        self.rule = rule
        self.execution = execution
        self.lease = lease
        self.interrupt = interrupt
        self._done = threading.Event()
        self._thread = threading.Thread(
            target=glint_context.carried(self._renew_all),
            name='rule-lease',
            daemon=True,
        )

    def __enter__(self) -> 'Hold':
        self._thread.start()
        return self

    def __exit__(self, *_exception: object) -> None:
        self._done.set()
        self._thread.join()

    def assure(self) -> None:
        """Renew the lease before something is changed at a site.

        :raises Interrupted: if it is lost, or a user cancelled.
        """
        self.interrupt.check()
        if not self._renew():
            self.interrupt.set(LOST)
            self.interrupt.check()

    def _renew_all(self) -> None:
        while not self._done.wait(conf.CONF.conductor.lease / 4):
            try:
                if not self._renew():
                    self.interrupt.set(LOST)
                    return
            except db_exception.DBError as e:
                # Each change is preceded by a renewal, which fails as well.
                LOG.warning('An execution cannot be renewed yet: %s', e)

    def _renew(self) -> bool:
        return db_execution.renew(self.context, self.execution.id, self.lease)
