# SPDX-License-Identifier: Apache-2.0

"""How copies look in answers."""

from collections.abc import Iterable
import math
from typing import Any

from glint import states
from glint.api import waiting
from glint.api.views import moment


def view(copy: Any, wait: waiting.Wait | None = None) -> dict[str, Any]:
    """Show a copy.

    :param copy: a row of the table of copies.
    :param wait: what holds the copy up, if its row does not tell.
    """
    return {
        'id': copy.id,
        'target_site_id': copy.target_site_id,
        'target_image_id': copy.target_image_id,
        'state': copy.state,
        'phase': copy.phase,
        'outcome': copy.outcome,
        'bytes_sent': copy.bytes_sent,
        'bytes_total': copy.bytes_total,
        'rate': copy.rate,
        'eta': _eta(copy),
        'attempts': copy.attempts,
        'next_attempt_at': _next_attempt_at(copy, wait),
        'error': copy.error if wait is None else _error(wait),
        'notes': copy.notes or [],
        'conductor': copy.conductor,
        'started_at': moment.view(copy.started_at),
        'finished_at': moment.view(copy.finished_at),
    }


def view_with_history(
    copy: Any, attempts: Iterable[Any], wait: waiting.Wait | None = None
) -> dict[str, Any]:
    """Show a copy with all that was tried.

    :param attempts: rows of the table of attempts.
    """
    return {
        **view(copy, wait),
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


def _next_attempt_at(copy: Any, wait: waiting.Wait | None) -> str | None:
    # The row of a finished copy says how long its removal may take.
    if copy.state != states.QUEUED:
        return None
    until = None if wait is None else wait.until
    return moment.view(until or copy.next_attempt_at)


def _error(wait: waiting.Wait) -> dict[str, Any]:
    """Make the error of a copy that waits."""
    return {
        'code': wait.code,
        'detail': wait.detail,
        'retryable': True,
        'http_status': None,
    }


def _eta(copy: Any) -> int | None:
    """Estimate how long a running copy still takes, in seconds."""
    if copy.state != states.COPYING or not copy.rate or not copy.bytes_total:
        return None
    left = int(max(copy.bytes_total - copy.bytes_sent, 0))
    return math.ceil(left / int(copy.rate))
