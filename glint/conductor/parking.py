# SPDX-License-Identifier: Apache-2.0

"""What copies say that wait for a credential that its site refuses."""

from typing import Any

from oslo_log import log

from glint import conf
from glint.db import engine
from glint.db.queue import parking as db_parking
from glint.i18n import _

LOG = log.getLogger(__name__)


def error(detail: str | None) -> dict[str, Any]:
    """Make the error of a copy that waits.

    :param detail: why the credential is refused, and what to do about it.
    """
    remedy = _(
        'The copy waits: check the credential when it works again, or '
        'register another one and retry the copy.'
    )
    return {
        'code': 'credential_unauthorized',
        'detail': f'{detail or ""} {remedy}'.lstrip(),
        'retryable': True,
        'http_status': None,
    }


def tidy(context: engine.Context) -> None:
    """Have the copies wait that must, end those that did for too long."""
    for credential in db_parking.index(context):
        db_parking.park(context, credential.id, error(credential.detail))
    db_parking.unpark(context)
    timeout = conf.CONF.conductor.park_timeout
    for copy in db_parking.late(context, timeout):
        if db_parking.give_up(context, copy):
            LOG.error('Copy %s waited too long for its credential', copy.id)
