# SPDX-License-Identifier: Apache-2.0

"""Replicas between the database, where they are kept, and a pass."""

from collections.abc import Collection
from datetime import datetime
from typing import Any

from glint import states
from glint.db.rule import item as db_item
from glint.db.rule import replica as db_replica
from glint.rule import replica as replicas
from glint.rule import terms

#: Executions in which an image was missed; more are not counted, so that a
#: pass that changes nothing writes nothing.
_MISSED = 2


def read(row: db_replica.Replica) -> replicas.Replica:
    """Make of a row what a pass compares."""
    return replicas.Replica(
        source_image_id=row.source_image_id,
        site_id=row.target_site_id,
        name=row.name,
        state=row.state,
        image_id=row.target_image_id,
        content=row.content,
        adopted=row.adopted,
        written=row.written,
        refused=frozenset(row.refused or ()),
        withdrawn=frozenset(row.withdrawn or ()),
        gone_at=row.gone_at,
        gone_count=row.gone_count,
        restored=row.restored,
        tries=row.tries,
        next_try_at=row.next_try_at,
    )


def columns(replica: replicas.Replica) -> dict[str, Any]:
    """Make the columns of what a deed changes of a replica."""
    return {
        'written': dict(replica.written),
        'refused': sorted(replica.refused) or None,
        'withdrawn': sorted(replica.withdrawn) or None,
    }


def missed(
    replica: replicas.Replica, selected: Collection[str], now: datetime
) -> dict[str, Any]:
    """Count how often a whole listing did not have the source's image.

    :param selected: the images that the rule selects.
    :returns: the columns that change; nothing if none does.
    """
    if replica.source_image_id in selected:
        if replica.gone_count:
            return {'gone_count': 0, 'gone_at': None}
        return {}
    if replica.gone_count >= _MISSED:
        return {}
    return {
        'gone_count': replica.gone_count + 1,
        'gone_at': replica.gone_at or now,
    }


def row(item: terms.Item) -> dict[str, Any]:
    """Make the columns of an item."""
    return {
        'source_image_id': item.source_image_id,
        'name': item.name,
        'target_site_id': item.site_id,
        'target_image_id': item.image_id,
        'action': item.action,
        'changes': {k: list(v) for k, v in item.changes.items()} or None,
        'bytes': item.size,
        'reason': item.reason,
        'replication_id': None,
        'state': states.UNAPPROVED if item.asks else states.PLANNED,
    }


def restored(before: db_replica.Replica | None) -> int:
    """Count how often a replica was made anew, as it was missing.

    :param before: the replica that a copy is asked for; None if it is new.
    """
    if before is None:
        return 0
    was_there = before.target_image_id and before.state != states.FAILED
    return before.restored + 1 if was_there else before.restored


def written(item: db_item.Item) -> dict[str, Any]:
    """Say what a copy that an item asks for is to have of its source."""
    return {key: new for key, (_old, new) in (item.changes or {}).items()}
