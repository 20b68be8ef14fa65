# SPDX-License-Identifier: Apache-2.0

"""The calls on copies."""

from typing import Any

import pecan

from glint import context as glint_context
from glint import exception
from glint import policy
from glint import states
from glint.api import audit
from glint.api import expose
from glint.api import pagination
from glint.api.schemas import image_copy as schemas
from glint.api.views import image_copy as views
from glint.conductor import rpcapi
from glint.db import attempt as db_attempt
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db import replication as db_replication
from glint.db.queue import waiting
from glint.i18n import _
from glint.order import retry
from glint.policies import image_copy as policies
from glint.policies import replication as replication_policies

Context = glint_context.RequestContext


class CopiesController:
    """``/v1/replications/{replication_id}/copies`` and below."""

    @expose.expose(
        query=schemas.index_request_query, answer=schemas.index_response_body
    )
    def index(
        self, replication_id: str, query: dict[str, Any]
    ) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.INDEX)
        page = pagination.wanted(query)
        with engine.snapshot(context):
            _replication(context, replication_id)
            rows = db_image_copy.index(context, replication_id, page)
            waits = waiting.read(context, db_image_copy.queued(rows))
        return pagination.answer(
            'copies',
            rows,
            query,
            lambda row: views.view(row, waits.get(row.id, ())),
        )

    @expose.expose(answer=schemas.show_response_body)
    def show(self, replication_id: str, copy_id: str) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.GET)
        with engine.snapshot(context):
            _replication(context, replication_id)
            copy = db_image_copy.get(context, replication_id, copy_id)
            attempts = db_attempt.index(context, copy.id)
            waits = waiting.read(context, db_image_copy.queued([copy]))
        return views.view_with_history(copy, attempts, waits.get(copy.id, ()))

    @expose.expose(answer=schemas.response_body, status=202)
    def cancel(self, replication_id: str, copy_id: str) -> dict[str, Any]:
        context = pecan.request.context
        replication = _replication(context, replication_id)
        _authorize(context, policies.CANCEL, replication)
        copy = db_image_copy.get(context, replication_id, copy_id)
        if copy.state in (states.QUEUED, states.COPYING):
            db_image_copy.cancel(context, replication_id, copy_id)
            copy = db_image_copy.get(context, replication_id, copy_id)
        if copy.state not in (states.CANCELLING, states.CANCELLED):
            raise _conflict(copy, _('cancelled'))
        return views.view(copy)

    @expose.expose(answer=schemas.response_body, status=202)
    def retry(self, replication_id: str, copy_id: str) -> dict[str, Any]:
        context = pecan.request.context
        replication = _replication(context, replication_id)
        _authorize(context, policies.RETRY, replication)
        copy = db_image_copy.get(context, replication_id, copy_id)
        if db_image_copy.retryable(context, replication_id, copy_id):
            used = retry.queue_again(context, replication, [copy])
            rpcapi.ConductorAPI().replicate(context, replication.id)
            audit.note('used', credential_ids=used)
        elif copy.state not in (states.QUEUED, states.COPYING):
            raise _conflict(copy, _('retried'))
        with engine.snapshot(context):
            copy = db_image_copy.get(context, replication_id, copy_id)
            waits = waiting.read(context, db_image_copy.queued([copy]))
        return views.view(copy, waits.get(copy.id, ()))


def _replication(context: Context, replication_id: str) -> Any:
    project_id = policy.view(context, replication_policies.ALL_PROJECTS)
    return db_replication.get(context, replication_id, project_id)


def _authorize(context: Context, rule: str, replication: Any) -> None:
    policy.authorize(context, rule, {'project_id': replication.project_id})


def _conflict(copy: Any, verb: str) -> exception.StateConflict:
    return exception.StateConflict(
        what=_('The copy %s') % copy.id, state=copy.state, verb=verb
    )
