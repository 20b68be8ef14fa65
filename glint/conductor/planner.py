# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Decides what a copy has to do at its target."""

from collections.abc import Mapping
from concurrent import futures
import dataclasses
from typing import Any

from glint import context as glint_context
from glint.conductor import preflight
from glint.i18n import _
from glint.image import failure
from glint.image import images
from glint.image import record as records
from glint.image import session as sessions

COPY = 'copy'
ADOPT = 'adopt'
CONFLICT = 'conflict'
BLOCKED = 'blocked'

# What to do about an image of the same name and other content.
SKIP = 'skip'
RENAME = 'rename'
FAIL = 'fail'


class Skipped(failure.SiteFailure):
    """There is a conflict, and the user asked for no copy then."""


@dataclasses.dataclass(frozen=True)
class Plan:
    """What to do at one target.

    :ivar action: one of the above.
    :ivar image_id: the image there to adopt.
    :ivar size: how many bytes the image has to be sent; None if that is not
        known.
    :ivar body: the record to create, where the ids of images that are still
        to be made are empty.
    :ivar parts: what to do about the image's kernel and ramdisk, by the
        property that names them.
    :ivar notes: what will not be as it is at the source.
    :ivar refusal: why nothing can be done.
    """

    action: str
    image_id: str | None = None
    size: int | None = 0
    body: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    parts: Mapping[str, 'Plan'] = dataclasses.field(default_factory=dict)
    notes: list[str] = dataclasses.field(default_factory=list)
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
) -> Plan:
    """Look at a target and decide; changes nothing there.

    :param target: a session at the target.
    :param source: the record of the image to replicate.
    :param options: those of the replication.
    :param origin: what the marks on new images are to tell.
    :param parts: the records of the image's kernel and ramdisk, by the
        property that names them.
    :raises SiteFailure: if the target cannot be asked.
    """
    plan = adopt(target, source, bool(options.get('preserve_id')))
    if plan is not None:
        return plan
    plan = _copy(target, source, options, origin, parts or {})
    refusal = _refusal(target, plan)
    if refusal is not None:
        return Plan(BLOCKED, refusal=refusal)
    return _named(target, plan, options.get('on_conflict'), origin)


def _copy(
    target: sessions.SiteSession,
    source: images.Record,
    options: Mapping[str, Any],
    origin: records.Origin,
    parts: Mapping[str, images.Record],
) -> Plan:
    body, notes = records.new_record(source, options, origin)
    planned: dict[str, Plan] = {}
    for key, record in parts.items():
        same = [k for k in planned if parts[k]['id'] == record['id']]
        if same:
            # One image is the kernel and the ramdisk, and is sent once.
            planned[key] = dataclasses.replace(planned[same[0]], size=0)
            body[key] = planned[key].image_id or ''
            continue
        part = adopt(target, record) or _copy(target, record, {}, origin, {})
        if part.action == COPY:
            notes.append(_('The image that %s names is copied as well.') % key)
        planned[key] = part
        body[key] = part.image_id or ''
        notes += part.notes
    notes += preflight.warnings(body)
    size = source.get('size')
    return Plan(COPY, size=size, body=body, parts=planned, notes=notes)


def adopt(
    target: sessions.SiteSession, source: images.Record, same_id: bool = False
) -> Plan | None:
    """Find an active image with the source's bytes.

    :param same_id: whether it must have the source's id, too.
    :returns: None if there is none, or the source tells no hash.
    """

    def find(hidden: bool) -> list[images.Record]:
        return [
            record
            for algorithm, value in records.hashes(source).items()
            for record in images.find_by_hash(target, algorithm, value, hidden)
            if records.is_same(source, record)
            and (not same_id or record['id'] == source['id'])
        ]

    with futures.ThreadPoolExecutor() as pool:
        found, hidden = pool.map(glint_context.carried(find), (False, True))
    if found or hidden:
        return _adoption(target, found or hidden, not found)
    return None


def _adoption(
    target: sessions.SiteSession, found: list[images.Record], hidden: bool
) -> Plan:
    own = target.access().project_id
    record = min(found, key=lambda item: item.get('owner') != own)
    notes = []
    if record.get('owner') not in (None, own):
        notes.append(
            _(
                'The image %s belongs to another project of the site, which '
                'may remove it.'
            )
            % record['id']
        )
    if hidden:
        notes.append(_('The image %s is hidden.') % record['id'])
    return Plan(ADOPT, image_id=record['id'], notes=notes)


def _refusal(
    target: sessions.SiteSession, plan: Plan
) -> failure.SiteFailure | None:
    """Say what the target will refuse, before a byte is moved."""
    made = [part for part in plan.parts.values() if part.action == COPY]
    return preflight.refusal(
        target,
        [item.body for item in (*made, plan)],
        [item.size or 0 for item in (*made, plan)],
    )


def _named(
    target: sessions.SiteSession,
    plan: Plan,
    policy: str | None,
    origin: records.Origin,
) -> Plan:
    """Decide about images of the same name."""
    name = plan.body['name']
    if policy is None or not _is_taken(target, name, origin):
        return plan
    if policy != RENAME:
        return Plan(CONFLICT, refusal=_conflict(target, name, policy))
    free = _free_name(target, name, origin)
    note = _('Named %(new)s, as there is another image named %(old)s.')
    plan.notes.append(note % {'new': free, 'old': name})
    return dataclasses.replace(plan, body={**plan.body, 'name': free})


def _is_taken(
    target: sessions.SiteSession,
    name: str | None,
    origin: records.Origin,
) -> bool:
    """Say whether there are images of a name, but for our own leftovers."""
    return name is not None and any(
        not origin.has_made(found)
        for found in images.find_by_name(target, name)
    )


def _conflict(
    target: sessions.SiteSession, name: str, policy: str
) -> failure.SiteFailure:
    kind = Skipped if policy == SKIP else failure.SiteFailure
    return kind(
        'name_conflict',
        _(
            'Site %(site)s has an image named %(name)s with other content. '
            'Rename or remove that one, or replicate with another '
            'image_name or with on_conflict "rename".'
        )
        % {'site': target.site.name, 'name': name},
    )


def _free_name(
    target: sessions.SiteSession, name: str, origin: records.Origin
) -> str:
    """Find a name that no image at the target has."""
    number = 2
    while _is_taken(target, f'{name[:240]} ({number})', origin):
        number += 1
    return f'{name[:240]} ({number})'
