# SPDX-License-Identifier: Apache-2.0

"""The table of replications."""

from typing import Any

from django.http import HttpRequest
from django.template import loader
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext_lazy
from django.utils.translation import pgettext_lazy
from horizon import tables

from glint_dashboard import policy
from glint_dashboard.api import replication as api
from glint_dashboard.content import accessible
from glint_dashboard.content import moment
from glint_dashboard.content import refusal
from glint_dashboard.content.image_replication.replications import reason
from glint_dashboard.content.image_replication.replications import words

Replication = dict[str, Any]

_BASE = 'horizon:project:image_replication:replications'


class _Action:
    """An action that a rule allows for replications in some states.

    :cvar states: these.
    """

    states: tuple[str, ...]

    def allowed(
        self, request: HttpRequest, replication: Replication | None = None
    ) -> bool:
        return replication is None or replication['state'] in self.states


class Details(tables.LinkAction):
    name = 'details'
    verbose_name = _('Details')
    url = f'{_BASE}:detail'


class Cancel(_Action, tables.BatchAction):
    name = 'cancel'
    icon = 'ban'
    states = ('queued', 'copying')
    policy_rules = (policy.rule('replication:cancel'),)
    help_text = _('What has not arrived yet is stopped and removed.')

    @staticmethod
    def action_present(count: int) -> Any:
        return ngettext_lazy(
            'Cancel Replication', 'Cancel Replications', count
        )

    @staticmethod
    def action_past(count: int) -> Any:
        return ngettext_lazy(
            'Cancelled Replication', 'Cancelled Replications', count
        )

    def action(self, request: HttpRequest, datum_id: str) -> None:
        with refusal.told(request):
            api.cancel(request, datum_id)


class Retry(_Action, tables.BatchAction):
    name = 'retry'
    icon = 'repeat'
    states = ('error', 'cancelled')
    policy_rules = (policy.rule('replication:retry'),)

    @staticmethod
    def action_present(count: int) -> Any:
        return ngettext_lazy('Retry Replication', 'Retry Replications', count)

    @staticmethod
    def action_past(count: int) -> Any:
        return ngettext_lazy(
            'Retried Replication', 'Retried Replications', count
        )

    def action(self, request: HttpRequest, datum_id: str) -> None:
        with refusal.told(request):
            api.retry(request, datum_id)


class Delete(_Action, tables.DeleteAction):
    states = ('completed', 'error', 'cancelled')
    policy_rules = (policy.rule('replication:delete'),)
    help_text = _('Images that have been copied stay.')

    @staticmethod
    def action_present(count: int) -> Any:
        return ngettext_lazy(
            'Delete Replication', 'Delete Replications', count
        )

    @staticmethod
    def action_past(count: int) -> Any:
        return ngettext_lazy(
            'Deleted Replication', 'Deleted Replications', count
        )

    def delete(self, request: HttpRequest, obj_id: str) -> None:
        with refusal.told(request):
            api.delete(request, obj_id)


class Filter(tables.FilterAction):
    filter_type = 'server'
    filter_choices = (
        ('image_name', _('Image ='), True),
        (
            'state',
            _('State ='),
            True,
            _('queued, copying, cancelling, completed, error or cancelled'),
        ),
    )


def _image(replication: Replication) -> str:
    return str(replication['image_name'] or replication['image_id'])


def _cell(name: str, **values: Any) -> Any:
    return loader.render_to_string(
        f'image_replication/_list_{name}.html', values
    )


def _image_cell(replication: Replication) -> Any:
    return _cell('image', replication=replication, image=_image(replication))


def _clouds_cell(replication: Replication) -> Any:
    return _cell('clouds', replication=replication)


def _state_cell(replication: Replication) -> Any:
    state = replication['state']
    return _cell(
        'state',
        replication=replication,
        icon=words.ICONS[state],
        label=words.STATES[state],
        active=state in words.ACTIVE,
        reasons=reason.of_replication(replication),
    )


def _created_cell(replication: Replication) -> Any:
    return _cell(
        'created',
        replication=replication,
        created=moment.parse(replication['created_at']),
    )


class LiveRow(tables.Row):
    """A row that live.js finds."""

    def load_cells(self, datum: Any = None) -> None:
        super().load_cells(datum)
        self.attrs['data-live-row'] = f'row/{self.datum["id"]}'
        self.attrs['data-watch'] = self.datum['id']


class ReplicationsTable(tables.DataTable):
    image = tables.Column(_image_cell, verbose_name=_('Image'))
    clouds = tables.Column(_clouds_cell, verbose_name=_('From and to'))
    state = tables.Column(
        _state_cell, verbose_name=pgettext_lazy('of a replication', 'State')
    )
    created = tables.Column(_created_cell, verbose_name=_('Asked for by'))

    def get_object_id(self, datum: Replication) -> str:
        return str(datum['id'])

    def get_object_display(self, datum: Replication) -> str:
        return _image(datum)

    class Meta(accessible.TableMeta):
        name = 'replications'
        verbose_name = _('Replications')
        row_class = LiveRow
        table_actions = (Filter, Retry, Cancel, Delete)
        row_actions = (Details, Cancel, Retry, Delete)
