# SPDX-License-Identifier: Apache-2.0

"""The tables of clouds and of credentials."""

from typing import Any

from django.http import HttpRequest
from django.template import loader
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django.utils.translation import pgettext_lazy
from horizon import messages
from horizon import tables

from glint_dashboard import exception
from glint_dashboard import policy
from glint_dashboard.api import credential as credential_api
from glint_dashboard.api import site as site_api
from glint_dashboard.content import accessible
from glint_dashboard.content import moment
from glint_dashboard.content import refusal

_CLOUDS = 'horizon:project:image_replication:clouds'

_HEALTH = {
    'ok': ('fa-check', _('Answers')),
    'unreachable': ('fa-exclamation-triangle', _('Does not answer')),
    'unknown': ('fa-question', _('Not asked yet')),
}
_STATES = {
    'ok': ('fa-check', _('Works')),
    'unauthorized': ('fa-exclamation-triangle', _('Refused by the cloud')),
    'unreachable': ('fa-exclamation-triangle', _('Cloud does not answer')),
    'unknown': ('fa-question', _('Not checked yet')),
}
_TYPES = {
    'v3applicationcredential': _('Application credential'),
    'v3password': _('Password'),
    'v3oidcclientcredentials': _('OpenID Connect client'),
    'trust': _('Trust, made by the service'),
}


def may_change(request: HttpRequest, rule: str, site: dict[str, Any]) -> bool:
    """Tell whether the user may change or delete a site.

    :param rule: ``site:update`` or ``site:delete``.
    """
    if site['home']:
        return False
    if site['shared'] and not policy.allows(request, 'site:share'):
        return False
    target = {'project_id': site['project_id']}
    return policy.allows(request, rule, target)


class CreateCloud(tables.LinkAction):
    name = 'create'
    verbose_name = _('Add Cloud')
    url = f'{_CLOUDS}:create'
    classes = ('ajax-modal',)
    icon = 'plus'
    policy_rules = (policy.rule('site:create'),)


class UpdateCloud(tables.LinkAction):
    name = 'update'
    verbose_name = _('Edit Cloud')
    url = f'{_CLOUDS}:update'
    classes = ('ajax-modal',)
    icon = 'pencil'

    def allowed(self, request: HttpRequest, site: Any = None) -> bool:
        return may_change(request, 'site:update', site)


class DeleteCloud(tables.DeleteAction):
    help_text = _(
        'All credentials for the clouds are deleted with them, those of other '
        'users, too. Images that have been copied there stay.'
    )

    @staticmethod
    def action_present(count: int) -> Any:
        return ngettext_lazy('Delete Cloud', 'Delete Clouds', count)

    @staticmethod
    def action_past(count: int) -> Any:
        return ngettext_lazy('Deleted Cloud', 'Deleted Clouds', count)

    def allowed(self, request: HttpRequest, site: Any = None) -> bool:
        if site is None:
            return policy.allows(request, 'site:delete')
        return may_change(request, 'site:delete', site)

    def update(self, request: HttpRequest, datum: Any) -> None:
        """Say how many credentials go with a cloud, if any are known."""
        # Operators are shown none.
        count = datum.get('credentials')
        if not count:
            return
        told = ngettext_lazy(
            'The %d credential for the cloud that you see is deleted with it, '
            'and so are those of other users. Images that have been copied '
            'there stay.',
            'The %d credentials for the cloud that you see are deleted with '
            'it, and so are those of other users. Images that have been '
            'copied there stay.',
            count,
        )
        self.help_text = told % count

    def delete(self, request: HttpRequest, obj_id: str) -> None:
        with refusal.told(request):
            site_api.delete(request, obj_id)


class AddCredentialFor(tables.LinkAction):
    name = 'credential'
    verbose_name = _('Add Credential')
    url = f'{_CLOUDS}:create_credential_for'
    classes = ('ajax-modal',)
    icon = 'key'
    policy_rules = (policy.rule('credential:create'),)

    def allowed(self, request: HttpRequest, site: Any = None) -> bool:
        return not site['home']


def _badge(icon: str, label: Any, detail: str | None, since: Any) -> Any:
    return loader.render_to_string(
        'image_replication/_badge.html',
        {'icon': icon, 'label': label, 'detail': detail, 'since': since},
    )


def _name(site: dict[str, Any]) -> Any:
    return loader.render_to_string(
        'image_replication/_list_cloud.html', {'site': site}
    )


def _health(site: dict[str, Any]) -> Any:
    health = site['health']
    if not site['enabled']:
        return _badge('fa-pause', _('Disabled'), None, None)
    return _badge(
        *_HEALTH[health['state']],
        health['detail'],
        moment.parse(health['checked_at']),
    )


def _state(credential: dict[str, Any]) -> Any:
    return loader.render_to_string(
        'image_replication/_list_credential.html',
        {
            'badge': _badge(
                *_STATES[credential['state']],
                credential['detail'],
                moment.parse(credential['checked_at']),
            ),
            'expires': moment.parse(credential['expires_at']),
        },
    )


def _owner(site: dict[str, Any]) -> Any:
    if site['home']:
        return _('home cloud')
    if site['shared']:
        return _('all projects')
    # Operators see those of other projects, too.
    return site.get('project_name') or _('this project')


def _credential(site: dict[str, Any]) -> Any:
    return _('not needed') if site['home'] else site['credential']


class CloudsTable(tables.DataTable):
    name = tables.Column(_name, verbose_name=_('Name'))
    health = tables.Column(_health, verbose_name=_('Health'))
    owner = tables.Column(_owner, verbose_name=_('Belongs to'))
    credential = tables.Column(_credential, verbose_name=_('Credential'))

    def get_object_id(self, datum: dict[str, Any]) -> str:
        return str(datum['id'])

    def get_object_display(self, datum: dict[str, Any]) -> str:
        return str(datum['name'])

    class Meta(accessible.TableMeta):
        name = 'clouds'
        verbose_name = _('Clouds')
        table_actions = (CreateCloud, DeleteCloud)
        row_actions: tuple[Any, ...] = (
            AddCredentialFor,
            UpdateCloud,
            DeleteCloud,
        )


class CreateCredential(tables.LinkAction):
    name = 'create_credential'
    verbose_name = _('Add Credential')
    url = f'{_CLOUDS}:create_credential'
    classes = ('ajax-modal',)
    icon = 'plus'
    policy_rules = (policy.rule('credential:create'),)


class CheckCredential(tables.Action):
    name = 'check'
    verbose_name = pgettext_lazy('an action', 'Check')
    requires_input = False
    policy_rules = (policy.rule('credential:check'),)

    def single(self, table: Any, request: HttpRequest, obj_id: str) -> None:
        try:
            credential = credential_api.check(request, obj_id)
        except exception.ServiceError as error:
            messages.error(request, str(error))
            return
        name = credential['name']
        if credential['state'] == 'ok':
            messages.success(request, _('Credential %s works.') % name)
        else:
            messages.error(request, credential['detail'])


class DeleteCredential(tables.DeleteAction):
    @staticmethod
    def action_present(count: int) -> Any:
        return ngettext_lazy('Delete Credential', 'Delete Credentials', count)

    @staticmethod
    def action_past(count: int) -> Any:
        return ngettext_lazy(
            'Deleted Credential', 'Deleted Credentials', count
        )

    def allowed(self, request: HttpRequest, credential: Any = None) -> bool:
        target = credential and {
            'project_id': credential['project_id'],
            'user_id': credential['user_id'],
        }
        return policy.allows(request, 'credential:delete', target)

    def delete(self, request: HttpRequest, obj_id: str) -> None:
        with refusal.told(request):
            credential_api.delete(request, obj_id)


class CredentialsTable(tables.DataTable):
    name = tables.Column('name', verbose_name=_('Name'))
    cloud = tables.Column('site_name', verbose_name=_('Cloud'))
    kind = tables.Column(
        lambda item: _TYPES.get(item['auth_type'], item['auth_type']),
        verbose_name=_('Type'),
    )
    state = tables.Column(_state, verbose_name=_('State'))
    shared = tables.Column(
        lambda item: _('the project') if item['shared'] else _('its user'),
        verbose_name=_('Used by'),
    )

    def get_object_id(self, datum: dict[str, Any]) -> str:
        return str(datum['id'])

    def get_object_display(self, datum: dict[str, Any]) -> str:
        return str(datum['name'])

    class Meta(accessible.TableMeta):
        name = 'credentials'
        verbose_name = _('Credentials')
        table_actions = (CreateCredential, DeleteCredential)
        row_actions = (CheckCredential, DeleteCredential)
