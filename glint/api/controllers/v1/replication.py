# SPDX-License-Identifier: Apache-2.0

"""The calls on replications."""

from typing import Any

import pecan

from glint import context as glint_context
from glint import exception
from glint import policy
from glint import states
from glint.api import audit
from glint.api import expose
from glint.api import pagination
from glint.api import slots
from glint.api.schemas import plan as plan_schemas
from glint.api.schemas import replication as schemas
from glint.api.views import replication as views
from glint.conductor import rpcapi
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db import listing
from glint.db import replication as db_replication
from glint.db import summary
from glint.db.queue import waiting
from glint.i18n import _
from glint.order import home
from glint.order import owner as owners
from glint.order import place
from glint.order import repeated
from glint.order import retry
from glint.policies import replication as policies

Context = glint_context.RequestContext

_ALL_COPIES = listing.Page(sort_dir='asc')


class ReplicationsController:
    """``/v1/replications`` and below, but for the copies."""

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
            rows = db_replication.index(context, project_id, page)
            ids = [row.id for row in rows]
            summaries = summary.read(context, ids)
            waits = waiting.of_replications(context, ids)
        return pagination.answer(
            'replications',
            rows,
            query,
            lambda row: views.view(
                row, summaries[row.id], waits.get(row.id, ())
            ),
        )

    @expose.expose(
        query=schemas.create_request_query,
        body=schemas.create_request_body,
        answer={
            'oneOf': [
                schemas.show_response_body,
                plan_schemas.show_response_body,
            ]
        },
        status=202,
    )
    def create(
        self, query: dict[str, Any], body: dict[str, Any]
    ) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.CREATE)
        owner = owners.caller(context)
        wanted = place.filled(body)
        if wanted['priority'] != states.NORMAL:
            policy.authorize_own(context, policies.PRIORITIZE)
        if query.get('dry_run'):
            pecan.response.status = 200
            with home.borrowed(context), slots.slot(context.project_id):
                request = _resolved(context, owner, wanted)
                return rpcapi.ConductorAPI().plan(context, request)
        replication = repeated.first(context, owner, wanted) or _create(
            context, owner, wanted
        )
        expose.locate(replication.id)
        return _detail(context, replication.id)

    @expose.expose(answer=schemas.show_response_body)
    def show(self, replication_id: str) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.GET)
        return _detail(context, replication_id)

    @expose.expose(
        body=schemas.update_request_body, answer=schemas.show_response_body
    )
    def update(
        self, replication_id: str, body: dict[str, Any]
    ) -> dict[str, Any]:
        context = pecan.request.context
        replication = _get(context, replication_id)
        _authorize(context, policies.PRIORITIZE, replication)
        db_replication.prioritize(
            context, replication_id, states.PRIORITIES.index(body['priority'])
        )
        return _detail(context, replication_id)

    @expose.expose(status=204)
    def delete(self, replication_id: str) -> None:
        context = pecan.request.context
        replication = _get(context, replication_id)
        _authorize(context, policies.DELETE, replication)
        db_replication.delete(context, replication_id)

    @expose.expose(answer=schemas.show_response_body, status=202)
    def cancel(self, replication_id: str) -> dict[str, Any]:
        context = pecan.request.context
        replication = _get(context, replication_id)
        _authorize(context, policies.CANCEL, replication)
        present = _states(context, replication_id)
        if present.intersection(states.ACTIVE):
            db_image_copy.cancel(context, replication_id)
        elif present != {states.CANCELLED}:
            raise _conflict(replication, _('cancelled'))
        return _detail(context, replication_id)

    @expose.expose(answer=schemas.show_response_body, status=202)
    def retry(self, replication_id: str) -> dict[str, Any]:
        context = pecan.request.context
        replication = _get(context, replication_id)
        _authorize(context, policies.RETRY, replication)
        failed = db_image_copy.retryable(context, replication_id)
        if failed:
            used = retry.queue_again(context, replication, failed)
            rpcapi.ConductorAPI().replicate(context, replication.id)
            audit.note('used', credential_ids=used)
        elif replication.state not in (states.QUEUED, states.COPYING):
            raise _conflict(replication, _('retried'))
        return _detail(context, replication_id)


def _get(context: Context, replication_id: str) -> Any:
    project_id = policy.view(context, policies.ALL_PROJECTS)
    return db_replication.get(context, replication_id, project_id)


def _authorize(context: Context, rule: str, replication: Any) -> None:
    policy.authorize(context, rule, {'project_id': replication.project_id})


def _copies(context: Context, replication_id: str) -> list[Any]:
    return list(db_image_copy.index(context, replication_id, _ALL_COPIES))


def _states(context: Context, replication_id: str) -> set[str]:
    return {copy.state for copy in _copies(context, replication_id)}


def _detail(context: Context, replication_id: str) -> dict[str, Any]:
    with engine.snapshot(context):
        replication = _get(context, replication_id)
        summaries = summary.read(context, [replication_id])
        copies = _copies(context, replication_id)
        waits = waiting.read(context, db_image_copy.queued(copies))
    return views.detail(
        replication,
        summaries[replication_id],
        waiting.each_once(waits.values()),
        copies,
        waits,
    )


def _conflict(replication: Any, verb: str) -> exception.StateConflict:
    return exception.StateConflict(
        what=_('The replication %s') % replication.id,
        state=replication.state,
        verb=verb,
    )


def _create(
    context: Context, owner: owners.Owner, wanted: dict[str, Any]
) -> Any:
    """Store a replication and tell a conductor of it."""
    request = _resolved(context, owner, wanted)
    replication, created = place.create(context, owner, wanted, request)
    if created:
        rpcapi.ConductorAPI().replicate(context, replication.id)
    return replication


def _resolved(
    context: Context, owner: owners.Owner, wanted: dict[str, Any]
) -> dict[str, Any]:
    """Find sites and credentials, and note them for the audit trail."""
    request = place.resolved(context, owner, wanted)
    targets = request['targets']
    audit.note(
        'used',
        image_id=request['image_id'],
        site_ids=[request['source_site_id'], *targets],
        credential_ids=[request['source_credential_id'], *targets.values()],
    )
    return request
