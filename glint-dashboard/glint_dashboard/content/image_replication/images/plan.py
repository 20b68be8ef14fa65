# SPDX-License-Identifier: Apache-2.0

"""From ticks to replications: the plan, and its confirmation."""

from concurrent import futures
from typing import Any
import uuid

from django import shortcuts
from django.http import HttpRequest
from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.utils.translation import ngettext
from django.utils.translation import pgettext_lazy
from django.views import generic
from horizon import exceptions
from horizon import messages
from horizon import views

from glint_dashboard import exception
from glint_dashboard import policy
from glint_dashboard.api import replication as api
from glint_dashboard.api import site as site_api
from glint_dashboard.content.image_replication import tabs
from glint_dashboard.content.image_replication.images import options
from glint_dashboard.content.image_replication.images import ticks

_INDEX = 'horizon:project:image_replication:index'
#: How many images can be planned at once.
MOST = 50
_THREADS = 8

ACTIONS = {
    'copy': pgettext_lazy('what will be done', 'Copy'),
    'adopt': pgettext_lazy('what will be done', 'Adopt'),
    'skip': pgettext_lazy('what will be done', 'Skip'),
    'conflict': pgettext_lazy('what will be done', 'Conflict'),
    'blocked': pgettext_lazy('what will be done', 'Blocked'),
    'refused': pgettext_lazy('what will be done', 'Refused'),
}
HINTS = {
    'adopt': gettext_lazy(
        'The same bytes are there already; nothing is sent.'
    ),
}
_DONE = ('copy', 'adopt')


class PlanView(tabs.TabMixin, views.HorizonTemplateView):
    """What would be done, before it is done."""

    tab = tabs.IMAGES
    template_name = 'image_replication/plan.html'
    page_title = gettext_lazy('Replicate Images')

    def post(self, request: HttpRequest) -> HttpResponse:
        _authorize(request)
        asked = _ticks(request, 'asked') or _ticks(request, 'tick')
        groups = ticks.group(asked)
        problem = _problem(groups)
        if problem:
            messages.warning(request, problem)
            return shortcuts.redirect(_INDEX)
        try:
            lines = self._lines(groups)
        except exception.ServiceError as error:
            messages.error(request, str(error))
            return shortcuts.redirect(_INDEX)
        context = self.get_context_data(
            lines=lines,
            options=options.shown(request.POST),
            choices=options.CHOICES,
            images=len(groups),
            bytes=sum(line['bytes'] or 0 for line in lines if line['tick']),
            count=sum(line['tick'] is not None for line in lines),
            token=uuid.uuid4(),
        )
        return self.render_to_response(context)

    def get(self, request: HttpRequest) -> HttpResponse:
        # A plan is not kept: after a new login there is nothing to show.
        return shortcuts.redirect(_INDEX)

    def _lines(
        self, groups: dict[tuple[str, str], list[str]]
    ) -> list[dict[str, Any]]:
        names = {
            site['id']: site['name'] for site in site_api.index(self.request)
        }
        with futures.ThreadPoolExecutor(_THREADS) as pool:
            plans = pool.map(lambda each: self._plan(*each), groups.items())
            return [
                _line(plan, target, names)
                for plan in plans
                for target in plan['targets']
            ]

    def _plan(
        self, source: tuple[str, str], targets: list[str]
    ) -> dict[str, Any]:
        """Ask for the plan of one image; a refusal is part of the plan."""
        body = _body(source, targets)
        try:
            wanted = options.given(self.request.POST)
            plan: dict[str, Any] = api.plan(
                self.request, **body, options=wanted
            )
        except (exception.InputError, exception.ServiceError) as error:
            refusal = {
                'action': 'refused',
                'bytes': None,
                'reasons': [str(error)],
                'notes': [],
            }
            plan = {
                'image_name': None,
                'targets': [
                    refusal | {'target_site_id': site} for site in targets
                ],
                **body,
            }
        return plan


class ReplicateView(generic.View):
    """The confirmation."""

    def post(self, request: HttpRequest) -> HttpResponse:
        _authorize(request)
        try:
            wanted = options.given(request.POST)
        except exception.InputError:
            # The plan says what is wrong, and the form can be corrected.
            return PlanView.as_view()(request)
        groups = ticks.group(_ticks(request, 'tick'))
        copies = 0
        for source, targets in groups.items():
            body = _body(source, targets)
            # Whoever presses the button twice gets one replication.
            token = '/'.join(
                [request.POST.get('token') or str(uuid.uuid4()), *source]
            )
            try:
                api.create(request, client_token=token, options=wanted, **body)
            except exception.ServiceError as error:
                messages.error(request, str(error))
            else:
                copies += len(targets)
        if copies:
            text = ngettext(
                '%d copy has been started.',
                '%d copies have been started.',
                copies,
            )
            messages.success(request, text % copies)
        return shortcuts.redirect(_INDEX)


def _authorize(request: HttpRequest) -> None:
    if not policy.allows(request, 'replication:create'):
        raise exceptions.NotAuthorized


def _ticks(request: HttpRequest, name: str) -> list[ticks.Tick]:
    found = []
    for text in request.POST.getlist(name):
        try:
            found.append(ticks.Tick.parse(text))
        except (TypeError, ValueError):
            continue
    return found


def _problem(groups: dict[tuple[str, str], list[str]]) -> Any:
    if not groups:
        return _('Tick what is to be replicated first.')
    if len(groups) > MOST:
        return _('These are more than %d images. Tick fewer at a time.') % (
            MOST
        )
    return ''


def _body(source: tuple[str, str], targets: list[str]) -> dict[str, Any]:
    return {
        'source_site_id': source[0],
        'image_id': source[1],
        'target_site_ids': targets,
    }


def _line(
    plan: dict[str, Any], target: dict[str, Any], names: dict[str, str]
) -> dict[str, Any]:
    tick = ticks.Tick(
        plan['source_site_id'], plan['image_id'], target['target_site_id']
    )
    action = target['action']
    return {
        'image': plan['image_name'] or plan['image_id'],
        'source': names.get(tick.source_site_id, tick.source_site_id),
        'target': names.get(tick.target_site_id, tick.target_site_id),
        'action': action,
        'label': ACTIONS.get(action, action),
        'bytes': target['bytes'] if action in _DONE else None,
        'texts': [
            *([HINTS[action]] if action in HINTS else []),
            *target['reasons'],
            *target['notes'],
        ],
        'asked': tick,
        'tick': tick if action in _DONE else None,
    }
