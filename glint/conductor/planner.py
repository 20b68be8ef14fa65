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
import dataclasses
from typing import Any

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
    :ivar size: how many bytes are to be sent; None if that is not known.
    :ivar body: the record to create.
    :ivar notes: what will not be as it is at the source.
    :ivar refusal: why nothing can be done.
    """

    action: str
    image_id: str | None = None
    size: int | None = 0
    body: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    notes: list[str] = dataclasses.field(default_factory=list)
    refusal: failure.SiteFailure | None = None


def make(
    target: sessions.SiteSession,
    source: images.Record,
    options: Mapping[str, Any],
    markers: Mapping[str, str],
) -> Plan:
    """Look at a target and decide; changes nothing there.

    :param target: a session at the target.
    :param source: the record of the image to replicate.
    :param options: those of the replication.
    :param markers: the marker properties of what is created.
    :raises SiteFailure: if the target cannot be asked.
    """
    found = _same_content(target, source, options)
    if found is not None:
        return Plan(ADOPT, image_id=found['id'])
    blocked = _blocked(target, source)
    if blocked is not None:
        return Plan(BLOCKED, refusal=blocked)
    body, notes = records.new_record(source, options, markers)
    policy = options.get('on_conflict')
    if policy and _is_taken(target, body['name'], markers):
        if policy != RENAME:
            refusal = _conflict(target, body['name'], policy)
            return Plan(CONFLICT, refusal=refusal)
        name = _free_name(target, body['name'], markers)
        notes.append(
            _('Named %(new)s, as there is another image named %(old)s.')
            % {'new': name, 'old': body['name']}
        )
        body['name'] = name
    return Plan(COPY, size=source.get('size'), body=body, notes=notes)


def _same_content(
    target: sessions.SiteSession,
    source: images.Record,
    options: Mapping[str, Any],
) -> images.Record | None:
    """Find an active image with the source's bytes."""
    found = [
        record
        for algorithm, value in records.hashes(source).items()
        for record in images.find_by_hash(target, algorithm, value)
        if record.get('size') == source.get('size')
    ]
    if options.get('preserve_id'):
        found = [record for record in found if record['id'] == source['id']]
    return found[0] if found else None


def _blocked(
    target: sessions.SiteSession, source: images.Record
) -> failure.SiteFailure | None:
    """Say what the target will refuse, before a byte is moved."""
    taken = images.formats(target)
    for key, values in taken.items():
        if values and source[key] not in values:
            return failure.SiteFailure(
                'format_refused',
                _(
                    'Site %(site)s takes no images with %(key)s %(value)s, '
                    'only %(values)s. Convert the image, or ask the '
                    "site's operator to permit it."
                )
                % {
                    'site': target.site.name,
                    'key': key,
                    'value': source[key],
                    'values': ', '.join(values),
                },
            )
    return None


def _is_taken(
    target: sessions.SiteSession,
    name: str | None,
    markers: Mapping[str, str],
) -> bool:
    """Say whether there are images of a name, but for our own leftovers."""
    if name is None:
        return False
    ours = markers.get(records.REPLICATION_ID)
    return any(
        ours is None or found.get(records.REPLICATION_ID) != ours
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
    target: sessions.SiteSession, name: str, markers: Mapping[str, str]
) -> str:
    """Find a name that no image at the target has."""
    number = 2
    while _is_taken(target, f'{name[:240]} ({number})', markers):
        number += 1
    return f'{name[:240]} ({number})'
