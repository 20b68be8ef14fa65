# SPDX-License-Identifier: Apache-2.0

"""Secrets of credentials: the one way in and out.

Every row says by its ``scheme`` which code can read it, so that rows of
several schemes can be in the database at the same time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field
from datetime import timedelta

from oslo_log import log

from glint import conf
from glint import exception
from glint.db import engine
from glint.db import kept_secret
from glint.i18n import _
from glint.secrets import fernet
from glint.secrets import key_manager

LOG = log.getLogger(__name__)

#: How long a secret may wait for the row that is to name it.
_PATIENCE = timedelta(hours=1)
#: Secrets to remove at a time.
_BATCH = 100


@dataclass(frozen=True)
class Encrypted:
    """The columns of a credential that hold its secret, or its name."""

    scheme: str
    key_id: str
    secret: str = field(repr=False)


def encrypt(
    context: engine.Context, credential_id: str, auth: dict[str, str]
) -> Encrypted:
    """Put away what a user authenticates with.

    :param credential_id: the row that the result is for; it cannot be
        read from another one. If the row is never written, nothing stays.
    :param auth: the parameters of the auth type, secrets included.
    :returns: the columns to store.
    :raises SecretsUnavailable: if there are no keys, or the key manager
        does not keep it.
    """
    if conf.CONF.secrets.backend == key_manager.SCHEME:
        return _keep(context, credential_id, auth)
    key_id, secret = fernet.encrypt(
        conf.CONF.secrets.key_repository, credential_id, auth
    )
    return Encrypted(scheme=fernet.SCHEME, key_id=key_id, secret=secret)


def _keep(
    context: engine.Context, credential_id: str, auth: dict[str, str]
) -> Encrypted:
    """Give a secret to the key manager, and see whether it has it."""
    keeper = key_manager.name()
    ref = key_manager.store(credential_id, auth)
    try:
        kept_secret.register(context, credential_id, keeper, ref)
        # Vault's driver calls it a success when there is no such mount.
        if key_manager.read(keeper, credential_id, ref) != auth:
            raise exception.SecretsUnavailable(
                reason=_('the key manager gave another secret back.')
            )
    except Exception:
        _delete(keeper, ref)
        raise
    return Encrypted(scheme=key_manager.SCHEME, key_id=keeper, secret=ref)


def _delete(keeper: str, ref: str) -> None:
    try:
        key_manager.delete(keeper, ref)
    except exception.SecretsUnavailable:
        LOG.warning('The secret %s may be left in %s', ref, keeper)


def decrypt(credential_id: str, stored: Encrypted) -> dict[str, str]:
    """Read what a user authenticates with.

    :param credential_id: the row that the secret was read from.
    :param stored: the columns as they were read.
    :returns: the parameters of the auth type, secrets included.
    :raises SecretsUnavailable: if the key is missing, the key manager does
        not answer, or the secret was changed or moved from another row.
    """
    if stored.scheme == key_manager.SCHEME:
        return key_manager.read(stored.key_id, credential_id, stored.secret)
    return fernet.decrypt(
        conf.CONF.secrets.key_repository, credential_id, stored.secret
    )


def current() -> tuple[str, str]:
    """Say how new secrets are kept.

    :returns: the scheme, and the id of the key or the key manager.
    :raises SecretsUnavailable: if there are no keys or no key manager.
    """
    if conf.CONF.secrets.backend == key_manager.SCHEME:
        return key_manager.SCHEME, key_manager.name()
    keys = fernet.load(conf.CONF.secrets.key_repository)
    return fernet.SCHEME, fernet.key_id(keys[0])


def sweep(context: engine.Context) -> Iterator[str]:
    """Delete the secrets at the key manager that no row names any more.

    :returns: gives the credential of each one that is gone.
    :raises SecretsUnavailable: if the key manager does not answer.
    """
    if not kept_secret.any_there(context):
        return
    keeper = key_manager.name()
    while found := kept_secret.unreferenced(
        context, keeper, _PATIENCE, _BATCH
    ):
        for kept in found:
            key_manager.delete(kept.key_manager, kept.ref)
            kept_secret.remove(context, kept.id)
            yield kept.credential_id
