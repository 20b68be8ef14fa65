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

"""The commands about the keys that credentials are encrypted with."""

from glint import conf
from glint import context as glint_context
from glint import exception
from glint.db import credential as db_credential
from glint.i18n import _
from glint.secrets import api as secrets
from glint.secrets import key_repository

#: Rows to read at a time.
_BATCH = 100


def setup(uid: int, gid: int) -> str:
    """Make the key repository, unless there is one.

    :param uid: the user to give it to; -1 for the one who runs this.
    :param gid: the group to give it to, likewise.
    """
    directory = conf.CONF.secrets.key_repository
    if key_repository.setup(directory, uid, gid):
        return 'The keys are in %s.' % directory
    return 'There are keys in %s already; nothing was changed.' % directory


def rotate() -> str:
    """Make the staged key the one that encrypts.

    Refused while rows are encrypted with older keys: the oldest key is
    dropped, and they could not be read any more.
    """
    context = glint_context.for_service()
    if db_credential.key_ids(context) - {secrets.current()}:
        raise exception.SecretsUnavailable(
            reason=_(
                'not all credentials are encrypted with the present key; '
                'run "glint-manage credential migrate" first.'
            )
        )
    settings = conf.CONF.secrets
    number = key_repository.rotate(
        settings.key_repository, settings.max_active_keys
    )
    return (
        'Key %d is now the primary one. Copy %s to all hosts, then run '
        '"glint-manage credential migrate".'
        % (number, settings.key_repository)
    )


def migrate() -> str:
    """Encrypt all credentials with the present key; Glint may be running."""
    context = glint_context.for_service()
    scheme, key_id = secrets.current()
    done = 0
    while rows := db_credential.not_encrypted_with(
        context, scheme, key_id, _BATCH
    ):
        for row in rows:
            stored = secrets.Encrypted(row.scheme, row.key_id, row.secret)
            new = secrets.encrypt(row.id, secrets.decrypt(row.id, stored))
            done += db_credential.swap_secret(
                context,
                row,
                scheme=new.scheme,
                key_id=new.key_id,
                secret=new.secret,
            )
    return '%d credentials encrypted anew.' % done
