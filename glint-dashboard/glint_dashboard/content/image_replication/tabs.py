# SPDX-License-Identifier: Apache-2.0

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
