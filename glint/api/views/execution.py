# SPDX-License-Identifier: Apache-2.0

"""How executions of rules look in answers."""

from collections.abc import Iterable
from typing import Any

from glint.api.views import moment


def brief(execution: Any) -> dict[str, Any]:
    """Show of an execution what its rule tells of it."""
    return {
        'id': execution.id,
        'trigger': execution.trigger,
        'state': execution.state,
        'complete': execution.complete,
        'created_at': moment.view(execution.created_at),
        'started_at': moment.view(execution.started_at),
        'finished_at': moment.view(execution.finished_at),
    }


def view(execution: Any) -> dict[str, Any]:
    """:param execution: a row of the table of executions."""
    return {
        **brief(execution),
        'rule_id': execution.rule_id,
        'dry_run': execution.dry_run,
        'generation': execution.generation,
        'counts': execution.counts or {},
        'bytes': execution.bytes,
        'warnings': execution.warnings or [],
        'error': execution.error,
    }


def detail(
    execution: Any, items: Iterable[Any], links: list[dict[str, str]]
) -> dict[str, Any]:
    """Show an execution with some of its items.

    :param links: where the next ones are.
    """
    return {
        **view(execution),
        'items': [_item(item) for item in items],
        'links': links,
    }


def _item(item: Any) -> dict[str, Any]:
    return {
        'source_image_id': item.source_image_id,
        'name': item.name,
        'target_site_id': item.target_site_id,
        'target_image_id': item.target_image_id,
        'action': item.action,
        'changes': item.changes or {},
        'bytes': item.bytes,
        'reason': item.reason,
        'replication_id': item.replication_id,
        'state': item.state,
    }
