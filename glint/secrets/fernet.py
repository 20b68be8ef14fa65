# SPDX-License-Identifier: Apache-2.0

"""Secrets encrypted in the database with the keys of a key repository."""

import hashlib
import json

from cryptography import fernet

from glint import exception
from glint.i18n import _
from glint.secrets import key_repository

SCHEME = 'fernet'


def key_id(key: bytes) -> str:
    """Name a key without giving it away."""
    return hashlib.sha256(b'glint key id' + key).hexdigest()[:32]


def load(directory: str) -> list[bytes]:
    """Read the keys anew: another process may have rotated them.

    :returns: the keys, the primary one first.
    :raises SecretsUnavailable: if there are none.
    """
    try:
        return key_repository.load(directory)
    except OSError as e:
        reason = _('%(path)s: %(error)s.') % {
            'path': directory,
            'error': e.strerror,
        }
        raise exception.SecretsUnavailable(reason=reason) from None


def encrypt(
    directory: str, credential_id: str, auth: dict[str, str]
) -> tuple[str, str]:
    """Encrypt with the primary key.

    :returns: the id of the key and the ciphertext.
    """
    primary = load(directory)[0]
    # Fernet has no associated data, so the row's id goes inside.
    plain = json.dumps({'id': credential_id, 'auth': auth}).encode()
    return key_id(primary), fernet.Fernet(primary).encrypt(plain).decode()


def decrypt(directory: str, credential_id: str, secret: str) -> dict[str, str]:
    """Decrypt with whichever key fits.

    :raises SecretsUnavailable: if none does, or the secret is of another
        row.
    """
    keys = fernet.MultiFernet([fernet.Fernet(k) for k in load(directory)])
    try:
        content = json.loads(keys.decrypt(secret.encode()))
    except fernet.InvalidToken:
        reason = _('no key fits the secret of credential %s.')
        raise exception.SecretsUnavailable(
            reason=reason % credential_id
        ) from None
    if content['id'] != credential_id:
        reason = _('the secret of credential %s belongs to another one.')
        raise exception.SecretsUnavailable(reason=reason % credential_id)
    auth: dict[str, str] = content['auth']
    return auth
