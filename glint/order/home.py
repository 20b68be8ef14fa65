# SPDX-License-Identifier: Apache-2.0

"""The trust that lets Glint act for a user at the home site.

Nobody has to register a credential for the cloud that their token is of:
the token makes a trust there, which names Glint's service user as the one
to use it. It is kept like any other credential.
"""

from collections.abc import Iterator
import contextlib
from typing import Any

from keystoneauth1 import adapter
from keystoneauth1 import exceptions as ksa_exceptions
from keystoneauth1 import loading
from keystoneauth1 import session as ksa_session
from keystoneauth1 import token_endpoint
from oslo_log import log

from glint import conf
from glint import context as glint_context
from glint import exception
from glint import home
from glint import states
from glint.db import credential as db_credential
from glint.db import site as db_site
from glint.i18n import _
from glint.order import owner
from glint.secrets import api as secrets

Context = glint_context.RequestContext

LOG = log.getLogger(__name__)

TRUST = 'trust'

#: How long the home Keystone may take to answer, in seconds.
_TIMEOUT = 30
_MAX_REASON = 300


def credential_for_home(context: Context) -> Any:
    """Find the caller's credential for the home site, or make a trust.

    :param context: the context of the request, with the caller's token.
    :returns: the row of the credential.
    :raises TrustRefused: if Keystone does not let the caller delegate.
    :raises HomeUnavailable: if Keystone does not answer.
    """
    found = _existing(context)
    if found is not None and not _is_refused_trust(found):
        return found
    trust_id = _create_trust(context)
    if found is not None:
        return _renew(context, found, trust_id)
    try:
        return _store(context, trust_id)
    except exception.CredentialExists:
        # Another request of the same user was quicker.
        delete_trust(context, trust_id)
        return _existing(context)
    except exception.GlintException:
        delete_trust(context, trust_id)
        raise


@contextlib.contextmanager
def borrowed(context: Context) -> Iterator[None]:
    """Make no lasting trust: one that is made within goes at the end.

    One that a replication uses meanwhile stays.

    :param context: the context of the request, with the caller's token.
    """
    before = _existing(context)
    try:
        yield
    finally:
        made = None if before else _existing(context)
        if made is not None and made.auth_type == TRUST:
            _give_back(context, made)


def _give_back(context: Context, credential: Any) -> None:
    """Delete a trust and what is stored of it, unless it is in use."""
    try:
        trust_id = trust_id_of(credential)
        db_credential.delete(context, credential.id)
    except exception.GlintException as e:
        LOG.info('The trust of credential %s stays: %s', credential.id, e)
    else:
        delete_trust(context, trust_id)


def delete_trust(context: Context, trust_id: str) -> None:
    """Delete a trust if the caller may; it is of no use to anybody else."""
    try:
        _keystone(context).delete(f'/OS-TRUST/trusts/{trust_id}')
    except ksa_exceptions.ClientException as e:
        LOG.warning('Trust %s could not be deleted: %s', trust_id, e)


def trust_id_of(credential: Any) -> str:
    """Read which trust a credential of the type trust stands for.

    :raises SecretsUnavailable: if it cannot be decrypted.
    """
    stored = secrets.Encrypted(
        credential.scheme, credential.key_id, credential.secret
    )
    return secrets.decrypt(credential.id, stored)['trust_id']


def _existing(context: Context) -> Any:
    return db_credential.choose(
        context, db_site.HOME_ID, *owner.caller(context)
    )


def _store(context: Context, trust_id: str) -> Any:
    credential_id = db_credential.new_id()
    encrypted = secrets.encrypt(context, credential_id, {'trust_id': trust_id})
    return db_credential.create(
        context,
        id=credential_id,
        site_id=db_site.HOME_ID,
        project_id=context.project_id,
        user_id=context.user_id,
        name=TRUST,
        auth_type=TRUST,
        shared=False,
        state=states.CREDENTIAL_OK,
        scheme=encrypted.scheme,
        key_id=encrypted.key_id,
        secret=encrypted.secret,
    )


def _is_refused_trust(credential: Any) -> bool:
    return bool(
        credential.auth_type == TRUST
        and credential.state == states.CREDENTIAL_UNAUTHORIZED
    )


def _renew(context: Context, credential: Any, trust_id: str) -> Any:
    """Put a new trust in the place of one that Keystone refuses."""
    encrypted = secrets.encrypt(context, credential.id, {'trust_id': trust_id})
    if db_credential.swap_secret(
        context,
        credential,
        scheme=encrypted.scheme,
        key_id=encrypted.key_id,
        secret=encrypted.secret,
    ):
        db_credential.set_state(
            context, credential.id, states.CREDENTIAL_OK, None
        )
    else:
        # Another request of the same user was quicker.
        delete_trust(context, trust_id)
    return credential


def _create_trust(context: Context) -> str:
    """Delegate the caller's roles in the project to Glint."""
    trust = {
        'trustor_user_id': context.user_id,
        'trustee_user_id': _service_user_id(),
        'project_id': context.project_id,
        'impersonation': True,
        'allow_redelegation': False,
        'roles': [{'name': name} for name in context.roles],
    }
    try:
        answer = _keystone(context).post(
            '/OS-TRUST/trusts', json={'trust': trust}
        )
        return str(answer.json()['trust']['id'])
    except ksa_exceptions.Unauthorized:
        raise exception.Unauthorized() from None
    except ksa_exceptions.HTTPClientError as e:
        raise exception.TrustRefused(reason=_words(e)) from None
    except ksa_exceptions.ClientException as e:
        LOG.warning('The home Keystone made no trust: %s', e)
        raise exception.HomeUnavailable(reason=_words(e)) from None
    except (KeyError, TypeError, ValueError):
        raise exception.HomeUnavailable(
            reason=_('its answer was not understood.')
        ) from None


def _keystone(context: Context) -> adapter.Adapter:
    """Make a client of the home Keystone with the caller's token."""
    try:
        auth = token_endpoint.Token(home.auth_url(), context.auth_token)
    except ValueError as e:
        raise exception.HomeUnavailable(reason=str(e)) from None
    session = ksa_session.Session(
        verify=conf.CONF.home.cafile or True, timeout=_TIMEOUT
    )
    return adapter.Adapter(
        session,
        auth=auth,
        endpoint_override=home.auth_url(),
        global_request_id=context.global_id,
    )


def _service_user_id() -> str:
    """Ask who Glint itself is in the home Keystone."""
    group = 'service_user'
    try:
        auth = loading.load_auth_from_conf_options(conf.CONF, group)
        session = loading.load_session_from_conf_options(
            conf.CONF, group, auth=auth
        )
        user_id = session.get_user_id()
    except ksa_exceptions.ClientException as e:
        # What is wrong with Glint's own password is the operator's matter.
        LOG.error('Glint cannot log in as its service user: %s', e)
        user_id = None
    if user_id is None:
        raise exception.HomeUnavailable(
            reason=_('Glint could not log in there itself.')
        )
    return str(user_id)


def _words(error: Exception) -> str:
    """Say what Keystone said, as a sentence."""
    words = str(getattr(error, 'message', None) or error)[:_MAX_REASON]
    return words if words.endswith('.') else f'{words}.'
