# SPDX-License-Identifier: Apache-2.0

"""How replications look in answers."""

from collections.abc import Iterable
from collections.abc import Mapping
from collections.abc import Sequence
from typing import Any

from glint import states
from glint.api.views import image_copy
from glint.api.views import moment
from glint.api.views import wait as wait_views
from glint.db import summary as summaries

Summary = summaries.Summary


def view(
    replication: Any, summary: Summary, waits: Iterable[Any]
) -> dict[str, Any]:
    """Show a replication as in lists.

    :param replication: a row of the table of replications.
    :param summary: what its copies amount to.
    :param waits: why copies of it wait.
    """
    counts = {state: summary.counts.get(state, 0) for state in states.ALL}
    copies = sum(counts.values())
    total = _bytes_total(replication.size, copies, summary)
    return {
        'id': replication.id,
        'image_id': replication.image_id,
        'image_name': replication.image_name,
        'source_site_id': replication.source_site_id,
        'source_site_name': replication.source_site_name,
        'target_site_ids': list(summary.targets),
        'target_site_names': list(summary.targets.values()),
        'state': replication.state,
        'priority': states.PRIORITIES[replication.priority],
        'size': replication.size,
        'progress': _progress(replication.state, summary.bytes_sent, total),
        'bytes_sent': summary.bytes_sent,
        'bytes_total': total,
        'copies_summary': {'total': copies, **counts},
        'waits_for': [wait_views.view(wait) for wait in waits],
        'options': replication.options,
        'client_token': replication.client_token,
        'user_id': replication.user_id,
        'project_id': replication.project_id,
        'created_at': moment.view(replication.created_at),
        'updated_at': moment.view(replication.updated_at),
        'started_at': moment.view(replication.started_at),
        'finished_at': moment.view(replication.finished_at),
    }


def detail(
    replication: Any,
    summary: Summary,
    own_waits: Iterable[Any],
    copies: Iterable[Any],
    waits: Mapping[str, Sequence[Any]],
) -> dict[str, Any]:
    """Show a replication with its copies.

    :param own_waits: why copies of it wait.
    :param waits: why each copy waits, by their ids.
    """
    return {
        **view(replication, summary, own_waits),
        'copies': [
            image_copy.view(copy, waits.get(copy.id, ())) for copy in copies
        ],
    }


def _bytes_total(
    size: int | None, copies: int, summary: Summary
) -> int | None:
    """Say how many bytes are to be sent, also for copies not started yet."""
    if size is None:
        return summary.bytes_total
    return max(size * copies, summary.bytes_total or 0)


def _progress(state: str, sent: int, total: int | None) -> int:
    """Say in percent how much is done."""
    if state == states.COMPLETED:
        return 100
    # Full only when the images are verified.
    return min(99, 100 * sent // total) if total else 0
