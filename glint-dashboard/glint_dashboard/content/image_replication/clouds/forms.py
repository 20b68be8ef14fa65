# SPDX-License-Identifier: Apache-2.0

"""The forms of clouds."""

from typing import Any
from urllib import parse

from django.core import validators
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from horizon import forms
from horizon import messages

from glint_dashboard import exception
from glint_dashboard import policy
from glint_dashboard.api import site as api

_CA_BYTES = 65536


class CloudForm(forms.SelfHandlingForm):
    """What a site is, new or known."""

    name = forms.CharField(label=_('Name'), max_length=255)
    auth_url = forms.CharField(
        label=_('Keystone address'),
        max_length=1000,
        help_text=_(
            'As auth_url in the clouds.yaml of that cloud, such as '
            'https://keystone.example.org:5000/v3.'
        ),
    )
    region_name = forms.CharField(
        label=_('Region'),
        max_length=255,
        required=False,
        help_text=_('Empty, if the cloud has only one.'),
    )
    interface = forms.ThemableChoiceField(
        label=_('Interface'),
        choices=(
            ('public', _('public')),
            ('internal', _('internal')),
            ('admin', _('admin')),
        ),
        help_text=_('Which of the addresses in its catalog to use.'),
    )
    description = forms.CharField(
        label=_('Description'),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={'rows': 2}),
    )
    ca_cert = forms.FileField(
        label=_('CA certificates'),
        required=False,
        help_text=_(
            'A file in PEM, where the certificates of the cloud are not '
            'signed by a public authority.'
        ),
    )
    enabled = forms.BooleanField(
        label=_('Enabled'), required=False, initial=True
    )
    shared = forms.BooleanField(
        label=_('Shared with all projects'), required=False
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any):
        super().__init__(request, *args, **kwargs)
        if not policy.allows(request, 'site:share'):
            del self.fields['shared']

    def clean_auth_url(self) -> str:
        url = str(self.cleaned_data['auth_url']).strip()
        parts = parse.urlsplit(url)
        if parts.scheme not in ('http', 'https') or not parts.netloc:
            raise validators.ValidationError(
                _('This is no address that begins with http:// or https://.')
            )
        return url

    def clean_ca_cert(self) -> str | None:
        upload = self.cleaned_data['ca_cert']
        if not upload:
            return None
        if upload.size > _CA_BYTES:
            raise validators.ValidationError(
                _('The file is larger than 64 KiB.')
            )
        try:
            text: str = upload.read().decode('ascii')
        except UnicodeDecodeError:
            raise validators.ValidationError(
                _(
                    'The file is not in PEM: it contains bytes that are not '
                    'ASCII.'
                )
            ) from None
        return text

    def _values(self, data: dict[str, Any]) -> dict[str, Any]:
        """Make the body of a call of what the form has."""
        values = {name: data[name] for name in self.fields if name in data}
        for name in ('region_name', 'description'):
            values[name] = values[name] or None
        return values

    def handle(self, request: HttpRequest, data: dict[str, Any]) -> Any:
        try:
            return self.save(request, data)
        except exception.ServiceError as error:
            self.api_error(str(error))
            return False

    def save(self, request: HttpRequest, data: dict[str, Any]) -> Any:
        raise NotImplementedError


class CreateForm(CloudForm):
    """Adds a cloud."""

    def save(self, request: HttpRequest, data: dict[str, Any]) -> Any:
        site = api.create(request, **self._values(data))
        messages.success(
            request,
            _('Cloud %s is added. Add a credential for it next.')
            % site['name'],
        )
        return site


class UpdateForm(CloudForm):
    """Changes a cloud."""

    remove_ca_cert = forms.BooleanField(
        label=_('Remove the CA certificates'), required=False
    )
    field_order = (
        'name',
        'auth_url',
        'region_name',
        'interface',
        'description',
        'ca_cert',
        'remove_ca_cert',
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any):
        super().__init__(request, *args, **kwargs)
        self._site = self.initial['site']
        if not self._site['ca_cert']:
            del self.fields['remove_ca_cert']

    def save(self, request: HttpRequest, data: dict[str, Any]) -> Any:
        values = self._values(data)
        remove = values.pop('remove_ca_cert', False)
        if values['ca_cert'] is None and not remove:
            del values['ca_cert']
        site = api.update(request, self._site['id'], **values)
        messages.success(request, _('Cloud %s is changed.') % site['name'])
        return site
