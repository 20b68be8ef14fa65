# SPDX-License-Identifier: Apache-2.0

"""How copies look in answers."""

from collections.abc import Iterable
from collections.abc import Sequence
import math
from typing import Any

from glint import states
from glint.api.views import moment
from glint.api.views import wait as wait_views

#: The codes of the errors of copies that something holds up.
_CODES = {
    states.CREDENTIAL_REFUSED: 'credential_unauthorized',
    states.SITE_SILENT: 'unreachable',
}


def view(copy: Any, waits: Sequence[Any] = ()) -> dict[str, Any]:
    """Show a copy.

    :param copy: a row of the table of copies.
    :param waits: why it waits, as :mod:`glint.db.queue.waiting` found it.
    """
    return {
        'id': copy.id,
        'target_site_id': copy.target_site_id,
        'target_site_name': copy.target_site_name,
        'target_image_id': copy.target_image_id,
        'state': copy.state,
        'phase': copy.phase,
        'outcome': copy.outcome,
        'bytes_sent': copy.bytes_sent,
        'bytes_total': copy.bytes_total,
        'rate': copy.rate,
        'eta': _eta(copy),
        'attempts': copy.attempts,
        'next_attempt_at': next_attempt_at(copy, waits),
        'error': error(copy, waits),
        'waits_for': [wait_views.view(wait) for wait in waits],
        'notes': copy.notes or [],
        'conductor': copy.conductor,
        'started_at': moment.view(copy.started_at),
        'finished_at': moment.view(copy.finished_at),
    }


def view_with_history(
    copy: Any, attempts: Iterable[Any], waits: Sequence[Any]
) -> dict[str, Any]:
    """Show a copy with all that was tried.

    :param attempts: rows of the table of attempts.
    """
    return {
        **view(copy, waits),
        'history': [_attempt(row) for row in attempts],
    }


def _attempt(attempt: Any) -> dict[str, Any]:
    return {
        'number': attempt.number,
        'conductor': attempt.conductor,
        'state': attempt.state,
        'bytes_sent': attempt.bytes_sent,
        'error': attempt.error,
        'started_at': moment.view(attempt.started_at),
        'finished_at': moment.view(attempt.finished_at),
    }


def _cause(copy: Any, waits: Sequence[Any]) -> Any:
    """Find the reason that the error of a copy tells, if it tells one.

    A refused credential comes first. Of silent sites, that is told which is
    asked last, unless the copy waits longer for its own next attempt.
    """
    for wait in waits:
        if wait.reason == states.CREDENTIAL_REFUSED:
            return wait
    own = copy.next_attempt_at
    silent = [
        wait
        for wait in waits
        if wait.reason == states.SITE_SILENT
        and (own is None or own < wait.until)
    ]
    return max(silent, key=lambda wait: wait.until, default=None)


def next_attempt_at(copy: Any, waits: Sequence[Any]) -> str | None:
    """Say when Glint looks at a copy again, None if there is no such time."""
    # The row of a finished copy says how long its removal may take.
    if copy.state != states.QUEUED:
        return None
    cause = _cause(copy, waits)
    until = None if cause is None else cause.until
    return moment.view(until or copy.next_attempt_at)


def error(copy: Any, waits: Sequence[Any]) -> dict[str, Any] | None:
    """Tell the error of a copy, or of what holds it up."""
    cause = _cause(copy, waits)
    if cause is None:
        found: dict[str, Any] | None = copy.error
        return found
    return {
        'code': _CODES[cause.reason],
        'detail': wait_views.detail(cause),
        'retryable': True,
        'http_status': None,
    }


def _eta(copy: Any) -> int | None:
    """Estimate how long a running copy still takes, in seconds."""
    if copy.state != states.COPYING or not copy.rate or not copy.bytes_total:
        return None
    left = int(max(copy.bytes_total - copy.bytes_sent, 0))
    return math.ceil(left / int(copy.rate))
