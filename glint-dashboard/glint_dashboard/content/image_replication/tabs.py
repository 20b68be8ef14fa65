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

"""The tabs of the panel: a page each, with an address of its own.

So a page asks the service for no more than it shows, and can be linked to.
"""

from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import base

_BASE = 'horizon:project:image_replication'

IMAGES = 'images'
REPLICATIONS = 'replications'
CLOUDS = 'clouds'

_TABS = (
    (IMAGES, _('Images across clouds'), f'{_BASE}:index'),
    (REPLICATIONS, _('Replications'), f'{_BASE}:replications:index'),
    (CLOUDS, _('Clouds'), f'{_BASE}:clouds:index'),
)


class TabMixin(base.ContextMixin):
    """A page that is one of the tabs.

    :cvar tab: which of them.
    """

    tab: str

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context['tabs'] = [
            {'title': title, 'url': reverse(url), 'current': slug == self.tab}
            for slug, title, url in _TABS
        ]
        return context
