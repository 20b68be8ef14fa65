# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""Encryption of credentials: the one way in and out.

Every row says by its ``scheme`` which code can read it, so that rows of
several schemes can be in the database at the same time.
"""

from dataclasses import dataclass
from dataclasses import field

from glint import conf
from glint.secrets import fernet


@dataclass(frozen=True)
class Encrypted:
    """The columns of a credential that hold its secret."""

    scheme: str
    key_id: str
    secret: str = field(repr=False)


def encrypt(credential_id: str, auth: dict[str, str]) -> Encrypted:
    """Encrypt what a user authenticates with.

    :param credential_id: the row that the result is for; it cannot be
        read from another one.
    :param auth: the parameters of the auth type, secrets included.
    :returns: the columns to store.
    :raises SecretsUnavailable: if there are no keys.
    """
    key_id, secret = fernet.encrypt(
        conf.CONF.secrets.key_repository, credential_id, auth
    )
    return Encrypted(scheme=fernet.SCHEME, key_id=key_id, secret=secret)


def decrypt(credential_id: str, stored: Encrypted) -> dict[str, str]:
    """Decrypt what a user authenticates with.

    :param credential_id: the row that the secret was read from.
    :param stored: the columns as they were read.
    :returns: the parameters of the auth type, secrets included.
    :raises SecretsUnavailable: if the key is missing, or the secret was
        changed or moved from another row.
    """
    return fernet.decrypt(
        conf.CONF.secrets.key_repository, credential_id, stored.secret
    )


def current() -> tuple[str, str]:
    """Say how new secrets are encrypted.

    :returns: the scheme and the id of the key.
    :raises SecretsUnavailable: if there are no keys.
    """
    keys = fernet.load(conf.CONF.secrets.key_repository)
    return fernet.SCHEME, fernet.key_id(keys[0])
