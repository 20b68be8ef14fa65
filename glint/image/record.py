# SPDX-License-Identifier: Apache-2.0

"""What of an image's record goes to another cloud: pure functions.

A record is what Glance's API gives for an image: a flat mapping of its
fields and of its properties.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
import dataclasses
import hashlib
import re
from typing import Any

from glint.i18n import _
from glint.image import failure

Record = Mapping[str, Any]

#: The marks that Glint leaves on what it makes. Users may edit them, so they
#: are hints and no proof.
SOURCE_SITE = 'glint_source_site'
SOURCE_ID = 'glint_source_id'
SOURCE_HASH = 'glint_source_hash'
REPLICATION_ID = 'glint_replication_id'
MARKERS = (SOURCE_SITE, SOURCE_ID, SOURCE_HASH, REPLICATION_ID)


_CONTENT = re.compile('[0-9a-z_-]{1,64}:[0-9a-f]{1,128}')


@dataclasses.dataclass(frozen=True)
class Origin:
    """What the marks on an image tell, beside which image it is made from.

    :ivar replication_id: the replication that made it
    :ivar site_id: the source site
    :ivar unmarked: the ids of images that it made, or may have made, at a
        target that lets no marks be set; it chose them by chance and noted
        them before, so nobody else has an image of such an id
    """

    replication_id: str
    site_id: str
    unmarked: frozenset[str] = frozenset()

    def has_made(self, record: Record) -> bool:
        """Say whether an image was made for the replication.

        :param record: its record at the target
        """
        marker = record.get(REPLICATION_ID)
        if marker is None:
            return record.get('id') in self.unmarked
        return bool(marker == self.replication_id)

    def marks(self, source: Record) -> dict[str, str]:
        """The marks on what is made from an image.

        :param source: its record
        """
        result = {
            SOURCE_SITE: self.site_id,
            SOURCE_ID: source['id'],
            REPLICATION_ID: self.replication_id,
        }
        known = content(source)
        return {**result, SOURCE_HASH: known} if known else result


FORMATS = ('disk_format', 'container_format')
MINIMA = ('min_disk', 'min_ram')
_KEPT = (*FORMATS, *MINIMA)

#: Set once the data are proved right: they open the image to others, or
#: stand in the way of removing it.
_AFTERWARDS = ('visibility', 'os_hidden', 'protected')

#: Glance's own. Most are refused; os_hash_* would become properties.
_OWN = {
    *('checksum', 'created_at', 'deleted', 'deleted_at', 'direct_url'),
    *('file', 'id', 'location', 'locations', 'name', 'owner', 'schema'),
    *('self', 'size', 'status', 'stores', 'tags', 'updated_at'),
    *('virtual_size', *_KEPT, *_AFTERWARDS),
}
_OWN_PREFIXES = ('os_glance_', 'os_hash_')

#: Who deletes an image with these deletes the key as well, which a replica
#: would share with its source where two clouds share a key manager.
ENCRYPTION = {
    'cinder_encryption_key_id',
    'cinder_encryption_key_deletion_policy',
    'os_encrypt_key_id',
    'os_encrypt_key_deletion_policy',
}

#: What ties a snapshot to the cloud that it was made in.
_SNAPSHOT = {
    'base_image_ref',
    'bdm_v2',
    'block_device_mapping',
    'boot_roles',
    'clean_attempts',
    'image_location',
    'image_state',
    'image_type',
    'instance_uuid',
    'mappings',
    'owner_id',
    'owner_project_name',
    'owner_user_name',
    'root_device_name',
    'user_id',
}
#: What an image needs to boot from: images of their own.
BOOT = ('kernel_id', 'ramdisk_id')
SIGNATURE_PREFIXES = ('img_signature', 'signature_verified')


def new_record(
    source: Record, options: Record, origin: Origin
) -> tuple[dict[str, Any], list[str]]:
    """Make the record to create an image with.

    :param source: the record of the image to replicate
    :param options: of the replication
    :param origin: what :data:`MARKERS` are to tell
    :returns: the body of the request, and notes for the user on what is not
        as it is at the source
    """
    wanted = options.get('properties') or {}
    properties, notes = _properties(source, wanted)
    # The user's own values pass, but for what is not theirs to set.
    properties.update(
        (key, value)
        for key, value in wanted.get('set', {}).items()
        if not _is_own(key) and key not in ENCRYPTION
    )
    body = {
        **{key: str(value) for key, value in properties.items()},
        **origin.marks(source),
        'name': options.get('image_name') or source.get('name'),
        'visibility': 'private',
        'tags': sorted(source.get('tags') or ()),
    }
    body.update((key, source[key]) for key in FORMATS if source.get(key))
    for key in MINIMA:
        # A site that gives anything else must not make the others refuse it.
        if isinstance(source.get(key), int) and source[key] >= 0:
            body[key] = source[key]
    if options.get('preserve_id'):
        body['id'] = source['id']
    return body, notes


def _properties(
    source: Record, wanted: Record
) -> tuple[dict[str, Any], list[str]]:
    """The source's properties that are kept, and notes on the others."""
    kept: dict[str, Any] = {}
    stripped: dict[str, list[str]] = {}
    for key in sorted(source):
        if _is_own(key) or key in MARKERS or source[key] is None:
            continue
        if key in BOOT:
            # Those of the target come once they are there.
            continue
        why = _why_stripped(key)
        if key in wanted.get('remove', ()):
            continue
        if why is None:
            kept[key] = source[key]
        elif key not in wanted.get('set', {}):
            stripped.setdefault(why, []).append(key)
    return kept, [
        why % {'names': ', '.join(keys)} for why, keys in stripped.items()
    ]


def boots_from(source: Record, options: Record) -> dict[str, str]:
    """Say which images have to be replicated before an image.

    :param source: the record of the image
    :param options: of the replication; the user's own values count
    :returns: from each of :data:`BOOT` to the id of an image at the source
    """
    wanted = options.get('properties') or {}
    own = {*wanted.get('set', {}), *wanted.get('remove', ())}
    return {
        key: str(source[key])
        for key in BOOT
        if source.get(key) and key not in own
    }


def properties(record: Record) -> list[str]:
    """The names of a record's properties, beside Glance's own fields."""
    return [key for key in record if not _is_own(key)]


def _is_own(key: str) -> bool:
    return key in _OWN or key.startswith(_OWN_PREFIXES)


def _why_stripped(key: str) -> str | None:
    if key in _SNAPSHOT:
        return _('Left out, as they hold in the source cloud only: %(names)s.')
    if key in ENCRYPTION:
        return _('Left out, as the key stays in its cloud: %(names)s.')
    if key.startswith(SIGNATURE_PREFIXES):
        return _(
            'The signature is left out, as its certificate is not at the '
            'target site: %(names)s.'
        )
    return None


def refusal(source: Record, site: str) -> failure.SiteFailure | None:
    """Say why an image cannot be replicated, if so.

    :param source: its record
    :param site: the name of its site
    :returns: None when nothing speaks against it
    """
    status = source.get('status')
    kind = None
    if status == 'deactivated':
        kind = 'deactivated'
    elif status != 'active':
        kind = 'status'
    elif any(source.get(key) for key in ENCRYPTION if key.endswith('_id')):
        kind = 'encrypted'
    elif source.get('block_device_mapping') and not source.get('size'):
        kind = 'volumes'
    elif not (source.get('disk_format') and source.get('container_format')):
        kind = 'format'
    if kind is None:
        return None
    said = '' if kind != 'status' else _('its status is %s') % status
    return failure.classify('source', site, kind, said=said)


def hashes(record: Record) -> dict[str, str]:
    """The hash that proves an image's data, the strongest there is.

    :param record: of the image
    :returns: the algorithm's name and the digest in hexadecimal, empty when
        the record has none that can be computed here
    """
    algorithm, value = record.get('os_hash_algo'), record.get('os_hash_value')
    if value and _is_known(algorithm):
        return {str(algorithm): str(value).lower()}
    if record.get('checksum'):
        return {'md5': str(record['checksum']).lower()}
    return {}


def content(record: Record) -> str | None:
    """What an image shares with all of the same data.

    :returns: the algorithm, a colon and the digest; None when not known
    """
    for algorithm, value in hashes(record).items():
        return f'{algorithm}:{value}'
    return None


def contents(record: Record) -> list[str]:
    """What others may know the content of an image by that Glint made.

    :returns: as :func:`content`; first by the hash of what it was made from
    """
    mark = str(record.get(SOURCE_HASH))
    known = (
        # Who edits it must not make it anything else.
        mark if _CONTENT.fullmatch(mark) else None,
        content(record),
        content({'checksum': record.get('checksum')}),
    )
    return list(dict.fromkeys(filter(None, known)))


def is_same(source: Record, other: Record) -> bool:
    """Say whether an image is active and has the data of another one."""
    if other.get('status') != 'active':
        return False
    # Some stores leave 0 where the size is not known.
    sizes = {source.get('size'), other.get('size')} - {None, 0}
    if len(sizes) > 1:
        return False
    found = hashes({'checksum': other.get('checksum')}) | hashes(other)
    return any(
        found.get(algorithm) == value
        for algorithm, value in hashes(source).items()
    )


def _is_known(algorithm: Any) -> bool:
    try:
        return hashlib.new(algorithm, usedforsecurity=False).digest_size > 0
    except (TypeError, ValueError):
        return False


def verify(
    digest: Callable[[str], str | None],
    size: int | None,
    target: Record,
    site: str,
) -> failure.SiteFailure | None:
    """Compare an image at a target with what it should be.

    :param digest: gives the digest of the right data by an algorithm, in
        hexadecimal, or None when it is not known by that one
    :param size: bytes of the right data, None where only a hash is known
    :param target: the record of the image at the target
    :param site: the name of the target
    :returns: None when it is right
    """
    if target.get('status') != 'active':
        return failure.classify(
            'verify',
            site,
            'status',
            said=_('its status is %s') % target.get('status'),
        )
    if size is not None and target.get('size') != size:
        return failure.classify(
            'verify',
            site,
            'size',
            said=_('%(found)s bytes instead of %(right)s')
            % {'found': target.get('size'), 'right': size},
        )
    for algorithm, value in (
        *hashes(target).items(),
        *hashes({'checksum': target.get('checksum')}).items(),
    ):
        right = digest(algorithm)
        if right is not None:
            if right == value:
                return None
            return failure.classify(
                'verify', site, 'hash', said=_('another %s') % algorithm
            )
    return failure.classify('verify', site, 'no_hash')


#: A step that shares the image with a project.
MEMBER = 'member'


@dataclasses.dataclass(frozen=True)
class Step:
    """Something to do at a target once its image is proved right.

    :ivar key: the field to set, or :data:`MEMBER`
    :ivar value: its value; for a member, the id of the project
    """

    key: str
    value: Any


def after_active(
    source: Record, options: Record, members: Iterable[str] = ()
) -> list[Step]:
    """What to do at a target once its image is proved right, in order.

    :param source: the record of the source's image
    :param options: of the replication
    :param members: the projects that the source's image is shared with
    """
    visibility = options.get('visibility') or source.get('visibility')
    steps = []
    if visibility in ('public', 'community', 'shared'):
        steps.append(Step('visibility', visibility))
    if visibility == 'shared' and options.get('members'):
        # Glance drops the members with each change of the visibility.
        steps += [Step(MEMBER, project_id) for project_id in sorted(members)]
    if source.get('os_hidden'):
        steps.append(Step('os_hidden', True))
    if source.get('protected'):
        steps.append(Step('protected', True))
    return steps
