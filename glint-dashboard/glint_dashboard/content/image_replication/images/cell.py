# SPDX-License-Identifier: Apache-2.0

"""One cell of the matrix: an image, and how it is at a site."""

from collections.abc import Sequence
import dataclasses
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from glint_dashboard.content.image_replication.images import ticks

IN_SYNC = 'in_sync'
HERE = 'here'
DEACTIVATED = 'deactivated'
DIFFERS = 'differs'
MISSING = 'missing'
COPYING = 'copying'
UNVERIFIABLE = 'unverifiable'
FAILED = 'failed'
UNKNOWN = 'unknown'

LABELS = {
    IN_SYNC: _('In sync'),
    HERE: _('Here'),
    DEACTIVATED: _('Here, deactivated'),
    DIFFERS: _('Differs'),
    MISSING: pgettext_lazy('an image is not there', 'Missing'),
    COPYING: _('Copying'),
    UNVERIFIABLE: _('Not verifiable'),
    FAILED: pgettext_lazy('a copy of an image', 'Failed'),
    UNKNOWN: _('Unknown'),
}
HINTS = {
    IN_SYNC: _('The same bytes are here.'),
    HERE: _('The image is here, and in no other cloud.'),
    DEACTIVATED: _(
        'The image is deactivated here, so it cannot be used or copied.'
    ),
    DIFFERS: _(
        'An image of this name is here with other content, or this content '
        'in another format.'
    ),
    MISSING: _('This image is not here.'),
    UNVERIFIABLE: _(
        'The cloud tells no hash of its image, so it cannot be compared.'
    ),
    UNKNOWN: _('It is not known what this cloud has.'),
}
ICONS = {
    IN_SYNC: 'fa-check',
    HERE: 'fa-check',
    DEACTIVATED: 'fa-pause',
    DIFFERS: 'fa-exclamation-circle',
    MISSING: 'fa-minus',
    COPYING: 'fa-refresh',
    UNVERIFIABLE: 'fa-question',
    FAILED: 'fa-exclamation-triangle',
    UNKNOWN: 'fa-question-circle',
}
_PHASES = {
    'queued': _('Queued'),
    'cancelling': _('Cancelling'),
    'preparing': _('Preparing'),
    'reading': _('Reading'),
    'sending': _('Sending'),
    'verifying': _('Verifying'),
}
# What a user may want to have copied.
_TICKABLE = (MISSING, DIFFERS, FAILED)


@dataclasses.dataclass(frozen=True)
class Cell:
    """What the template shows.

    :ivar site_id: of the column.
    :ivar place: names of image and cloud, for those who hear a cell alone.
    :ivar state: one of those above.
    :ivar tick: what a tick here stands for, None where there is no source.
    :ivar copy: what runs or has failed here, as the service answers it.
    :ivar count: how many images of the content the site has.
    """

    site_id: str
    place: str
    state: str
    tick: ticks.Tick | None = None
    copy: dict[str, Any] | None = None
    count: int = 1

    @property
    def label(self) -> Any:
        if self.state == COPYING and self.copy:
            step = self.copy['phase'] or ''
            if self.copy['state'] != 'copying':
                step = self.copy['state']
            return _PHASES.get(step, LABELS[COPYING])
        return LABELS[self.state]

    @property
    def hint(self) -> Any:
        """Say more: for a failure, what the site answered."""
        if self.copy and self.copy['error']:
            return self.copy['error']['detail']
        return HINTS.get(self.state, '')

    @property
    def icon(self) -> str:
        return ICONS[self.state]

    @property
    def tickable(self) -> bool:
        return self.tick is not None and self.state in _TICKABLE


def make(
    site_id: str,
    place: str,
    presences: Sequence[dict[str, Any]],
    listed: bool,
    alone: bool,
    tick: ticks.Tick | None,
) -> Cell:
    """Show what a site has, and the latest copy to it.

    :param place: names of image and cloud.
    :param presences: the images there that belong to the row.
    :param listed: whether the site has ever told what it has.
    :param alone: whether a single site has the image.
    """
    if not presences:
        return Cell(site_id, place, UNKNOWN, tick)
    first = presences[0]
    state, copy = first['state'], first['copy']
    if state == IN_SYNC:
        state = _here(presences, alone)
    if state != COPYING and copy and copy['state'] == 'error':
        state = FAILED
    elif state == UNVERIFIABLE and not listed:
        state = UNKNOWN
    return Cell(
        site_id,
        place,
        state if state in LABELS else UNKNOWN,
        tick,
        copy if state in (COPYING, FAILED) else None,
        len(presences),
    )


def _here(presences: Sequence[dict[str, Any]], alone: bool) -> str:
    """Say how an image is at a site, when its bytes are the right ones."""
    if all(is_deactivated(item) for item in presences):
        return DEACTIVATED
    return HERE if alone else IN_SYNC


def is_deactivated(presence: dict[str, Any]) -> bool:
    """Tell whether nobody may read the data of an image."""
    return bool(presence['status'] == 'deactivated')
