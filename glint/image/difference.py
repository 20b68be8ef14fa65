# SPDX-License-Identifier: Apache-2.0

"""Whether an image of the right bytes is the right image: pure functions.

The same bytes boot, or do not, as the record says that goes with them.
"""

from collections.abc import Container
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import re
from typing import Any

from glint.i18n import _
from glint.image import record as records

Record = Mapping[str, Any]

#: Properties that decide how a server boots from an image, or where. What
#: Nova reads has these prefixes or names; vmware_* are its older ones.
_PREFIXES = ('hw_', 'hypervisor_', 'img_', 'os_', 'trait:', 'vmware_')
_NAMES = {
    'architecture',
    'auto_disk_config',
    'cinder_img_volume_type',
    'ipxe_boot',
    'vm_mode',
    *records.BOOT,
    *records.ENCRYPTION,
}

#: Characters that a sentence shows of a value.
_SHOWN = 80
#: Differences that a sentence names.
_NAMED = 20
#: Characters of a name that is taken which a number is added to.
_STEM = 240


@dataclasses.dataclass(frozen=True)
class Difference:
    """A field or a property that is not as a copy would have it.

    :ivar key: its name.
    :ivar found: its value, None where there is none.
    :ivar wanted: the value that it would have, None for none.
    :ivar amendable: whether it can be changed, as far as Glint can tell.
    """

    key: str
    found: Any
    wanted: Any
    amendable: bool = True

    def __str__(self) -> str:
        values = {
            'key': self.key,
            'found': _shown(self.found),
            'wanted': _shown(self.wanted),
        }
        if self.found is None:
            return _('%(key)s missing (%(wanted)s)') % values
        if self.wanted is None:
            return _('%(key)s %(found)s in addition') % values
        return _('%(key)s %(found)s, not %(wanted)s') % values


def _shown(value: Any) -> str:
    text = str(value)
    return text if len(text) <= _SHOWN else f'{text[:_SHOWN]}...'


def formats(source: Record, found: Record) -> list[Difference]:
    """Compare what the bytes are said to be.

    For a kernel and a ramdisk that is all: of their other properties nobody
    takes notice.

    :param source: the record of the image at the source.
    :param found: that of an image with the same bytes.
    """
    return [
        Difference(key, found.get(key), source.get(key), amendable=False)
        for key in records.FORMATS
        if found.get(key) != source.get(key)
    ]


def differences(
    source: Record,
    options: Record,
    found: Record,
    *,
    boots: Mapping[str, Sequence[str]] | None = None,
) -> list[Difference]:
    """Compare an image with what a copy would be.

    What changes neither how it boots nor what was asked for is no difference:
    tags, other properties, and name and visibility where they are to be as at
    the source.

    :param source: the record of the image at the source.
    :param options: of the replication.
    :param found: the record of an image with the same bytes at the target.
    :param boots: the ids of the images at the target that are the source's
        kernel and ramdisk, by the property that names these.
    :returns: nothing, if a copy would be the same.
    """
    body, _notes = records.new_record(source, options, records.Origin('', ''))
    parts = {
        key: (boots or {}).get(key, ())
        for key in records.boots_from(source, options)
    }
    return [
        *formats(source, found),
        *_minima(body, found),
        *_properties(body, options, found, parts),
        *_parts(parts, found),
        *_asked(body, options, found),
    ]


def is_refused(item: Difference, refused: Record) -> bool:
    """Say whether a copy would differ as well, as the site has it so.

    :param refused: what the site refused when the found image was made; see
        :func:`glint.db.image_copy.refused`.
    """
    if item.key not in refused:
        return False
    value = refused[item.key]
    # A property that the site reserves is left out, whatever its value.
    return bool(value == item.wanted if value else item.found is None)


def describe(found: Sequence[Difference]) -> str:
    """Name differences in words, the first ones if they are many."""
    said = [str(item) for item in found[:_NAMED]]
    if len(found) > _NAMED:
        said.append(_('%d more') % (len(found) - _NAMED))
    return '; '.join(said)


def changes(found: Sequence[Difference]) -> dict[str, Any]:
    """Say what makes an image that differs the right one.

    :param found: its differences.
    :returns: new values by field or property; None for what is to go.
    """
    return {item.key: item.wanted for item in found}


def remarks(source: Record, options: Record, found: Record) -> list[str]:
    """Say how an image that is adopted is not as at the source.

    :param source: the record of the image at the source.
    :param options: of the replication.
    :param found: the record of an image that does not differ.
    """
    name = source.get('name')
    if options.get('image_name') or found.get('name') == name:
        return []
    return [
        _('The image %(id)s is named "%(name)s" at the site.')
        % {'id': found['id'], 'name': _shown(found.get('name'))}
    ]


def _minima(body: Record, found: Record) -> Iterator[Difference]:
    for key in records.MINIMA:
        here, wanted = found.get(key) or 0, body.get(key) or 0
        if here != wanted:
            yield Difference(key, here, wanted)


def _properties(
    body: Record, options: Record, found: Record, parts: Container[str]
) -> Iterator[Difference]:
    """Compare what decides, and what the user set or removed."""
    wanted = options.get('properties') or {}
    asked = {*wanted.get('set', ()), *wanted.get('remove', ())}
    for key in sorted({*records.properties(body), *records.properties(found)}):
        if key in records.MARKERS or key in parts:
            continue
        if key not in asked and not _decides(key):
            continue
        here, right = found.get(key), body.get(key)
        if here is not None:
            here = str(here)
        if here != right:
            # Without its key, an encrypted image is lost.
            amendable = key not in records.ENCRYPTION
            yield Difference(key, here, right, amendable)


def _decides(key: str) -> bool:
    # A signature is left out, and harms nobody where there is one.
    return key in _NAMES or (
        key.startswith(_PREFIXES)
        and not key.startswith(records.SIGNATURE_PREFIXES)
    )


def _parts(
    parts: Mapping[str, Sequence[str]], found: Record
) -> Iterator[Difference]:
    """Compare the images that it boots from, by what they contain."""
    for key, ids in parts.items():
        if found.get(key) in ids:
            continue
        # Where the right one is missing, a copy brings it along.
        right = ids[0] if ids else _("the source's")
        yield Difference(key, found.get(key), right, amendable=bool(ids))


def _asked(
    body: Record, options: Record, found: Record
) -> Iterator[Difference]:
    """Compare what the user asked for beside the properties."""
    if options.get('preserve_id') and found['id'] != body['id']:
        yield Difference('id', found['id'], body['id'], amendable=False)
    name = options.get('image_name')
    if name and not _is_named(found, name, options.get('on_conflict')):
        yield Difference('name', found.get('name'), name)
    visibility = options.get('visibility')
    if visibility and found.get('visibility') != visibility:
        yield Difference('visibility', found.get('visibility'), visibility)


def _is_named(found: Record, name: str, on_conflict: str | None) -> bool:
    """Say whether an image answers to a name, or to one in its place."""
    here = found.get('name') or ''
    if on_conflict != 'rename':
        return bool(here == name)
    stem = re.escape(name[:_STEM])
    return here == name or bool(re.fullmatch(stem + r' \(\d+\)', here))


def renamed(name: str, number: int) -> str:
    """Make another name of one that is taken.

    :param name: the one that is taken.
    :param number: what makes it another one.
    """
    return f'{name[:_STEM]} ({number})'
