# SPDX-License-Identifier: Apache-2.0

"""The calls on credentials."""

from typing import Any

from oslo_log import log
import pecan

from glint import context as glint_context
from glint import exception
from glint import policy
from glint import states
from glint.api import audit
from glint.api import expose
from glint.api import pagination
from glint.api import slots
from glint.api.schemas import credential as schemas
from glint.api.views import credential as views
from glint.conductor import rpcapi
from glint.db import credential as db_credential
from glint.db import quota as db_quota
from glint.i18n import _
from glint.order import home
from glint.order import owner as owners
from glint.order import quota
from glint.order import resolve
from glint.policies import credential as policies
from glint.secrets import api as secrets

Context = glint_context.RequestContext

LOG = log.getLogger(__name__)


class CredentialsController:
    """``/v1/credentials`` and below."""

    @expose.expose(
        query=schemas.index_request_query, answer=schemas.index_response_body
    )
    def index(self, query: dict[str, Any]) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.INDEX)
        page = pagination.wanted(query)
        rows = db_credential.index(
            context, context.project_id, context.user_id, page
        )
        return pagination.answer('credentials', rows, query, views.view)

    @expose.expose(
        body=schemas.create_request_body,
        answer=schemas.show_response_body,
        status=201,
    )
    def create(self, body: dict[str, Any]) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.CREATE)
        site = resolve.site(context, body['site_id'], owners.caller(context))
        audit.note('used', site_id=site.id)
        if body.get('check', True):
            with slots.slot(context.project_id):
                credential = _accept(context, _store(context, site, body))
        else:
            credential = _store(context, site, body)
        expose.locate(credential.id)
        return views.view(credential)

    @expose.expose(answer=schemas.show_response_body)
    def show(self, credential_id: str) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.GET)
        return views.view(_get(context, credential_id))

    @expose.expose(answer=schemas.show_response_body)
    def check(self, credential_id: str) -> dict[str, Any]:
        context = pecan.request.context
        credential = _get(context, credential_id)
        policy.authorize(context, policies.CHECK, _target(credential))
        with slots.slot(context.project_id):
            rpcapi.ConductorAPI().check_credential(context, credential_id)
        return views.view(_get(context, credential_id))

    @expose.expose(status=204)
    def delete(self, credential_id: str) -> None:
        context = pecan.request.context
        credential = _get(context, credential_id)
        policy.authorize(context, policies.DELETE, _target(credential))
        trust_id = _trust_id(credential)
        db_credential.delete(context, credential_id)
        if trust_id:
            home.delete_trust(context, trust_id)


def _get(context: Context, credential_id: str) -> Any:
    project_id = policy.view(context, policies.ALL_PROJECTS)
    user_id = context.user_id if project_id else None
    return db_credential.get(context, credential_id, project_id, user_id)


def _target(credential: Any) -> dict[str, str]:
    return {
        'project_id': credential.project_id,
        'user_id': credential.user_id,
    }


def _store(context: Context, site: Any, body: dict[str, Any]) -> Any:
    credential_id = db_credential.new_id()
    encrypted = secrets.encrypt(context, credential_id, body['auth'])
    return db_credential.create(
        context,
        limit=quota.own(context, db_quota.CREDENTIALS),
        id=credential_id,
        site_id=site.id,
        project_id=context.project_id,
        user_id=context.user_id,
        name=body['name'],
        auth_type=body['auth_type'],
        shared=body.get('shared', False),
        state=states.CREDENTIAL_UNKNOWN,
        detail=_('Not checked at its site yet.'),
        scheme=encrypted.scheme,
        key_id=encrypted.key_id,
        secret=encrypted.secret,
    )


def _accept(context: Context, credential: Any) -> Any:
    """Keep a new credential only if its site takes it, or cannot be asked.

    :returns: the row as it is after the check.
    :raises CredentialRejected: if the site does not take it.
    """
    try:
        works = rpcapi.ConductorAPI().check_credential(context, credential.id)
    except (exception.ConductorUnavailable, exception.TooManyWaiting):
        return credential
    credential = db_credential.get(context, credential.id, None, None)
    if works:
        return credential
    db_credential.delete(context, credential.id)
    raise exception.CredentialRejected(reason=credential.detail or '')


def _trust_id(credential: Any) -> str | None:
    """Say which trust is behind a credential, as far as it is known."""
    if credential.auth_type != schemas.TRUST:
        return None
    try:
        return home.trust_id_of(credential)
    except exception.SecretsUnavailable as e:
        LOG.warning('The trust of credential %s stays: %s', credential.id, e)
        return None
