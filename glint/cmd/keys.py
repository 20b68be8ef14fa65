# SPDX-License-Identifier: Apache-2.0

"""The commands about how the secrets of credentials are kept."""

from glint import conf
from glint import context as glint_context
from glint import exception
from glint.cmd import locked
from glint.db import credential as db_credential
from glint.db import engine
from glint.i18n import _
from glint.secrets import api as secrets
from glint.secrets import fernet
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
    settings = conf.CONF.secrets
    if settings.backend != fernet.SCHEME:
        raise exception.SecretsUnavailable(
            reason=_(
                'the key manager keeps them; change the keys that it encrypts '
                'with there.'
            )
        )
    context = glint_context.for_service()
    if db_credential.key_ids(context) - {secrets.current()}:
        raise exception.SecretsUnavailable(
            reason=_(
                'not all credentials are encrypted with the present key; '
                'run "glint-manage credential migrate" first.'
            )
        )
    number = key_repository.rotate(
        settings.key_repository, settings.max_active_keys
    )
    return (
        'Key %d is now the primary one. Copy %s to all hosts, then run '
        '"glint-manage credential migrate".'
        % (number, settings.key_repository)
    )


def migrate() -> str:
    """Keep all secrets as new ones are kept; Glint may be running.

    What a key manager no longer has to keep is deleted there.
    """
    context = glint_context.for_service()
    scheme, key_id = secrets.current()
    done = 0
    left: set[str] = set()
    while rows := db_credential.not_encrypted_with(
        context, scheme, key_id, _BATCH, left
    ):
        for row in rows:
            try:
                done += _migrate(context, row)
            except engine.Busy:
                left.add(row.id)
    removed = sum(1 for _credential_id in secrets.sweep(context))
    told = (
        '%d credentials encrypted anew, %d secrets deleted at the key manager.'
        % (done, removed)
    )
    locked.refuse(told, len(left))
    return told


def _migrate(
    context: glint_context.RequestContext, row: db_credential.Credential
) -> bool:
    """Keep one secret as new ones are kept.

    :returns: whether nobody else did meanwhile.
    """
    stored = secrets.Encrypted(row.scheme, row.key_id, row.secret)
    new = secrets.encrypt(context, row.id, secrets.decrypt(row.id, stored))
    return db_credential.swap_secret(
        context,
        row,
        scheme=new.scheme,
        key_id=new.key_id,
        secret=new.secret,
    )
