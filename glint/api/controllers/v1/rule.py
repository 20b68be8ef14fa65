# SPDX-License-Identifier: Apache-2.0

"""The calls on rules."""

from typing import Any

import pecan

from glint import context as glint_context
from glint import exception
from glint import policy
from glint import states
from glint.api import audit
from glint.api import expose
from glint.api import pagination
from glint.api.schemas import execution as execution_schemas
from glint.api.schemas import rule as schemas
from glint.api.views import execution as execution_views
from glint.api.views import rule as views
from glint.db import engine
from glint.db.rule import execution as db_execution
from glint.db.rule import replica as db_replica
from glint.db.rule import rule as db_rule
from glint.i18n import _
from glint.order import owner as owners
from glint.order import rule as rules
from glint.policies import replication as replication_policies
from glint.policies import rule as policies

Context = glint_context.RequestContext

#: The longest that is read of If-Match: any generation is shorter.
_DIGITS = 9


class RulesController:
    """``/v1/rules`` and below, but for the replicas and executions."""

    @expose.expose(
        query=schemas.index_request_query, answer=schemas.index_response_body
    )
    def index(self, query: dict[str, Any]) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.INDEX)
        project_id = context.project_id
        if query.get('all_projects'):
            policy.authorize_own(context, policies.ALL_PROJECTS)
            project_id = None
        page = pagination.wanted(query)
        with engine.snapshot(context):
            rows = db_rule.index(context, project_id, page)
            ids = [row.id for row in rows]
            last = db_execution.last(context, ids)
            counts = db_replica.counts(context, ids)
        return pagination.answer(
            'rules',
            rows,
            query,
            lambda row: views.view(row, last.get(row.id), counts[row.id]),
        )

    @expose.expose(
        body=schemas.create_request_body,
        answer=schemas.show_response_body,
        status=201,
    )
    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.CREATE)
        owner = owners.caller(context)
        wanted = rules.filled(body)
        if wanted['priority'] != states.NORMAL:
            policy.authorize_own(context, replication_policies.PRIORITIZE)
        if _removes(wanted):
            policy.authorize_own(context, policies.REMOVE_IMAGES)
        rule = rules.create(context, owner, wanted)
        expose.locate(rule.id)
        _note(rule)
        return _view(context, rule)

    @expose.expose(answer=schemas.show_response_body)
    def show(self, rule_id: str) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.GET)
        return _view(context, get(context, rule_id))

    @expose.expose(
        body=schemas.update_request_body, answer=schemas.show_response_body
    )
    def update(self, rule_id: str, body: dict[str, Any]) -> dict[str, Any]:
        context = pecan.request.context
        rule = get(context, rule_id)
        authorize(context, policies.UPDATE, rule)
        said = rules.filled({**rules.said_by(rule), **body})
        if said['priority'] != rules.said_by(rule)['priority']:
            authorize(context, replication_policies.PRIORITIZE, rule)
        # What a rule selects decides as well what it removes.
        if _removes(said) and body.keys() & {'select', 'on_removed'}:
            authorize(context, policies.REMOVE_IMAGES, rule)
        wanted = _if_match()
        if wanted not in (None, rule.generation):
            raise exception.RuleChanged(id=rule.id, generation=rule.generation)
        rule = rules.change(context, rule, body)
        _note(rule)
        return _view(context, rule)

    @expose.expose(status=204)
    def delete(self, rule_id: str) -> None:
        context = pecan.request.context
        rule = get(context, rule_id)
        authorize(context, policies.DELETE, rule)
        db_rule.delete(context, rule.id)

    @expose.expose(
        body=schemas.execute_request_body,
        answer=execution_schemas.response_body,
        status=202,
    )
    def execute(self, rule_id: str, body: dict[str, Any]) -> dict[str, Any]:
        context = pecan.request.context
        rule = get(context, rule_id)
        authorize(context, policies.EXECUTE, rule)
        made = rules.execute(context, rule, body.get('dry_run', False))
        return execution_views.view(made)

    @expose.expose(answer=schemas.show_response_body)
    def takeover(self, rule_id: str) -> dict[str, Any]:
        context = pecan.request.context
        rule = get(context, rule_id)
        authorize(context, policies.TAKE_OVER, rule)
        if _removes(rules.said_by(rule)):
            authorize(context, policies.REMOVE_IMAGES, rule)
        rule = rules.take_over(context, rule)
        _note(rule)
        return _view(context, rule)


def get(context: Context, rule_id: str) -> Any:
    """Find a rule that the caller may see."""
    project_id = policy.view(context, policies.ALL_PROJECTS)
    return db_rule.get(context, rule_id, project_id)


def authorize(context: Context, name: str, rule: Any) -> None:
    """Let through only a caller who may do something with a rule.

    :param name: of the rule of the policy.
    """
    policy.authorize(context, name, {'project_id': rule.project_id})


def _view(context: Context, rule: Any) -> dict[str, Any]:
    with engine.snapshot(context):
        last = db_execution.last(context, [rule.id])
        counts = db_replica.counts(context, [rule.id])
    return views.view(rule, last.get(rule.id), counts[rule.id])


def _removes(wanted: dict[str, Any]) -> bool:
    return bool(wanted['on_removed']['action'] == 'delete')


def _if_match() -> int | None:
    """Read which generation of a rule a change is for."""
    said = pecan.request.headers.get('If-Match', '*').strip().strip('"')
    if said == '*':
        return None
    if not said.isascii() or not said.isdigit() or len(said) > _DIGITS:
        raise exception.BadRequest(
            reason=_('If-Match is not the generation of a rule.')
        )
    return int(said)


def _note(rule: Any) -> None:
    """Note for the audit trail which sites and credentials are used."""
    audit.note(
        'used',
        site_ids=[rule.source_site_id, *rule.target_site_ids],
        credential_ids=list(rule.credential_ids or ()),
    )
