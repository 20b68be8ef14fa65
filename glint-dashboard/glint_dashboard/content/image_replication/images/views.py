# SPDX-License-Identifier: Apache-2.0

"""The page with the matrix."""

from concurrent import futures
from typing import Any

from django.core import paginator
from django.http import HttpRequest
from django.template import loader
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from horizon import messages
from horizon import views
from horizon.utils import functions

from glint_dashboard import exception
from glint_dashboard import policy
from glint_dashboard.api import image as api
from glint_dashboard.content import live
from glint_dashboard.content.image_replication import tabs
from glint_dashboard.content.image_replication.images import cell as cells
from glint_dashboard.content.image_replication.images import matrix
from glint_dashboard.content.image_replication.images import plan

_CELL = 'image_replication/_cell.html'
_WATCHABLE = ('os_hash_value', 'checksum')
_MOST_WATCHED = 100
_THREADS = 8


class IndexView(tabs.TabMixin, views.HorizonTemplateView):
    """Rows of images, columns of sites."""

    tab = tabs.IMAGES
    template_name = 'image_replication/images.html'
    page_title = _('Image Replication')

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context['allowed'] = allowed(self.request)
        try:
            context |= self._matrix()
        except exception.ServiceError as error:
            messages.error(self.request, str(error))
        return context

    def _matrix(self) -> dict[str, Any]:
        given = self.request.GET
        image = given.get('image', '')
        across, everything = self._ask('refresh' in given, image)
        search = given.get('search', '').strip()
        lacking = 'lacking' in given
        rows = [
            row
            for row in everything
            if search.lower() in f'{row.name} {row.digest}'.lower()
            and (row.lacking or not lacking)
            and (not image or image in row.image_ids)
        ]
        pages = paginator.Paginator(
            rows, functions.get_page_size(self.request)
        )
        page = pages.get_page(given.get('page'))
        if pages.num_pages > 1:
            across = matrix.with_rest(across, rows, plan.MOST)
        arguments = given.copy()
        for name in ('page', 'refresh'):
            arguments.pop(name, None)
        return {
            'columns': across,
            'images': len(everything),
            'page': page,
            'search': search,
            'image': image,
            'lacking': lacking,
            'arguments': arguments.urlencode(),
            'active': any(_active(row) for row in page),
        }

    def _ask(
        self, refresh: bool, image: str
    ) -> tuple[list[matrix.Column], list[matrix.Row]]:
        """Ask for all images.

        :param image: the id of one that has to be among them. It may be
            newer than what the clouds had when they were asked last.
        """
        answer = api.index(self.request, refresh)
        across = matrix.columns(answer)
        rows = matrix.rows(answer, across)
        found = not image or any(image in row.image_ids for row in rows)
        return (across, rows) if found or refresh else self._ask(True, image)


class LiveView(live.LiveView):
    """The rows that something happens in."""

    def news(self, request: HttpRequest, **kwargs: str) -> dict[str, Any]:
        rows = self._rows(request)
        template = loader.get_template(_CELL)
        may = allowed(request)
        return {
            'active': any(_active(row) for row in rows),
            'parts': {
                f'{row.id}/{cell.site_id}': template.render(
                    {'cell': cell, 'allowed': may}, request
                )
                for row in rows
                for cell in row.cells
            },
            'summary': _summary(rows),
        }

    def _rows(self, request: HttpRequest) -> list[matrix.Row]:
        """Ask for the rows with running copies, and those just shown so."""
        answer = api.index(request, state=cells.COPYING)
        running = matrix.rows(answer, matrix.columns(answer))
        known = {row.watch for row in running}
        watched = request.GET.getlist('watch')[:_MOST_WATCHED]
        filters = [
            dict([text.split(':', 1)])
            for text in watched
            if text not in known and text.partition(':')[0] in _WATCHABLE
        ]
        with futures.ThreadPoolExecutor(_THREADS) as pool:
            answers = pool.map(lambda one: api.index(request, **one), filters)
            return running + [
                row
                for found in answers
                for row in matrix.rows(found, matrix.columns(found))
            ]


def allowed(request: HttpRequest) -> dict[str, bool]:
    """Tell what the user may do in a cell."""
    return {
        'replicate': policy.allows(request, 'replication:create'),
        'retry': policy.allows(request, 'copy:retry'),
    }


def _active(row: matrix.Row) -> bool:
    return any(cell.state == cells.COPYING for cell in row.cells)


def _summary(rows: list[matrix.Row]) -> Any:
    found = [cell.state for row in rows for cell in row.cells]
    running = found.count(cells.COPYING)
    failed = found.count(cells.FAILED)
    text = ngettext('%d copy runs.', '%d copies run.', running) % running
    if failed:
        more = ngettext('%d copy failed.', '%d copies failed.', failed)
        text = f'{text} {more % failed}'
    return text
