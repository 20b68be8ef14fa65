# SPDX-License-Identifier: Apache-2.0

"""Connections and transactions."""

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
from contextlib import AbstractContextManager
import functools
from typing import Any
from typing import TypeVar
from typing import cast

from oslo_db import api
from oslo_db import exception as db_exception
from oslo_db.sqlalchemy import enginefacade
from oslo_db.sqlalchemy import exc_filters
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy import orm

from glint import conf
from glint import context as glint_context
from glint.db import locking

F = TypeVar('F', bound=Callable[..., Any])
Context = glint_context.RequestContext

#: What any use of a database that is down, or not set up, can raise.
UNAVAILABLE = (db_exception.DBError, db_exception.CantStartEngineError)

#: What a lock that somebody holds for long makes of a transaction.
Busy = locking.Busy

limits = locking.limits
tell_wait = locking.tell
is_waited_for = locking.is_waited_for

manager = enginefacade.transaction_context()


def configure() -> None:
    """Take the settings of the group ``database``; connects to nothing."""
    settings = dict(conf.CONF.database)
    for name in ('connection', 'slave_connection'):
        settings[name] = with_charset(settings[name])
    manager.configure(sqlite_fk=True, **settings)


def with_charset(address: str | None) -> str | None:
    """Let MySQL and MariaDB take every character.

    oslo.db, and many a configuration, ask for "utf8", which to them lacks
    all characters beyond U+FFFF: what has one would be refused.

    :param address: of the database, as it is configured.
    :returns: the address to use.
    """
    if not address or not address.startswith('mysql'):
        return address
    url = sa.make_url(address).update_query_dict({'charset': 'utf8mb4'})
    return url.render_as_string(hide_password=False)


def reader(context: Context) -> AbstractContextManager[orm.Session]:
    """Open, or join, a transaction that only reads.

    :param context: the context of the request or task.
    :returns: a context manager that gives the session.
    """
    return cast(
        'AbstractContextManager[orm.Session]', manager.reader.using(context)
    )


@contextlib.contextmanager
def snapshot(context: Context) -> Iterator[None]:
    """Let all readers within see the database as it was at one moment.

    Without it, an answer that takes several statements may tell of a
    replication that still runs, and of its copies that have all ended.
    By default, MariaDB, MySQL and SQLite do so for each transaction.

    :param context: the context of the request or task, outside of any
        transaction.
    """
    with reader(context) as session:
        if session.get_bind().dialect.name == 'postgresql':
            session.connection(
                execution_options={'isolation_level': 'REPEATABLE READ'}
            )
        yield


def writer(context: Context) -> AbstractContextManager[orm.Session]:
    """Open, or join, a transaction that writes.

    Its first statement should write: on SQLite a transaction that begins by
    reading cannot wait for another one that writes.

    :param context: the context of the request or task.
    :returns: a context manager that gives the session and commits at its
        end.
    """
    return cast(
        'AbstractContextManager[orm.Session]', manager.writer.using(context)
    )


def retried(function: F) -> F:
    """Run a transaction again that another one got in the way of.

    After a deadlock it is tried up to six times. A lock is waited for twice,
    so that the caller, and whoever waits for its answer, hears of it within
    five seconds.

    :param function: one that makes one whole transaction.
    :returns: the function.
    :raises Busy: if another transaction goes on to hold a lock.
    """
    wrap = api.wrap_db_retry(
        max_retries=5,
        retry_interval=0.1,
        inc_retry_interval=True,
        max_retry_interval=2,
        retry_on_deadlock=True,
        exception_checker=_is_cut_within,
        jitter=True,
    )
    tried = wrap(function)

    @functools.wraps(function)
    def patient(*args: Any, **kwargs: Any) -> Any:
        try:
            return tried(*args, **kwargs)
        except Busy as e:
            if not e.waited:
                raise
        return tried(*args, **kwargs)

    return cast('F', patient)


def _is_cut_within(error: Exception) -> bool:
    """Say whether a transaction lost its connection before its commit.

    So the database did none of it, as when it ended the session of a process
    that was frozen for a while. An outage fails to connect, too, and then is
    not waited for here; after a commit nobody knows what the database did.
    """
    if not isinstance(error, db_exception.DBConnectionError):
        return False
    cause = error.inner_exception
    return isinstance(cause, sa.exc.DBAPIError) and cause.statement is not None


@exc_filters.filters(
    'postgresql', sa.exc.OperationalError, r'.*connection to server .*failed'
)
@exc_filters.filters(
    'mysql', sa.exc.OperationalError, r'.*\((?:1040|1053|1203), '
)
def _tell_outage(error: sa.exc.OperationalError, *_details: object) -> None:
    """Make of it what oslo.db makes of other outages, for which all wait.

    It looks for words that libpq 14 and later do not use, and lets a server
    that stops, or has no connections left, pass for a bug.
    """
    raise db_exception.DBConnectionError(error)


@event.listens_for(sa.Engine, 'connect')
def _prepare_sqlite(connection: Any, _record: Any) -> None:
    """Let readers and a writer work on SQLite at the same time."""
    if type(connection).__module__.startswith('sqlite3'):
        connection.execute('PRAGMA busy_timeout=30000')
        connection.execute('PRAGMA journal_mode=WAL')
