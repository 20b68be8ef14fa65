# SPDX-License-Identifier: Apache-2.0

"""The pages of operators."""

from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import base
from horizon import exceptions
from horizon import messages
from horizon import tables
from openstack_dashboard import api as openstack

from glint_dashboard import exception
from glint_dashboard.api import site as site_api
from glint_dashboard.content.admin_image_replication import (
    tables as admin_tables,
)
from glint_dashboard.content.image_replication.clouds import (
    views as cloud_views,
)
from glint_dashboard.content.image_replication.replications import (
    views as replication_views,
)

_BASE = 'horizon:admin:image_replication'
_CLOUDS = reverse_lazy(f'{_BASE}:clouds')
_ALL = {'all_projects': 'true'}


class _TabMixin(base.ContextMixin):
    """A page that is one of the two tabs.

    :cvar page: its address.
    """

    page: str

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context['tabs'] = [
            {
                'title': title,
                'url': reverse(f'{_BASE}:{page}'),
                'current': page == self.page,
            }
            for page, title in (
                ('index', _('Replications')),
                ('clouds', _('Clouds')),
            )
        ]
        return context


def _add_projects(
    request: HttpRequest, found: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Name the projects that things belong to."""
    names = {}
    try:
        projects, _more = openstack.keystone.tenant_list(request)
        names = {project.id: project.name for project in projects}
    except Exception:
        exceptions.handle(request, _('The projects cannot be listed.'))
    for item in found:
        project = item['project_id']
        item['project_name'] = names.get(project, project) or ''
    return found


def _add_users(
    request: HttpRequest, found: list[dict[str, Any]]
) -> list[dict[str, Any]]:
    """Name the users of other projects, of whom Keystone still knows."""
    names = {item['user_id']: item['user_name'] for item in found}
    for user_id in [each for each, name in names.items() if not name]:
        try:
            user = openstack.keystone.user_get(request, user_id)
            names[user_id] = user.name
        except Exception:
            exceptions.handle(request, ignore=True)
    for item in found:
        item['user_name'] = names[item['user_id']]
    return found


class ReplicationsView(_TabMixin, replication_views.ListView):
    """The replications of all projects."""

    page = 'index'
    template_name = 'image_replication/admin_replications.html'
    query = _ALL

    def get_data(self) -> list[dict[str, Any]]:
        found = _add_users(self.request, super().get_data())
        return _add_projects(self.request, found)


class LiveView(replication_views.LiveView):
    """The rows of running replications of all projects."""

    def add_names(
        self, request: HttpRequest, found: list[dict[str, Any]]
    ) -> None:
        super().add_names(request, found)
        _add_users(request, found)
        _add_projects(request, found)


class CloudsView(_TabMixin, tables.DataTableView):
    """The clouds of all projects."""

    page = 'clouds'
    table_class = admin_tables.CloudsTable
    template_name = 'image_replication/admin_clouds.html'
    page_title = _('Clouds')

    def get_data(self) -> list[dict[str, Any]]:
        try:
            sites = site_api.index(self.request, all_projects=True)
        except exception.ServiceError as error:
            messages.error(self.request, str(error))
            return []
        return _add_projects(self.request, sites)


class CreateView(cloud_views.CreateView):
    """Add a cloud, for all projects unless the operator says otherwise."""

    success_url = _CLOUDS
    submit_url = reverse_lazy(f'{_BASE}:create')

    def get_initial(self) -> dict[str, Any]:
        return {'shared': True}


class UpdateView(cloud_views.UpdateView):
    """Change a cloud."""

    success_url = _CLOUDS
    page = f'{_BASE}:update'
