# SPDX-License-Identifier: Apache-2.0

"""The kernel and the ramdisk of an image, which are images of their own."""

from collections.abc import Mapping
from typing import Any

from glint.i18n import _
from glint.image import failure
from glint.image import images
from glint.image import record as records
from glint.image import session as sessions


def find(
    source: sessions.SiteSession,
    record: images.Record,
    options: Mapping[str, Any],
) -> dict[str, images.Record]:
    """Read the records of what an image boots from.

    :param source: a session at the source.
    :param record: of the image.
    :param options: those of the replication.
    :returns: the records by property, such as ``kernel_id``.
    :raises SiteFailure: if one of them cannot be replicated, or the source
        cannot be asked.
    """
    found = {}
    for key, image_id in records.boots_from(record, options).items():
        if image_id == record['id']:
            raise _circle(source, key, image_id)
        found[key] = _read(source, key, image_id)
        if record['id'] in records.boots_from(found[key], {}).values():
            raise _circle(source, key, image_id)
    return found


def _circle(
    source: sessions.SiteSession, key: str, image_id: str
) -> failure.SiteFailure:
    """Say that no image of a circle can be made before the others."""
    return failure.classify(
        'source',
        source.site.name,
        'circle',
        said=_('%(key)s is %(id)s') % {'key': key, 'id': image_id},
    )


def _read(
    source: sessions.SiteSession, key: str, image_id: str
) -> images.Record:
    found = images.find(source, image_id)
    if found is None:
        raise failure.classify(
            'source',
            source.site.name,
            'boot',
            said=_('%(key)s is %(id)s') % {'key': key, 'id': image_id},
        )
    refusal = records.refusal(found, source.site.name)
    if refusal is not None:
        refusal.detail = _('%(key)s %(id)s: %(reason)s') % {
            'key': key,
            'id': image_id,
            'reason': refusal.detail,
        }
        raise refusal
    return found
