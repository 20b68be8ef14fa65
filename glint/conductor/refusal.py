# SPDX-License-Identifier: Apache-2.0

"""Ends the copies that wait too long for a credential that is refused."""

from typing import Any

from oslo_log import log

from glint import conf
from glint.conductor import crew as crews
from glint.db import engine
from glint.db.queue import refusal as db_refusal
from glint.i18n import _

LOG = log.getLogger(__name__)


def give_up(context: engine.Context, crew: crews.Crew) -> None:
    """End the copies in error that have waited for the park_timeout.

    :param crew: cuts this when the conductor stops.
    :raises Interrupted: if the crew was told to stop.
    """
    timeout = conf.CONF.conductor.park_timeout
    for item in db_refusal.late(context, timeout):
        crew.interrupt.check()
        if db_refusal.give_up(context, item, _error(item.detail)):
            LOG.error(
                'Copy %s waited too long for credential %s',
                item.copy_id,
                item.credential_id,
            )


def _error(detail: str | None) -> dict[str, Any]:
    """Make the error of a copy that has waited too long.

    :param detail: why the credential is refused.
    """
    remedy = _(
        'The copy has waited too long for the credential: check the '
        'credential when it works again, or register another one, then retry '
        'the copy.'
    )
    return {
        'code': 'credential_unauthorized',
        'detail': f'{detail or ""} {remedy}'.lstrip(),
        'retryable': True,
        'http_status': None,
    }
