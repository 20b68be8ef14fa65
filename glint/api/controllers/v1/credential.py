# SPDX-License-Identifier: Apache-2.0

"""The calls on credentials."""

import contextlib
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
from glint.api.validation import validator
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

#: What is known of one that its site was not asked about.
_UNCHECKED: dict[str, Any] = {
    'state': states.CREDENTIAL_UNKNOWN,
    'detail': _('Not checked at its site yet.'),
}
#: From the types to what says what is wrong with another secret of the type.
_AUTH_FAULTS = {
    name: validator.make(schema, _('the body'))
    for name, schema in schemas.update_auth.items()
}


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
                credential = _accept(context, _store(context, site.id, body))
        else:
            credential = _store(context, site.id, body)
        expose.locate(credential.id)
        return views.view(credential)

    @expose.expose(answer=schemas.show_response_body)
    def show(self, credential_id: str) -> dict[str, Any]:
        context = pecan.request.context
        policy.authorize_own(context, policies.GET)
        return views.view(_get(context, credential_id))

    @expose.expose(
        body=schemas.update_request_body, answer=schemas.show_response_body
    )
    def update(
        self, credential_id: str, body: dict[str, Any]
    ) -> dict[str, Any]:
        context = pecan.request.context
        credential = _get(context, credential_id)
        policy.authorize(context, policies.UPDATE, _target(credential))
        if credential.auth_type == schemas.TRUST:
            raise exception.TrustFixed(id=credential_id)
        values: dict[str, Any] = {
            key: body[key] for key in ('name', 'shared') if key in body
        }
        if 'auth' in body:
            audit.note('used', site_id=credential.site_id)
            values |= _replaced(context, credential, body)
        db_credential.update(context, credential, **values)
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


def _store(context: Context, site_id: str, body: dict[str, Any]) -> Any:
    credential_id = db_credential.new_id()
    return db_credential.create(
        context,
        limit=quota.own(context, db_quota.CREDENTIALS),
        id=credential_id,
        site_id=site_id,
        project_id=context.project_id,
        user_id=context.user_id,
        name=body['name'],
        auth_type=body['auth_type'],
        shared=body.get('shared', False),
        **_UNCHECKED,
        **_encrypted(context, credential_id, body['auth']),
    )


def _encrypted(
    context: Context, credential_id: str, auth: dict[str, str]
) -> dict[str, Any]:
    """:returns: the columns that hold a secret."""
    encrypted = secrets.encrypt(context, credential_id, auth)
    return {
        'scheme': encrypted.scheme,
        'key_id': encrypted.key_id,
        'secret': encrypted.secret,
    }


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


def _replaced(
    context: Context, credential: Any, body: dict[str, Any]
) -> dict[str, Any]:
    """Make what is stored of another secret for a credential.

    :returns: the columns, with what was known of the former secret undone.
    :raises CredentialRejected: if its site does not take it.
    """
    fault = _AUTH_FAULTS[credential.auth_type](body)
    if fault is not None:
        raise exception.BadRequest(reason=fault)
    outcome = _UNCHECKED
    if body.get('check', True):
        with slots.slot(context.project_id):
            outcome = _tried(context, credential, body['auth'])
    return {
        'checked_at': None,
        'expires_at': None,
        **outcome,
        'refused_at': None,
        'wrong_logins': 0,
        **_encrypted(context, credential.id, body['auth']),
    }


def _tried(
    context: Context, credential: Any, auth: dict[str, str]
) -> dict[str, Any]:
    """Try another secret, while copies go on with the one that there is.

    A conductor is told of nothing but ids, so the secret is a row for a
    moment.

    :returns: what the check found out.
    :raises CredentialRejected: if its site does not take it.
    :raises ConductorUnavailable: if nobody could try it.
    """
    trial_id = db_credential.new_id()
    db_credential.create(
        context,
        id=trial_id,
        trial_of=credential.id,
        site_id=credential.site_id,
        project_id=credential.project_id,
        user_id=credential.user_id,
        # Names are unique.
        name=trial_id,
        auth_type=credential.auth_type,
        **_UNCHECKED,
        **_encrypted(context, trial_id, auth),
    )
    try:
        works = rpcapi.ConductorAPI().check_credential(context, trial_id)
        trial = db_credential.get(context, trial_id, None, None)
    finally:
        with contextlib.suppress(exception.CredentialNotFound):
            db_credential.delete(context, trial_id)
    if not works:
        raise exception.CredentialRejected(reason=trial.detail or '')
    return {
        'state': trial.state,
        'detail': trial.detail,
        'checked_at': trial.checked_at,
        'expires_at': trial.expires_at,
    }


def _trust_id(credential: Any) -> str | None:
    """Say which trust is behind a credential, as far as it is known."""
    if credential.auth_type != schemas.TRUST:
        return None
    try:
        return home.trust_id_of(credential)
    except exception.SecretsUnavailable as e:
        LOG.warning('The trust of credential %s stays: %s', credential.id, e)
        return None
