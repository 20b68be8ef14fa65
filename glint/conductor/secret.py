# SPDX-License-Identifier: Apache-2.0

"""Removes secrets that nobody needs any more."""

from datetime import timedelta
import time

from oslo_log import log

from glint import conf
from glint import exception
from glint import interrupt as interrupts
from glint.conductor import crew as crews
from glint.db import credential as db_credential
from glint.db import engine
from glint.secrets import api as secrets

LOG = log.getLogger(__name__)

#: How long a site may take at most to try a secret that is to replace another.
_TRIAL = timedelta(hours=1)


class Sweep:
    """The chore; it leaves a key manager alone for a while that failed."""

    def __init__(self) -> None:
        self._again_at = 0.0

    def __call__(self, context: engine.Context, crew: crews.Crew) -> None:
        """Delete what nobody needs.

        :param crew: what this chore needs no help of.
        :raises Interrupted: if the crew was told to stop.
        """
        db_credential.end_trials(context, _TRIAL)
        if time.monotonic() < self._again_at:
            return
        try:
            sweep(context, crew.interrupt)
        except exception.SecretsUnavailable as e:
            LOG.warning(
                'Secrets that nobody needs are left. %s', e.for_operators
            )
            delay = conf.CONF.conductor.recheck_delay
            self._again_at = time.monotonic() + delay


def sweep(context: engine.Context, interrupt: interrupts.Interrupt) -> None:
    """Delete what deleted credentials and failed requests have left.

    :param interrupt: ends it.
    :raises Interrupted: if the interrupt was set.
    :raises SecretsUnavailable: if the key manager fails.
    """
    for credential_id in secrets.sweep(context):
        LOG.info('A secret of credential %s was deleted', credential_id)
        interrupt.check()
