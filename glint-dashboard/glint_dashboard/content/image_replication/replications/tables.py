# SPDX-License-Identifier: Apache-2.0

"""The table of replications."""

from typing import Any

from django import urls
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
from glint_dashboard.content import size
from glint_dashboard.content.image_replication.replications import words

Replication = dict[str, Any]


class _Action:
    """An action that a rule allows for replications in some states.

    :cvar states: these.
    """

    states: tuple[str, ...]

    def allowed(
        self, request: HttpRequest, replication: Replication | None = None
    ) -> bool:
        return replication is None or replication['state'] in self.states


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


def _detail(replication: Replication) -> str:
    return str(
        urls.reverse(
            'horizon:project:image_replication:replications:detail',
            args=[replication['id']],
        )
    )


def _state(replication: Replication) -> Any:
    return loader.render_to_string(
        'image_replication/_state.html',
        {
            'icon': words.ICONS[replication['state']],
            'label': words.STATES[replication['state']],
        },
    )


def _progress(replication: Replication) -> Any:
    return loader.render_to_string(
        'image_replication/_progress.html',
        {'percent': replication['progress']},
    )


def _copies(replication: Replication) -> Any:
    summary = replication['copies_summary']
    text = _('%(done)d of %(total)d')
    return text % {'done': summary['completed'], 'total': summary['total']}


class LiveRow(tables.Row):
    """A row that live.js finds."""

    def load_cells(self, datum: Any = None) -> None:
        super().load_cells(datum)
        self.attrs['data-live-row'] = f'row/{self.datum["id"]}'


class ReplicationsTable(tables.DataTable):
    image = tables.Column(_image, verbose_name=_('Image'), link=_detail)
    source = tables.Column('source_name', verbose_name=_('From'))
    size = tables.Column('size', verbose_name=_('Size'), filters=(size.text,))
    state = tables.Column(
        _state, verbose_name=pgettext_lazy('of a replication', 'State')
    )
    progress = tables.Column(_progress, verbose_name=_('Progress'))
    copies = tables.Column(_copies, verbose_name=_('Copies completed'))
    created = tables.Column(
        'created_at',
        verbose_name=_('Created'),
        filters=(moment.of_answer,),
    )

    def get_object_id(self, datum: Replication) -> str:
        return str(datum['id'])

    def get_object_display(self, datum: Replication) -> str:
        return _image(datum)

    class Meta(accessible.TableMeta):
        name = 'replications'
        verbose_name = _('Replications')
        row_class = LiveRow
        table_actions = (Filter, Retry, Cancel, Delete)
        row_actions = (Cancel, Retry, Delete)
