# SPDX-License-Identifier: Apache-2.0

"""Locks of rows: how long they are held, and how long they are waited for.

A process that freezes in the middle of a transaction holds the locks that it
has taken, and a stranger may hold any. So no lock of Glint outlives half a
lease, and who waits for one gives up soon.
"""

from collections.abc import Collection
import re
from typing import Any
from typing import NamedTuple

from oslo_db import exception as db_exception
from oslo_db.sqlalchemy import exc_filters
from oslo_log import log
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy import orm

from glint import conf
from glint import outage
from glint.db import models

LOG = log.getLogger(__name__)

_WAITS = outage.Outage(
    LOG,
    log.WARNING,
    'Another transaction holds a lock in the database for long: %s. What '
    'needs it is tried again; see "A row that stays locked" in the guide to '
    'troubleshooting.',
)

#: MariaDB locks all rows that it looks at: those of a small table, or of
#: another index that it prefers.
_BY_ID = 'FORCE INDEX (PRIMARY)'
#: What a statement is about, without the values in it.
_TABLE = re.compile(r'\b(?:UPDATE|INTO|FROM)\s+[`"]?(\w+)', re.IGNORECASE)


class Busy(db_exception.DBError):
    """Another transaction holds the lock of a row.

    :ivar what: is locked, in words without secrets.
    :ivar waited: whether the lock was waited for.
    :ivar ids: of the rows, where they are known.
    """

    def __init__(
        self,
        what: str,
        waited: bool,
        cause: Exception | None = None,
        ids: Collection[str] = (),
    ) -> None:
        super().__init__(cause)
        self.what = what
        self.waited = waited
        self.ids = ids

    def __str__(self) -> str:
        return f'another transaction holds a lock on {self.what}'


class Limits(NamedTuple):
    """What each session with the database may do; in seconds.

    :ivar idle: how long a transaction may do nothing, before the database
        ends it and frees its locks.
    :ivar wait: how long a statement may wait for a lock.
    """

    idle: int
    wait: int


def limits() -> Limits:
    """Derive the limits of a session from the lease.

    The two together are at most half a lease of six seconds or more. They
    are whole seconds, as MariaDB and MySQL have no finer ones.
    """
    lease = conf.CONF.conductor.lease
    return Limits(
        idle=min(max(int(lease / 3), 1), 10),
        wait=min(max(int(lease / 6), 1), 2),
    )


@event.listens_for(sa.Engine, 'connect')
def _set_limits(connection: Any, _record: Any) -> None:
    """Have the database hold a new session to the limits."""
    driver = type(connection).__module__
    if driver.startswith('sqlite3'):
        # It ends no transaction of another process, whatever it is told.
        return
    cursor = connection.cursor()
    try:
        if driver.startswith('psycopg'):
            _limit_postgresql(cursor)
        else:
            _limit_mysql(cursor)
    finally:
        cursor.close()
    # PostgreSQL forgets settings of a transaction that is rolled back.
    connection.commit()


def _limit_postgresql(cursor: Any) -> None:
    idle, wait = limits()
    cursor.execute(f"SET idle_in_transaction_session_timeout = '{idle}s'")
    cursor.execute(f"SET lock_timeout = '{wait}s'")


def _limit_mysql(cursor: Any) -> None:
    idle, wait = limits()
    cursor.execute("SHOW VARIABLES LIKE 'idle_transaction_timeout'")
    # MySQL ends idle sessions only, whether or not they are within a
    # transaction; the pool then replaces those that were unused for as long.
    name = 'idle_transaction_timeout' if cursor.fetchone() else 'wait_timeout'
    cursor.execute(f'SET SESSION {name} = {idle}')
    cursor.execute(f'SET SESSION innodb_lock_wait_timeout = {wait}')


@exc_filters.filters(
    'postgresql', sa.exc.OperationalError, r'.*(?:lock timeout|obtain lock)'
)
@exc_filters.filters('mysql', sa.exc.OperationalError, r'.*\(1205, ')
@exc_filters.filters('sqlite', sa.exc.OperationalError, r'.*is locked')
def _tell_busy(error: sa.exc.OperationalError, *_details: object) -> None:
    """Tell a wait for a lock from an outage and from a deadlock.

    oslo.db takes MariaDB's for a deadlock, which is tried again at once, six
    times, and PostgreSQL's for a bug.
    """
    found = _TABLE.search(error.statement or '')
    what = f'a row of {found[1]}' if found else 'a row'
    tell(what)
    raise Busy(what, True, error)


def tell(what: str) -> None:
    """Tell the log that a lock is held for long, once a minute.

    :param what: is locked.
    """
    _WAITS.met(what)


def is_waited_for() -> bool:
    """:returns: whether this process waited for a lock lately."""
    return _WAITS.is_recent()


def lock(
    session: orm.Session,
    table: type[models.Base],
    ids: Collection[str],
    *conditions: sa.ColumnElement[bool],
    wait: bool = True,
) -> list[str]:
    """Lock rows until the transaction ends, in the order of their ids.

    To be called before anything is read: on MariaDB a transaction goes on to
    see what was there at its first look.

    :param conditions: what must hold for the rows besides.
    :param wait: whether to wait for who holds a lock; if not, its row is left
        out.
    :returns: the ids of the rows that are locked.
    """
    chosen = sa.and_(table.id.in_(ids), *conditions)
    if session.get_bind().dialect.name == 'sqlite':
        # It locks nothing but the whole database, for the first that writes.
        session.execute(
            sa.update(table).where(chosen).values(updated_at=table.updated_at)
        )
    query = (
        sa.select(table.id)
        .with_hint(table, _BY_ID, 'mysql')
        .where(chosen)
        .order_by(table.id)
    )
    return list(
        session.scalars(
            # Rows that refer to these may be added nevertheless.
            query.with_for_update(skip_locked=not wait, key_share=True)
        )
    )


def update(table: type[models.Base], ids: Collection[str]) -> sa.Update:
    """:returns: an UPDATE of locked rows, which waits for no other one."""
    return (
        sa.update(table)
        .with_hint(_BY_ID, dialect_name='mysql')
        .where(table.id.in_(ids))
    )


def changed(session: orm.Session, statement: sa.UpdateBase) -> int:
    """Change rows.

    :param statement: an UPDATE or a DELETE, whose conditions say what the
        rows must still be.
    :returns: how many rows it found so.
    """
    result: Any = session.execute(statement)
    return int(result.rowcount)


def lock_now(
    session: orm.Session, table: type[models.Base], ids: Collection[str]
) -> None:
    """Lock rows without waiting for anybody; those that are gone are no row.

    :raises Busy: if another transaction has locked one of them.
    """
    left = set(ids).difference(lock(session, table, ids, wait=False))
    if not left:
        return
    query = sa.select(table.id).where(table.id.in_(left)).order_by(table.id)
    taken = session.scalars(query).all()
    if taken:
        what = f'{table.__tablename__} {", ".join(taken)}'
        raise Busy(what, False, ids=taken)
