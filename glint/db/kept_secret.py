# SPDX-License-Identifier: Apache-2.0

"""Secrets that a key manager keeps, by their references.

Each is registered before its credential's row names it, so that one whose
row was never written, or is gone, is found and removed.
"""

from datetime import timedelta
import uuid

import sqlalchemy as sa
from sqlalchemy import orm

from glint.db import clock
from glint.db import engine
from glint.db import models

KeptSecret = models.KeptSecret


@engine.retried
def register(
    context: engine.Context, credential_id: str, key_manager: str, ref: str
) -> None:
    """Note a secret that the row of a credential is about to name.

    :param key_manager: which one keeps it.
    :param ref: its name there.
    """
    with engine.writer(context) as session:
        session.add(
            KeptSecret(
                id=str(uuid.uuid4()),
                created_at=clock.utcnow(),
                credential_id=credential_id,
                key_manager=key_manager,
                ref=ref,
                pending=True,
            )
        )


def settle(session: orm.Session, credential_id: str, ref: str) -> None:
    """Note that the row names it now, in the same transaction.

    :param ref: what the row says; another scheme's is not in the register.
    """
    session.execute(
        sa.update(KeptSecret)
        .where(
            KeptSecret.credential_id == credential_id, KeptSecret.ref == ref
        )
        .values(pending=False)
    )


@engine.retried
def abandon(context: engine.Context, credential_id: str, ref: str) -> None:
    """Note that no row is going to name it; if one does, it stays."""
    with engine.writer(context) as session:
        settle(session, credential_id, ref)


def any_there(context: engine.Context) -> bool:
    """:returns: whether a key manager keeps anything."""
    with engine.reader(context) as session:
        query = sa.select(KeptSecret.id).limit(1)
        return session.scalar(query) is not None


def unreferenced(
    context: engine.Context, key_manager: str, patience: timedelta, limit: int
) -> list[KeptSecret]:
    """Read some of the secrets that no row names.

    :param key_manager: only those that are kept there.
    :param patience: how long to wait for a row that is to be written.
    """
    credential = models.Credential
    named = sa.exists().where(
        credential.id == KeptSecret.credential_id,
        credential.secret == KeptSecret.ref,
    )
    with engine.reader(context) as session:
        query = (
            sa.select(KeptSecret)
            .where(
                KeptSecret.key_manager == key_manager,
                sa.or_(
                    KeptSecret.pending.is_(False),
                    KeptSecret.created_at < clock.now(session) - patience,
                ),
                sa.not_(named),
            )
            .order_by(KeptSecret.created_at)
            .limit(limit)
        )
        return list(session.scalars(query))


@engine.retried
def remove(context: engine.Context, kept_id: str) -> None:
    """Strike a secret that is gone from the register."""
    with engine.writer(context) as session:
        session.execute(sa.delete(KeptSecret).where(KeptSecret.id == kept_id))
