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
