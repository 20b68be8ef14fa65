# SPDX-License-Identifier: Apache-2.0

"""How metadata follow: a three-way merge, field by field.

What Glint wrote last is the base; the source and the target are what two
sides have made of it since.
"""

from collections.abc import Collection
from collections.abc import Mapping
import dataclasses
from typing import Any
from typing import NamedTuple

from glint.image import record as records

Record = records.Record
Values = Mapping[str, Any]

#: What ``follow`` of a rule names, and the fields of Glance that these are.
FIELDS = {
    'name': 'name',
    'tags': 'tags',
    'visibility': 'visibility',
    'hidden': 'os_hidden',
    'protected': 'protected',
}
PROPERTIES = 'properties'
_FLAGS = ('os_hidden', 'protected')
#: Who sees an image, from few to all.
_WIDTH = ('private', 'shared', 'community', 'public')


@dataclasses.dataclass(frozen=True)
class Merge:
    """What a merge found.

    :ivar changes: what the target is to be given, as pairs of its value and
        the new one, by field or property; None for one that is not there.
    :ivar drift: what somebody changed at the target, as pairs of what Glint
        would have there and what is there.
    :ivar written: the base of the next merge, once the changes are made.
    """

    changes: dict[str, tuple[Any, Any]]
    drift: dict[str, tuple[Any, Any]]
    written: dict[str, Any]


def wanted(
    source: Record, options: Values, follow: Collection[str]
) -> dict[str, Any]:
    """Say what a replica is to have of its source.

    :param source: the record of the source's image.
    :param options: of the rule.
    :param follow: what of the record follows the source.
    """
    body, _notes = records.new_record(source, options, records.Origin('', ''))
    values = {
        'name': body['name'],
        'tags': body['tags'],
        'visibility': options.get('visibility') or source.get('visibility'),
        'os_hidden': bool(source.get('os_hidden')),
        'protected': bool(source.get('protected')),
    }
    result = {
        FIELDS[key]: values[FIELDS[key]]
        for key in FIELDS.keys() & follow
        if values[FIELDS[key]] is not None
    }
    if PROPERTIES in follow:
        result.update(
            (key, body[key])
            for key in (*records.properties(body), *records.MINIMA)
            if key in body and key not in records.MARKERS
        )
    return result


def merge(
    base: Values,
    right: Values,
    target: Record,
    follow: Collection[str],
    *,
    refused: Collection[str] = (),
    restore: bool = True,
) -> Merge:
    """Merge what changed at the source into a target.

    :param base: what Glint wrote last. What it did not write, and what is
        not wanted, is the target's own.
    :param right: from :func:`wanted`.
    :param target: the record of the replica.
    :param follow: what of the record follows the source.
    :param refused: fields that the target does not let be set.
    :param restore: whether what was changed at the target is changed back;
        otherwise it stays until somebody does so.
    """
    result = Merge({}, {}, dict(base))
    # A field is always there, so only a property can have gone.
    went = records.properties(base) if PROPERTIES in follow else ()
    for key in sorted({*right, *went} - {*refused}):
        sides = _Sides(base.get(key), right.get(key), value(target, key))
        if key == 'tags':
            _merge_tags(result, sides, restore)
        else:
            _merge_value(result, key, sides, restore)
    return result


def value(record: Record, key: str) -> Any:
    """Read a field or a property as :func:`wanted` says it.

    :returns: None for a property that is not there.
    """
    found = record.get(key)
    if key in _FLAGS:
        # An old Glance knows no hidden images.
        return bool(found)
    is_property = bool(records.properties({key: found}))
    return str(found) if is_property and found is not None else found


class _Sides(NamedTuple):
    """A field: as Glint wrote it, as the source and the target have it."""

    base: Any
    right: Any
    here: Any


def _merge_value(result: Merge, key: str, of: _Sides, restore: bool) -> None:
    if of.here != of.right:
        if of.here != of.base:
            result.drift[key] = (of.right, of.here)
            if not restore:
                return
        result.changes[key] = (of.here, of.right)
    _note(result.written, key, of.right)


def _merge_tags(result: Merge, of: _Sides, restore: bool) -> None:
    """Merge tags one by one: each of them is a field of its own."""
    base, right, here = ({*(tags or ())} for tags in of)
    lost = (base & right) - here
    if lost:
        result.drift['tags'] = (sorted(right), sorted(here))
    kept = right if restore else right - lost
    new = (here - (base - right)) | kept
    if new != here:
        result.changes['tags'] = (sorted(here), sorted(new))
    # Tags that the target has of its own are not what Glint wrote.
    _note(result.written, 'tags', sorted(right))


def _note(written: dict[str, Any], key: str, value: Any) -> None:
    if value is None:
        written.pop(key, None)
    else:
        written[key] = value


def narrows(changes: Mapping[str, tuple[Any, Any]]) -> bool:
    """Say whether fewer people see an image once changes are made."""
    before, after = changes.get('visibility', (None, None))
    if before in _WIDTH and after in _WIDTH:
        return _WIDTH.index(after) < _WIDTH.index(before)
    return changes.get('os_hidden') == (False, True)
