# SPDX-License-Identifier: Apache-2.0

"""The list of replications."""

from typing import Any
import uuid

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from horizon import messages
from horizon import tables
from horizon.utils import functions

from glint_dashboard import exception
from glint_dashboard.api import replication as api
from glint_dashboard.content import live
from glint_dashboard.content.image_replication import tabs
from glint_dashboard.content.image_replication.replications import listing
from glint_dashboard.content.image_replication.replications import (
    tables as replication_tables,
)
from glint_dashboard.content.image_replication.replications import words

_MOST_WATCHED = 100


class ListView(tables.DataTableView):
    """A page of the list.

    :cvar query: restricts or widens what is listed.
    """

    table_class = replication_tables.ReplicationsTable
    page_title = _('Replications')
    query: dict[str, str] = {}

    def get_data(self) -> list[dict[str, Any]]:
        meta = self.table_class._meta
        backwards = self.request.GET.get(meta.prev_pagination_param)
        marker = backwards or self.request.GET.get(meta.pagination_param)
        try:
            found, more = api.page(
                self.request,
                functions.get_page_size(self.request),
                marker,
                bool(backwards),
                **self.query,
                **self.get_filters(),
            )
            found = listing.with_reasons(self.request, found)
            listing.add_user(self.request, found)
        except exception.ServiceError as error:
            messages.error(self.request, str(error))
            found, more = [], False
        self._more = bool(backwards) or more
        self._previous = more if backwards else bool(marker)
        return found

    def get_filters(self) -> dict[str, str]:
        info = self.get_server_filter_info(self.request)
        if info and info['value'] and info['field']:
            return {info['field']: info['value']}
        return {}

    def has_more_data(self, table: Any) -> bool:
        return self._more

    def has_prev_data(self, table: Any) -> bool:
        return self._previous

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context['active'] = any(
            item['state'] in words.ACTIVE for item in self.table.data
        )
        return context


class IndexView(tabs.TabMixin, ListView):
    """The replications of the project."""

    tab = tabs.REPLICATIONS
    template_name = 'image_replication/replications.html'


class LiveView(live.LiveView):
    """The rows of the replications that a page has seen running."""

    def news(self, request: HttpRequest, **kwargs: str) -> dict[str, Any]:
        watched = request.GET.getlist('watch')[:_MOST_WATCHED]
        found = listing.details(request, filter(_is_id, watched))
        self.add_names(request, found)
        table = replication_tables.ReplicationsTable(request, data=found)
        return {
            'active': any(item['state'] in words.ACTIVE for item in found),
            'parts': {
                row.attrs['data-live-row']: row.render()
                for row in table.get_rows()
            },
            'summary': '',
        }

    def add_names(
        self, request: HttpRequest, found: list[dict[str, Any]]
    ) -> None:
        listing.add_user(request, found)


def _is_id(text: str) -> bool:
    """Tell whether a text is an id, and not a part of an address."""
    try:
        uuid.UUID(text)
    except ValueError:
        return False
    return True
