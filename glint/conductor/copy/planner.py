# SPDX-License-Identifier: Apache-2.0

"""Decides what a copy has to do at its target."""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
from typing import Any

from glint.conductor.copy import adoption
from glint.conductor.copy import preflight
from glint.i18n import _
from glint.image import difference
from glint.image import failure
from glint.image import images
from glint.image import record as records
from glint.image import session as sessions

COPY = 'copy'
ADOPT = 'adopt'
SKIP = 'skip'
CONFLICT = 'conflict'
BLOCKED = 'blocked'

# What to do about another image of the same name: SKIP, or one of these.
RENAME = 'rename'
FAIL = 'fail'


@dataclasses.dataclass(frozen=True)
class Plan:
    """What to do at one target.

    :ivar action: one of the above.
    :ivar image_id: the image there to adopt.
    :ivar size: how many bytes the image has to be sent; None if that is not
        known.
    :ivar body: the record to create, where the ids of images that are still
        to be made are empty; of an image to adopt, what is to be changed.
    :ivar parts: what to do about the image's kernel and ramdisk, by the
        property that names them.
    :ivar notes: what will not be as it is at the source.
    :ivar refused: what the site refused of the image to adopt.
    :ivar refusal: why nothing can be done.
    """

    action: str
    image_id: str | None = None
    size: int | None = 0
    body: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    parts: Mapping[str, 'Plan'] = dataclasses.field(default_factory=dict)
    notes: list[str] = dataclasses.field(default_factory=list)
    refused: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    refusal: failure.SiteFailure | None = None

    @property
    def total(self) -> int | None:
        """How many bytes are to be sent with those of the parts."""
        sizes = [self.size, *(part.size for part in self.parts.values())]
        known = [size for size in sizes if size is not None]
        return sum(known) if len(known) == len(sizes) else None


def make(
    target: sessions.SiteSession,
    source: images.Record,
    options: Mapping[str, Any],
    origin: records.Origin,
    parts: Mapping[str, images.Record] | None = None,
    refused: adoption.Refused | None = None,
) -> Plan:
    """Look at a target and decide; changes nothing there.

    :param target: a session at the target.
    :param source: the record of the image to replicate.
    :param options: those of the replication.
    :param origin: what the marks on new images are to tell.
    :param parts: the records of the image's kernel and ramdisk, by the
        property that names them.
    :param refused: what the site refused of an image that Glint made there,
        by its id.
    :raises SiteFailure: if the target cannot be asked.
    """
    there = {
        key: adoption.parts(target, record)
        for key, record in (parts or {}).items()
    }
    choice = adoption.choose(
        target,
        source,
        options,
        {key: [item['id'] for item in found] for key, found in there.items()},
        refused or (lambda image_id: {}),
    )
    if choice.record is not None:
        plan = _adopt(choice.record, choice, options)
    else:
        plan = _copy(target, source, options, origin, parts or {}, there)
    plan = _named(target, plan, source, options, origin)
    refusal = _refusal(target, plan)
    if refusal is not None:
        plan = Plan(BLOCKED, refusal=refusal)
    if choice.differences:
        text = f'{choice.differences} {_consequence(plan)}'
        plan.notes.insert(0, text.rstrip())
    return plan


def _consequence(plan: Plan) -> str:
    """Say what becomes of an image that differs."""
    if plan.action == COPY:
        return _('A copy is made beside it.')
    if plan.action == ADOPT and plan.body:
        return _('It is changed to what was asked for.')
    if plan.action == ADOPT:
        return _('It is adopted as it is.')
    return ''


def _adopt(
    record: images.Record, choice: adoption.Choice, options: Mapping[str, Any]
) -> Plan:
    notes = list(choice.notes)
    if options.get('members'):
        notes.append(
            _('The members of the image %s stay as they are.') % record['id']
        )
    return Plan(
        ADOPT,
        image_id=record['id'],
        body=dict(choice.changes),
        notes=notes,
        refused=choice.refused,
    )


def _copy(
    target: sessions.SiteSession,
    source: images.Record,
    options: Mapping[str, Any],
    origin: records.Origin,
    parts: Mapping[str, images.Record],
    there: Mapping[str, Sequence[images.Record]],
) -> Plan:
    """Plan a copy.

    :param there: what the target has of the parts.
    """
    body, notes = records.new_record(source, options, origin)
    planned: dict[str, Plan] = {}
    for key, record in parts.items():
        same = [k for k in planned if parts[k]['id'] == record['id']]
        if same:
            # One image is the kernel and the ramdisk, and is sent once.
            planned[key] = dataclasses.replace(planned[same[0]], size=0)
            body[key] = planned[key].image_id or ''
            continue
        if there[key]:
            found = there[key][0]
            part = Plan(
                ADOPT,
                image_id=found['id'],
                notes=adoption.notes(target, found),
            )
        else:
            part = _copy(target, record, {}, origin, {}, {})
            notes.append(_('The image that %s names is copied as well.') % key)
        planned[key] = part
        body[key] = part.image_id or ''
        notes += part.notes
    notes += preflight.warnings(body)
    size = source.get('size')
    return Plan(COPY, size=size, body=body, parts=planned, notes=notes)


def _refusal(
    target: sessions.SiteSession, plan: Plan
) -> failure.SiteFailure | None:
    """Say what the target will refuse, before a byte is moved."""
    if plan.action != COPY:
        return None
    made = [part for part in plan.parts.values() if part.action == COPY]
    return preflight.refusal(
        target,
        [item.body for item in (*made, plan)],
        [item.size or 0 for item in (*made, plan)],
    )


def _named(
    target: sessions.SiteSession,
    plan: Plan,
    source: images.Record,
    options: Mapping[str, Any],
    origin: records.Origin,
) -> Plan:
    """Decide about other images of the same name."""
    policy = options.get('on_conflict')
    name = options.get('image_name') or source.get('name')
    words = {'site': target.site.name, 'name': name}
    if policy is None:
        if 'name' in plan.body and _will_be_two(target, name, source, origin):
            note = _('Site %(site)s has another %(name)s; you will have both.')
            plan.notes.append(note % words)
        return plan
    # One that is adopted adds no name. Others of its bytes may have that.
    same = None if 'name' in plan.body else source
    if not _namesakes(target, name, origin, same):
        return plan
    if policy == SKIP:
        note = _(
            'Site %(site)s has another image named %(name)s, so none is made, '
            'as asked.'
        )
        return Plan(SKIP, notes=[note % words])
    if policy == FAIL:
        return Plan(CONFLICT, refusal=_conflict(words))
    if same is not None:
        return plan
    free = _free_name(target, name, origin)
    note = _('Named %(new)s, as there is another image named %(old)s.')
    plan.notes.append(note % {'new': free, 'old': name})
    return dataclasses.replace(plan, body={**plan.body, 'name': free})


def _will_be_two(
    target: sessions.SiteSession,
    name: str | None,
    source: images.Record,
    origin: records.Origin,
) -> bool:
    """Say whether the project will have images of other bytes of a name.

    An admin's token also shows what is others' own.
    """
    return any(
        not adoption.is_foreign(target, record)
        for record in _namesakes(target, name, origin, source)
    )


def _namesakes(
    target: sessions.SiteSession,
    name: str | None,
    origin: records.Origin,
    same: images.Record | None = None,
) -> list[images.Record]:
    """Find the images of a name, but for our own leftovers.

    :param same: those with the bytes of this one do not count.
    """
    if name is None:
        return []
    return [
        found
        for found in images.find_by_name(target, name)
        if not origin.has_made(found)
        and not (same and records.is_same(same, found))
    ]


def _conflict(words: Mapping[str, Any]) -> failure.SiteFailure:
    return failure.SiteFailure(
        'name_conflict',
        _(
            'Site %(site)s has another image named %(name)s. Rename or '
            'remove that one, give the copy another name, or replicate with '
            '"rename" for such conflicts.'
        )
        % words,
    )


def _free_name(
    target: sessions.SiteSession, name: Any, origin: records.Origin
) -> str:
    """Find a name that no image at the target has."""
    number = 2
    while _namesakes(target, difference.renamed(name, number), origin):
        number += 1
    return difference.renamed(name, number)
