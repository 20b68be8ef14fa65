# SPDX-License-Identifier: Apache-2.0

"""Which images of its source a rule is about."""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import fnmatch
import functools
import re
from typing import Any

from glint.image import record as records

Record = records.Record
Select = Mapping[str, Any]

#: What the owner of an image may have to be: the project of the rule.
OWN = 'own'


def selected(
    select: Select, images: Iterable[Record], project_id: str | None
) -> list[Record]:
    """Choose images; each part of the choice that is there must hold.

    :param select: ``select`` of a rule.
    :param images: the records that the source gave.
    :param project_id: of the rule's user at the source.
    """
    found = [r for r in images if _is_selected(select, r, project_id)]
    newest = select.get('newest')
    return found if newest is None else list(_newest(newest, found))


def _is_selected(
    select: Select, record: Record, project_id: str | None
) -> bool:
    return (
        _is_named(select.get('names'), record.get('name') or '')
        and _is_tagged(select.get('tags') or {}, record.get('tags') or ())
        and _has_properties(select.get('properties') or {}, record)
        and _is_one_of(select.get('visibility'), record.get('visibility'))
        and _is_one_of(select.get('disk_formats'), record.get('disk_format'))
        and _is_owned(select.get('owner'), record, project_id)
        and _is_small(select.get('max_size'), record.get('size'))
        and select.get('hidden') in (None, bool(record.get('os_hidden')))
        # Two rules in opposite directions would copy each other's copies.
        and (select.get('copies', True) or not _is_copy(record))
    )


def _is_named(patterns: Sequence[str] | None, name: str) -> bool:
    """Say whether the last pattern that matches a name selects it.

    A list that begins with an exclusion selects what no pattern matches.
    """
    if not patterns:
        return True
    for pattern in reversed(patterns):
        if _compiled(pattern.removeprefix('!')).match(name):
            return not pattern.startswith('!')
    return patterns[0].startswith('!')


@functools.lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    # What fnmatch makes of a pattern never looks back: no name takes long.
    return re.compile(fnmatch.translate(pattern))


def _is_tagged(
    wanted: Mapping[str, Collection[str]], tags: Iterable[str]
) -> bool:
    present = set(tags)
    return (
        present.issuperset(wanted.get('all') or ())
        and present.isdisjoint(wanted.get('none') or ())
        and not (wanted.get('any') and present.isdisjoint(wanted['any']))
    )


def _has_properties(
    wanted: Mapping[str, Collection[str]], record: Record
) -> bool:
    own = set(records.properties(record))
    return all(
        key in own and str(record[key]) in values
        for key, values in wanted.items()
    )


def _is_one_of(wanted: Collection[str] | None, value: Any) -> bool:
    return not wanted or value in wanted


def _is_owned(
    owner: str | None, record: Record, project_id: str | None
) -> bool:
    return owner != OWN or record.get('owner') == project_id


def _is_small(most: int | None, size: Any) -> bool:
    """Say whether an image is small enough, as far as its size is known."""
    return most is None or size is None or size <= most


def _is_copy(record: Record) -> bool:
    return record.get(records.REPLICATION_ID) is not None


def _newest(
    newest: Mapping[str, Any], images: Iterable[Record]
) -> Iterator[Record]:
    """Choose the newest images of each family.

    Those that nobody can boot from do not count; they are chosen where they
    are newer than the last one that counts, to be followed all the same.
    """
    counted: dict[tuple[Any, ...], int] = {}
    ordered = sorted(
        images,
        key=lambda r: (r.get('created_at') or '', r['id']),
        reverse=True,
    )
    for record in ordered:
        family = tuple(record.get(key) for key in newest.get('family') or ())
        if counted.get(family, 0) == newest['count']:
            continue
        if record.get('status') == 'active' and not record.get('os_hidden'):
            counted[family] = counted.get(family, 0) + 1
        yield record
