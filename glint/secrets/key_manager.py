# SPDX-License-Identifier: Apache-2.0

"""Secrets kept by Barbican or Vault, which castellan talks to.

They belong to Glint's service user: their owners reach them through Glint's
database only. Whatever goes wrong becomes :class:`SecretsUnavailable`, and
nothing of a secret is in it or in the log.
"""

import base64
from collections.abc import Callable
import functools
import json
from typing import Any

from castellan import key_manager as castellan
from castellan.common import exception as castellan_exception
from castellan.common.objects import opaque_data
from oslo_log import log

from glint import conf
from glint import exception
from glint.i18n import _
from glint.secrets import hush
from glint.secrets import service_user

LOG = log.getLogger(__name__)

SCHEME = 'castellan'

_MAX_REASON = 500


@functools.cache
def _manager() -> Any:
    return castellan.API(conf.CONF)


@functools.cache
def _user() -> service_user.ServiceUser:
    return service_user.ServiceUser()


def forget() -> None:
    """Connect anew, as the configuration says then."""
    _manager.cache_clear()
    _user.cache_clear()


def name() -> str:
    """Say which key manager is configured.

    :raises SecretsUnavailable: if there is no such key manager.
    """
    try:
        _manager()
    except Exception as e:
        LOG.error('The key manager cannot be used: %s', e)
        raise exception.SecretsUnavailable(
            reason=_('the group [key_manager] names no usable key manager.')
        ) from None
    return str(conf.CONF.key_manager.backend)


def store(credential_id: str, auth: dict[str, str]) -> str:
    """Have a secret kept.

    :param credential_id: the row that it is for.
    :param auth: the parameters of the auth type, secrets included.
    :returns: the name that the key manager gave it.
    :raises SecretsUnavailable: if it was not taken.
    """
    plain = json.dumps({'id': credential_id, 'auth': auth}).encode()
    ref = _call(
        _('the key manager did not take the secret.'),
        lambda manager, user: manager.store(
            user,
            opaque_data.OpaqueData(plain, name=f'glint-{credential_id}'),
        ),
        hidden=(plain.decode(), base64.b64encode(plain).decode()),
    )
    return str(ref)


def read(keeper: str, credential_id: str, ref: str) -> dict[str, str]:
    """Read a secret.

    :param keeper: which key manager has it.
    :param credential_id: the row that names it.
    :param ref: its name there.
    :raises SecretsUnavailable: if it was not given, or is not the row's.
    """
    _require(keeper)
    found = _call(
        _('the key manager did not give the secret of credential %s.')
        % credential_id,
        lambda manager, user: manager.get(user, ref),
    )
    try:
        content = json.loads(found.get_encoded())
        owner, auth = content['id'], content['auth']
    except (KeyError, TypeError, ValueError):
        owner, auth = None, {}
    if owner != credential_id:
        reason = _('the secret of credential %s belongs to another one.')
        raise exception.SecretsUnavailable(reason=reason % credential_id)
    return dict(auth)


def delete(keeper: str, ref: str) -> None:
    """Delete a secret; one that is gone already is no error.

    :param keeper: which key manager has it.
    :param ref: its name there.
    :raises SecretsUnavailable: if it could not be deleted.
    """
    _require(keeper)

    def call(manager: Any, user: Any) -> None:
        try:
            manager.delete(user, ref)
        except castellan_exception.ManagedObjectNotFoundError:
            return

    _call(_('the key manager did not delete a secret.'), call)


def _require(keeper: str) -> None:
    if keeper != name():
        reason = _(
            'a secret is kept by the key manager "%s", which is not the one '
            'in the group [key_manager].'
        )
        raise exception.SecretsUnavailable(reason=reason % keeper)


def _call(
    reason: str,
    function: Callable[[Any, Any], Any],
    hidden: tuple[str, ...] = (),
) -> Any:
    """Talk to the key manager.

    :param reason: what went wrong if it fails, for the user.
    :param function: is called with the key manager and the user.
    :param hidden: what must not get into the log.
    """
    name()
    try:
        with hush.hushed():
            return function(_manager(), _user())
    # castellan lets many kinds out, KeyError among them.
    except Exception as e:
        LOG.error(
            'The key manager failed: %s: %s',
            type(e).__name__,
            _scrub(e, hidden),
        )
        raise exception.SecretsUnavailable(reason=reason) from None


def _scrub(error: Exception, hidden: tuple[str, ...]) -> str:
    """Say what an error says, unless it quotes the secret."""
    text = str(error)
    # A part of it would be as bad, and JSON may have been quoted again.
    if any(secret[:20] in text or secret[-20:] in text for secret in hidden):
        return 'the answer quotes the secret'
    return text[:_MAX_REASON]
