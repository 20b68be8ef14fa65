# SPDX-License-Identifier: Apache-2.0

"""The list of replications."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from horizon import messages
from horizon import tables
from horizon.utils import functions

from glint_dashboard import exception
from glint_dashboard.api import replication as api
from glint_dashboard.api import site as site_api
from glint_dashboard.content import live
from glint_dashboard.content.image_replication import tabs
from glint_dashboard.content.image_replication.replications import (
    tables as replication_tables,
)
from glint_dashboard.content.image_replication.replications import words

_MOST = 100


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
            add_sources(self.request, found, bool(self.query))
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
    """The rows of the newest replications.

    :cvar table_class: the table that they are rows of.
    :cvar query: as that of the list.
    """

    table_class = replication_tables.ReplicationsTable
    query: dict[str, str] = {}

    def news(self, request: HttpRequest, **kwargs: str) -> dict[str, Any]:
        found = api.page(request, _MOST, None, False, **self.query)[0]
        self.complete(request, found)
        table = self.table_class(request, data=found)
        return {
            'active': any(item['state'] in words.ACTIVE for item in found),
            'parts': {
                row.attrs['data-live-row']: row.render()
                for row in table.get_rows()
            },
            'summary': '',
        }

    def complete(
        self, request: HttpRequest, found: list[dict[str, Any]]
    ) -> None:
        """Add what the table shows beside what the service answers."""
        add_sources(request, found, bool(self.query))


def add_sources(
    request: HttpRequest,
    replications: list[dict[str, Any]],
    all_projects: bool,
) -> None:
    """Name the sites that replications read from."""
    names = {
        site['id']: site['name']
        for site in site_api.index(request, all_projects)
    }
    for item in replications:
        source = item['source_site_id']
        item['source_name'] = names.get(source, source)
