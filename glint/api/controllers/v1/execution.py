# SPDX-License-Identifier: Apache-2.0

"""The calls on the executions of rules."""

from typing import Any

import pecan

from glint import context as glint_context
from glint import exception
from glint import policy
from glint import states
from glint.api import expose
from glint.api import pagination
from glint.api.controllers.v1 import rule as rule_controller
from glint.api.schemas import execution as schemas
from glint.api.views import execution as views
from glint.db.rule import execution as db_execution
from glint.db.rule import item as db_item
from glint.i18n import _
from glint.policies import rule as policies

Context = glint_context.RequestContext


class ExecutionsController:
    """``/v1/rules/{rule_id}/executions`` and below."""

    @expose.expose(
        query=schemas.index_request_query, answer=schemas.index_response_body
    )
    def index(self, rule_id: str, query: dict[str, Any]) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.GET)
        rule = rule_controller.get(context, rule_id)
        rows = db_execution.index(context, rule.id, pagination.wanted(query))
        return pagination.answer('executions', rows, query, views.view)

    @expose.expose(
        query=schemas.show_request_query, answer=schemas.show_response_body
    )
    def show(
        self, rule_id: str, execution_id: str, query: dict[str, Any]
    ) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.GET)
        rule = rule_controller.get(context, rule_id)
        found = db_execution.get(context, rule.id, execution_id)
        limit = pagination.limit(query)
        rows = db_item.items(
            context, found.id, limit + 1, query.get('marker', -1)
        )
        marker = rows[:limit][-1].number if rows else None
        return views.detail(
            found, rows[:limit], pagination.links(len(rows), query, marker)
        )

    @expose.expose(answer=schemas.response_body, status=202)
    def cancel(self, rule_id: str, execution_id: str) -> dict[str, Any]:
        context = pecan.request.context
        rule = rule_controller.get(context, rule_id)
        rule_controller.authorize(context, policies.CANCEL, rule)
        found = db_execution.get(context, rule.id, execution_id)
        if found.state in states.ENDED and found.state != states.CANCELLED:
            raise _conflict(found, _('cancelled'))
        db_execution.cancel(context, found.id)
        return views.view(db_execution.get(context, rule.id, found.id))

    @expose.expose(answer=schemas.response_body, status=202)
    def approve(self, rule_id: str, execution_id: str) -> dict[str, Any]:
        context = pecan.request.context
        rule = rule_controller.get(context, rule_id)
        rule_controller.authorize(context, policies.REMOVE_IMAGES, rule)
        found = db_execution.get(context, rule.id, execution_id)
        # Before that, not all that it asks for is known.
        asks = found.state == states.NEEDS_APPROVAL
        pairs = db_item.unapproved(context, found.id)
        if not (asks and db_execution.approve(context, found.id, pairs)):
            raise _conflict(found, _('approved'))
        return views.view(db_execution.get(context, rule.id, found.id))


def _conflict(execution: Any, verb: str) -> exception.ExecutionStateConflict:
    return exception.ExecutionStateConflict(
        what=_('The execution %s') % execution.id,
        state=execution.state,
        verb=verb,
    )
