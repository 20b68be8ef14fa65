# SPDX-License-Identifier: Apache-2.0

"""The form of a credential."""

from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from django.views.decorators import debug
from horizon import forms
from horizon import messages

from glint_dashboard import exception
from glint_dashboard.api import credential as api
from glint_dashboard.content.image_replication.clouds import clouds_yaml

#: Not a type of the API: the file tells which one it is.
_FILE = 'clouds_yaml'
_TYPES = (
    ('v3applicationcredential', _('Application credential')),
    (_FILE, _('A clouds.yaml file')),
    ('v3password', _('User name and password')),
    ('v3oidcclientcredentials', _('OpenID Connect client')),
)
# The fields of each type; those in the second line may be left empty.
_FIELDS: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    'v3applicationcredential': (
        ('application_credential_id', 'application_credential_secret'),
        (),
    ),
    _FILE: (('clouds_yaml',), ('cloud',)),
    'v3password': (
        (
            'username',
            'user_domain_name',
            'password',
            'project_name',
            'project_domain_name',
        ),
        (),
    ),
    'v3oidcclientcredentials': (
        (
            'identity_provider',
            'protocol',
            'discovery_endpoint',
            'client_id',
            'client_secret',
            'project_name',
            'project_domain_name',
        ),
        ('scope',),
    ),
}
SECRETS = ('application_credential_secret', 'password', 'client_secret')


def _switched(name: str, label: Any) -> dict[str, Any]:
    """Show a field for the types that have it."""
    attributes = {'class': 'switched', 'data-switch-on': 'auth_type'}
    for kind, fields in _FIELDS.items():
        if name in (*fields[0], *fields[1]):
            attributes[f'data-auth_type-{kind}'] = str(label)
    if name in SECRETS:
        attributes['autocomplete'] = 'new-password'
    return attributes


class _Value(forms.CharField):
    """A field that belongs to some types."""

    def __init__(self, name: str, label: Any, **kwargs: Any) -> None:
        # A secret is not put into the page again after an error.
        kind = forms.PasswordInput if name in SECRETS else forms.TextInput
        super().__init__(
            label=label,
            required=False,
            strip=name not in SECRETS,
            widget=kind(attrs=_switched(name, label)),
            **kwargs,
        )


class CreateForm(forms.SelfHandlingForm):
    """Adds a credential; the service tries it first."""

    site_id = forms.ThemableChoiceField(label=_('Cloud'))
    name = forms.CharField(label=_('Name'), max_length=255)
    auth_type = forms.ThemableChoiceField(
        label=_('Type'),
        choices=_TYPES,
        widget=forms.ThemableSelectWidget(
            attrs={'class': 'switchable', 'data-slug': 'auth_type'}
        ),
    )
    application_credential_id = _Value('application_credential_id', _('ID'))
    application_credential_secret = _Value(
        'application_credential_secret', _('Secret')
    )
    clouds_yaml = forms.FileField(
        label=_('File'),
        required=False,
        widget=forms.FileInput(attrs=_switched('clouds_yaml', _('File'))),
    )
    cloud = _Value(
        'cloud',
        _('Cloud in the file'),
        help_text=_('Empty, if the file has only one.'),
    )
    identity_provider = _Value('identity_provider', _('Identity provider'))
    protocol = _Value('protocol', _('Protocol'))
    discovery_endpoint = _Value('discovery_endpoint', _('Discovery endpoint'))
    client_id = _Value('client_id', _('Client ID'))
    client_secret = _Value('client_secret', _('Client secret'))
    scope = _Value('scope', _('Scope'))
    username = _Value('username', _('User name'))
    user_domain_name = _Value(
        'user_domain_name', _('Domain of the user'), initial='Default'
    )
    password = _Value('password', _('Password'))
    project_name = _Value('project_name', _('Project'))
    project_domain_name = _Value(
        'project_domain_name', _('Domain of the project'), initial='Default'
    )
    shared = forms.BooleanField(
        label=_('Let the members of the project use it'), required=False
    )

    def __init__(self, request: HttpRequest, *args: Any, **kwargs: Any):
        super().__init__(request, *args, **kwargs)
        self.fields['site_id'].choices = self.initial['sites']

    @debug.sensitive_variables()
    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean()
        needed, optional = _FIELDS.get(data.get('auth_type', ''), ((), ()))
        for name in needed:
            if not data.get(name) and name not in self.errors:
                self.add_error(name, _('This field is required.'))
        data['auth'] = {
            name: data[name] for name in (*needed, *optional) if data.get(name)
        }
        if data.get('auth_type') == _FILE and data.get('clouds_yaml'):
            self._read_file(data)
        return data

    @debug.sensitive_variables()
    def _read_file(self, data: dict[str, Any]) -> None:
        """Replace the file by what it tells."""
        upload = data['clouds_yaml']
        address = self.initial['addresses'].get(data.get('site_id'), '')
        try:
            if upload.size > clouds_yaml.MOST_BYTES:
                raise exception.InputError(
                    _('The file is larger than 64 KiB.')
                )
            data['auth_type'], data['auth'] = clouds_yaml.credential(
                upload.read(), data.get('cloud', ''), address
            )
        except exception.InputError as error:
            self.add_error('clouds_yaml', str(error))

    @debug.sensitive_variables()
    def handle(self, request: HttpRequest, data: dict[str, Any]) -> Any:
        try:
            credential = api.create(
                request,
                site_id=data['site_id'],
                name=data['name'],
                auth_type=data['auth_type'],
                auth=data['auth'],
                shared=data['shared'],
            )
        except exception.ServiceError as error:
            self.api_error(str(error))
            return False
        if credential['state'] == 'ok':
            text = _('Credential %s works and is added.')
        else:
            text = _(
                'Credential %s is added. It could not be checked yet: check '
                'it later.'
            )
        messages.success(request, text % credential['name'])
        return credential
