# SPDX-License-Identifier: Apache-2.0

"""One replication, one of its copies, and what can be done with them."""

from collections.abc import Callable
from typing import Any

from django import shortcuts
from django.http import HttpRequest
from django.http import HttpResponse
from django.template import loader
from django.urls import reverse
from django.utils import http
from django.utils.translation import gettext_lazy as _
from django.views import generic
from horizon import exceptions
from horizon import messages
from horizon import views

from glint_dashboard import exception
from glint_dashboard import policy
from glint_dashboard.api import replication as api
from glint_dashboard.content import live
from glint_dashboard.content import moment
from glint_dashboard.content.image_replication import tabs
from glint_dashboard.content.image_replication.replications import reason
from glint_dashboard.content.image_replication.replications import words

_BASE = 'horizon:project:image_replication:replications'
_RUNNING = ('queued', 'copying')
_RETRYABLE = ('error', 'cancelled')
#: For what a queued copy waits that a retry does something about.
_PARKED = ('credential_refused', 'site_silent')

# The call for each act, the rule for it, and what is said afterwards.
_ACTS: dict[str, tuple[Callable[..., None], str, Any]] = {
    'cancel': (
        api.cancel,
        'replication:cancel',
        _('The replication is being cancelled.'),
    ),
    'retry': (
        api.retry,
        'replication:retry',
        _('The replication is tried again.'),
    ),
    'delete': (
        api.delete,
        'replication:delete',
        _('The replication is deleted.'),
    ),
    'cancel_copy': (
        api.cancel_copy,
        'copy:cancel',
        _('The copy is being cancelled.'),
    ),
    'retry_copy': (
        api.retry_copy,
        'copy:retry',
        _('The copy is tried again.'),
    ),
}


class DetailView(tabs.TabMixin, views.HorizonTemplateView):
    """A replication with its copies."""

    tab = tabs.REPLICATIONS
    template_name = 'image_replication/replication.html'
    page_title = _('Replication of {{ replication.image }}')

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        replication = _fetch(self.request, kwargs['replication_id'])
        return super().get_context_data(
            **kwargs, **_context(self.request, replication)
        )


class LiveView(live.LiveView):
    """What changes on the page of a replication."""

    def news(self, request: HttpRequest, **kwargs: str) -> dict[str, Any]:
        replication = api.get(request, kwargs['replication_id'])
        context = _context(request, replication)
        parts = {
            name: loader.render_to_string(
                f'image_replication/_{name}.html', context, request
            )
            for name in ('summary', 'copies')
        }
        return {
            'active': context['active'],
            'parts': parts,
            'summary': f'{words.STATES[replication["state"]]}: '
            f'{replication["progress"]} %',
        }


class CopyView(tabs.TabMixin, views.HorizonTemplateView):
    """A copy with the history of its attempts."""

    tab = tabs.REPLICATIONS
    template_name = 'image_replication/copy.html'
    page_title = _('Copy of {{ replication.image }} to {{ copy.target }}')

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        ids = (kwargs['replication_id'], kwargs['copy_id'])
        replication = _fetch(self.request, ids[0])
        try:
            copy = api.copy(self.request, *ids)
        except exception.ServiceError as error:
            messages.error(self.request, str(error))
            raise exceptions.Http302(
                reverse(f'{_BASE}:detail', args=ids[:1])
            ) from None
        return super().get_context_data(
            **kwargs, **_copy_context(self.request, replication, copy)
        )


class CopyLiveView(live.LiveView):
    """What changes on the page of a copy."""

    def news(self, request: HttpRequest, **kwargs: str) -> dict[str, Any]:
        replication = api.get(request, kwargs['replication_id'])
        copy = api.copy(request, kwargs['replication_id'], kwargs['copy_id'])
        context = _copy_context(request, replication, copy)
        part = loader.render_to_string(
            'image_replication/_copy.html', context, request
        )
        shown = context['copy']
        return {
            'active': context['active'],
            'parts': {'copy': part},
            'summary': f'{shown["label"]}: {shown["percent"]} %',
        }


class ActView(generic.View):
    """Does something, and goes back to where it was asked for.

    :cvar act: one of those above.
    """

    act = ''

    def post(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        call, rule, done = _ACTS[self.act]
        if not policy.allows(request, rule):
            raise exceptions.NotAuthorized
        back = request.POST.get('next', '')
        if not http.url_has_allowed_host_and_scheme(back, allowed_hosts=None):
            back = reverse(f'{_BASE}:index')
        try:
            call(request, *map(str, kwargs.values()))
        except exception.ServiceError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, str(done))
            if self.act == 'delete':
                back = reverse(f'{_BASE}:index')
        return shortcuts.redirect(back)


def _fetch(request: HttpRequest, replication_id: Any) -> dict[str, Any]:
    """Ask for a replication; without it, there is only the list to show."""
    try:
        replication: dict[str, Any] = api.get(request, str(replication_id))
    except exception.ServiceError as error:
        messages.error(request, str(error))
        raise exceptions.Http302(reverse(f'{_BASE}:index')) from None
    return replication


def _context(
    request: HttpRequest, replication: dict[str, Any]
) -> dict[str, Any]:
    state = replication['state']
    target = {'project_id': replication['project_id']}
    return {
        'replication': {
            **_describe(replication),
            'image': replication['image_name'] or replication['image_id'],
        },
        'copies': [_copy(item) for item in replication['copies']],
        'active': state in words.ACTIVE,
        'may': {
            'cancel': state in _RUNNING
            and policy.allows(request, 'replication:cancel', target),
            'retry': state in _RETRYABLE
            and policy.allows(request, 'replication:retry', target),
            'delete': state not in words.ACTIVE
            and policy.allows(request, 'replication:delete', target),
            'cancel_copy': policy.allows(request, 'copy:cancel', target),
            'retry_copy': policy.allows(request, 'copy:retry', target),
        },
    }


def _copy_context(
    request: HttpRequest, replication: dict[str, Any], copy: dict[str, Any]
) -> dict[str, Any]:
    return {
        **_context(request, replication),
        'copy': _copy(copy),
        'active': copy['state'] in words.ACTIVE,
        'history': [_describe(attempt) for attempt in copy['history']],
    }


def _copy(copy: dict[str, Any]) -> dict[str, Any]:
    total = copy['bytes_total']
    percent = 100 * copy['bytes_sent'] // total if total else 0
    done = copy['state'] == 'completed'
    waits = copy.get('waits_for', ())
    parked = any(item['reason'] in _PARKED for item in waits)
    return {
        **_describe(copy),
        'target': copy['target_site_name'],
        'phase': words.PHASES.get(copy['phase'], ''),
        'outcome': words.OUTCOMES.get(copy['outcome'], ''),
        'left': moment.duration(copy['eta']),
        'percent': 100 if done else min(99, percent),
        'next_attempt_at': moment.parse(copy['next_attempt_at']),
        'cancellable': copy['state'] in _RUNNING,
        'retryable': copy['state'] in _RETRYABLE or parked,
        'waits': reason.waits(copy),
    }


def _describe(values: dict[str, Any]) -> dict[str, Any]:
    """Put words and times instead of what the service answers."""
    times = ('created_at', 'started_at', 'finished_at')
    return {
        **values,
        'label': words.STATES[values['state']],
        'icon': words.ICONS[values['state']],
        **{name: moment.parse(values.get(name)) for name in times},
    }
