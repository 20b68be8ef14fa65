# SPDX-License-Identifier: Apache-2.0

"""The pages of the tab Clouds."""

from typing import Any

from django.http import HttpRequest
from django.http import HttpResponse
from django.urls import reverse
from django.urls import reverse_lazy
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators import debug
from horizon import exceptions
from horizon import forms
from horizon import messages
from horizon import tables

from glint_dashboard import exception
from glint_dashboard import policy
from glint_dashboard.api import credential as credential_api
from glint_dashboard.api import site as site_api
from glint_dashboard.content.image_replication import tabs
from glint_dashboard.content.image_replication.clouds import credential_form
from glint_dashboard.content.image_replication.clouds import (
    forms as cloud_forms,
)
from glint_dashboard.content.image_replication.clouds import (
    tables as cloud_tables,
)

_BASE = 'horizon:project:image_replication:clouds'
_INDEX = reverse_lazy(f'{_BASE}:index')


class IndexView(tabs.TabMixin, tables.MultiTableView):
    """The clouds and the credentials."""

    tab = tabs.CLOUDS
    table_classes = (
        cloud_tables.CloudsTable,
        cloud_tables.CredentialsTable,
    )
    template_name = 'image_replication/clouds.html'
    page_title = gettext_lazy('Clouds')

    def dispatch(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        self._sites = self._ask(site_api.index)
        self._credentials = self._ask(credential_api.index)
        response: HttpResponse = super().dispatch(request, **kwargs)
        return response

    def _ask(self, call: Any) -> list[dict[str, Any]]:
        try:
            found: list[dict[str, Any]] = call(self.request)
        except exception.ServiceError as error:
            messages.error(self.request, str(error))
            return []
        return found

    def get_clouds_data(self) -> list[dict[str, Any]]:
        counts: dict[str, int] = {}
        for item in self._credentials:
            counts[item['site_id']] = counts.get(item['site_id'], 0) + 1
        return [
            {
                **site,
                'credentials': counts.get(site['id'], 0),
                'credential': counts.get(site['id']) or _('none'),
            }
            for site in self._sites
        ]

    def get_credentials_data(self) -> list[dict[str, Any]]:
        names = {site['id']: site['name'] for site in self._sites}
        return [
            {**item, 'site_name': names.get(item['site_id'], item['site_id'])}
            for item in self._credentials
        ]


class CloudView(forms.ModalFormView):
    """A form about a cloud.

    :cvar rule: what the user must be allowed to do.
    """

    rule = ''
    template_name = 'image_replication/cloud_form.html'
    success_url = _INDEX

    def dispatch(
        self, request: HttpRequest, *args: Any, **kwargs: Any
    ) -> HttpResponse:
        if not policy.allows(request, self.rule):
            raise exceptions.NotAuthorized
        response: HttpResponse = super().dispatch(request, *args, **kwargs)
        return response


class CreateView(CloudView):
    """Add a cloud."""

    rule = 'site:create'
    form_class = cloud_forms.CreateForm
    form_id = 'create_cloud'
    modal_header = page_title = gettext_lazy('Add Cloud')
    submit_label = gettext_lazy('Add Cloud')
    submit_url = reverse_lazy(f'{_BASE}:create')


class UpdateView(CloudView):
    """Change a cloud.

    :cvar page: the address of this form.
    """

    rule = 'site:update'
    form_class = cloud_forms.UpdateForm
    form_id = 'update_cloud'
    modal_header = page_title = gettext_lazy('Edit Cloud')
    submit_label = gettext_lazy('Save')
    page = f'{_BASE}:update'

    def get_initial(self) -> dict[str, Any]:
        try:
            site = site_api.get(self.request, str(self.kwargs['site_id']))
        except exception.ServiceError as error:
            messages.error(self.request, str(error))
            raise exceptions.Http302(str(_INDEX)) from None
        shown = ('name', 'auth_url', 'region_name', 'interface')
        flags = ('description', 'enabled', 'shared')
        return {'site': site} | {name: site[name] for name in (*shown, *flags)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        context['submit_url'] = reverse(
            self.page, args=[self.kwargs['site_id']]
        )
        return context


@method_decorator(
    debug.sensitive_post_parameters(*credential_form.SECRETS),
    name='dispatch',
)
class CreateCredentialView(CloudView):
    """Add a credential."""

    rule = 'credential:create'
    template_name = 'image_replication/credential_form.html'
    form_class = credential_form.CreateForm
    form_id = 'create_credential'
    modal_header = page_title = gettext_lazy('Add Credential')
    submit_label = gettext_lazy('Check and Add')
    submit_url = reverse_lazy(f'{_BASE}:create_credential')

    def get_initial(self) -> dict[str, Any]:
        try:
            sites = site_api.index(self.request)
        except exception.ServiceError as error:
            messages.error(self.request, str(error))
            raise exceptions.Http302(str(_INDEX)) from None
        return {
            'sites': [
                (site['id'], site['name'])
                for site in sites
                if not site['home']
            ],
            'addresses': {site['id']: site['auth_url'] for site in sites},
            'site_id': str(self.kwargs.get('site_id', '')),
            'name': self.request.user.username,
        }
