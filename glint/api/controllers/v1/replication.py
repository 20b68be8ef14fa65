# SPDX-License-Identifier: Apache-2.0

"""The calls on replications."""

from typing import Any

import pecan

from glint import conf
from glint import context as glint_context
from glint import exception
from glint import policy
from glint import states
from glint.api import audit
from glint.api import expose
from glint.api import pagination
from glint.api import repeated
from glint.api import slots
from glint.api.schemas import plan as plan_schemas
from glint.api.schemas import replication as schemas
from glint.api.views import replication as views
from glint.conductor import rpcapi
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db import listing
from glint.db import quota as db_quota
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.db.queue import waiting
from glint.i18n import _
from glint.order import owner as owners
from glint.order import quota
from glint.order import resolve
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
            summaries = db_replication.summaries(
                context, [row.id for row in rows]
            )
        return pagination.answer(
            'replications',
            rows,
            query,
            lambda row: views.view(row, summaries[row.id]),
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
        body = _filled(body)
        if body['priority'] != states.NORMAL:
            policy.authorize_own(context, policies.PRIORITIZE)
        if query.get('dry_run'):
            pecan.response.status = 200
            request = _request(context, body)
            with slots.slot(context.project_id):
                return rpcapi.ConductorAPI().plan(context, request)
        request_hash = repeated.digest(body)
        replication = repeated.first(
            context, body['client_token'], request_hash
        ) or _create(context, body, request_hash)
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
        summaries = db_replication.summaries(context, [replication_id])
        copies = _copies(context, replication_id)
        waits = waiting.read(context, db_image_copy.queued(copies))
    return views.detail(replication, summaries[replication_id], copies, waits)


def _conflict(replication: Any, verb: str) -> exception.StateConflict:
    return exception.StateConflict(
        what=_('The replication %s') % replication.id,
        state=replication.state,
        verb=verb,
    )


def _create(context: Context, body: dict[str, Any], request_hash: str) -> Any:
    """Store a replication and tell a conductor of it."""
    request = _request(context, body)
    try:
        replication, created = db_replication.create(
            context,
            project_id=context.project_id,
            user_id=context.user_id,
            request_id=context.request_id,
            global_request_id=context.global_request_id,
            client_token=body['client_token'],
            request_hash=request_hash,
            credential_ids=body['credential_ids'],
            priority=states.PRIORITIES.index(body['priority']),
            limit=quota.own(context, db_quota.ACTIVE_REPLICATIONS),
            **request,
        )
    except exception.CredentialNotFound as e:
        # It was there a moment ago: try again, there may be another one.
        raise exception.Conflict(reason=str(e)) from None
    if created:
        rpcapi.ConductorAPI().replicate(context, replication.id)
    else:
        repeated.check(replication, request_hash)
    return replication


def _request(context: Context, body: dict[str, Any]) -> dict[str, Any]:
    """Resolve what a body asks for.

    :returns: image_id, source_site_id, source_credential_id, options, and
        targets, from the ids of sites to those of credentials.
    """
    most = conf.CONF.api.max_targets
    if len(body['target_site_ids']) > most:
        raise exception.BadRequest(
            reason=_('target_site_ids has more than %s items.') % most
        )
    owner = owners.caller(context)
    source_id = body['source_site_id']
    source = resolve.site(context, source_id, owner)
    if source_id in body['target_site_ids']:
        raise exception.SourceIsTarget(name=source.name)
    targets = [
        resolve.site(context, site_id, owner)
        for site_id in body['target_site_ids']
    ]
    chosen = resolve.named(
        context,
        body['credential_ids'],
        owner,
        [site.id for site in (source, *targets)],
    )
    credentials = {
        site.id: resolve.credential(context, site, owner, chosen)
        # A request that is refused for another site makes no trust at home.
        for site in sorted((source, *targets), key=lambda site: site.home)
    }
    audit.note(
        'used',
        image_id=body['image_id'],
        site_ids=list(credentials),
        credential_ids=list(credentials.values()),
    )
    return {
        'image_id': body['image_id'],
        'source_site_id': source.id,
        'source_credential_id': credentials.pop(source.id),
        'options': body['options'],
        'targets': credentials,
    }


def _filled(body: dict[str, Any]) -> dict[str, Any]:
    """Fill in the defaults of a request."""
    return {
        'source_site_id': db_site.HOME_ID,
        'credential_ids': [],
        'client_token': None,
        'priority': states.NORMAL,
        **body,
        'options': _options(body.get('options', {})),
    }


def _options(given: dict[str, Any]) -> dict[str, Any]:
    """Fill in the defaults.

    Null means as it is at the source and, for on_conflict, that another
    image of the same name is no conflict, as it is none to Glance.
    """
    return {
        'image_name': None,
        'visibility': None,
        'preserve_id': False,
        'members': False,
        'on_conflict': None,
        'on_difference': 'copy',
        **given,
        'properties': {
            'set': {},
            'remove': [],
            **given.get('properties', {}),
        },
    }
