# SPDX-License-Identifier: Apache-2.0

"""The states as words."""

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

STATES = {
    'queued': pgettext_lazy('state of a replication', 'Queued'),
    'copying': pgettext_lazy('state of a replication', 'Copying'),
    'cancelling': pgettext_lazy('state of a replication', 'Cancelling'),
    'completed': pgettext_lazy('state of a replication', 'Completed'),
    'error': pgettext_lazy('state of a replication', 'Failed'),
    'cancelled': pgettext_lazy('state of a replication', 'Cancelled'),
    'stopped': pgettext_lazy('state of an attempt', 'Stopped'),
}
PHASES = {
    'preparing': _('preparing'),
    'reading': _('reading'),
    'sending': _('sending'),
    'verifying': _('verifying'),
}
OUTCOMES = {
    'copied': _('copied'),
    'adopted': _('adopted: the same bytes were there already'),
    'skipped': _('skipped: another image has the name'),
}
ICONS = {
    'queued': 'fa-clock-o',
    'copying': 'fa-refresh',
    'cancelling': 'fa-hourglass-half',
    'completed': 'fa-check',
    'error': 'fa-exclamation-triangle',
    'cancelled': 'fa-ban',
    'stopped': 'fa-pause',
}
ACTIVE = ('queued', 'copying', 'cancelling')
