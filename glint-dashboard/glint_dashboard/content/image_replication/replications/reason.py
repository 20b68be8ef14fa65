# SPDX-License-Identifier: Apache-2.0

"""Why copies failed, or do not run yet."""

from typing import Any

from glint_dashboard.content.image_replication.replications import words


def waits(copy: dict[str, Any]) -> list[str]:
    """List what a copy waits for, and what nothing else on a page tells."""
    return [
        item['detail']
        for item in copy.get('waits_for', ())
        if _is_news(item, copy)
    ]


def of_replication(replication: dict[str, Any]) -> list[str]:
    """List why a replication is not done: each reason once, errors first."""
    copies = [
        copy
        for copy in replication['copies']
        if copy['state'] == 'error' or copy['state'] in words.ACTIVE
    ]
    errors = [copy['error']['detail'] for copy in copies if copy['error']]
    waiting = [reason for copy in copies for reason in waits(copy)]
    return list(dict.fromkeys([*errors, *waiting]))


def _is_news(wait: dict[str, Any], copy: dict[str, Any]) -> bool:
    """Say whether neither the error nor the next attempt tells a reason."""
    told = (copy['error'] or {}).get('detail')
    return wait['reason'] != 'backoff' and bool(wait['detail'] != told)
