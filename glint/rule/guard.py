# SPDX-License-Identifier: Apache-2.0

"""What has to hold before a replica is taken away.

Each guard holds by itself: an execution that one of them stops takes nothing
away, whatever the others say.
"""

from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Sequence

from glint.i18n import _
from glint.image import record as records
from glint.rule import replica as replicas
from glint.rule import terms

Record = records.Record
Replica = replicas.Replica

#: How many executions must miss an image before data is removed.
_MISSED = 2
_NOT_FOUND = 404


def of_source(
    source: terms.Listing, facts: terms.Facts, selected: Sequence[Record]
) -> str | None:
    """Say why the source's listing is no reason to take anything away."""
    if not source.complete:
        return _('the source did not list all of its images')
    if not facts.same_project:
        return _('the source is asked as another project than before')
    if not selected:
        return _('the rule selects no image at all')
    return None


def of_image(replica: Replica, facts: terms.Facts) -> str | None:
    """Say why an image that is not listed may still be at the source."""
    status = facts.answers.get(replica.source_image_id)
    if status is None:
        return _('the source was not asked for the image')
    if status != _NOT_FOUND:
        return _('the source does not say that it is gone (HTTP %d)') % status
    return None


def of_origin(replica: Replica, found: Record) -> str | None:
    """Say why an image at a target is not for Glint to take away."""
    if replica.adopted:
        return _('the image was there before')
    marked = records.SOURCE_ID not in replica.refused
    if marked and found.get(records.SOURCE_ID) != replica.source_image_id:
        return _('the image does not bear the mark of Glint any more')
    if records.content(found) != replica.content:
        return _('the image has other data than Glint gave it')
    return None


def of_removal(
    replica: Replica, found: Record, facts: terms.Facts, rule: terms.Removal
) -> str | None:
    """Say why the data of an image that is withdrawn has to stay yet."""
    if replica.gone_at is None or replica.gone_count < _MISSED:
        return _('its source has to be missed twice')
    if facts.now - replica.gone_at < rule.grace:
        return _('it is kept for %s after its source went') % rule.grace
    if (replica.site_id, found['id']) in facts.others:
        return _('another rule or replication holds the image')
    if found.get('protected') and not replica.written.get('protected'):
        return _('the site protects the image')
    return None


def beyond(
    items: Iterable[terms.Item],
    facts: terms.Facts,
    rule: terms.Removal,
    total: int,
) -> Iterator[terms.Item]:
    """Choose what has to be approved, if a target would lose too much.

    :param items: what takes away something at the target.
    :param total: how many replicas it has.
    """
    asked = [
        item
        for item in items
        if (item.source_image_id, item.site_id) not in facts.approved
    ]
    count = len(asked)
    if count > rule.max_count or count * 100 > rule.max_percent * total:
        yield from asked
