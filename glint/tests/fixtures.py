# SPDX-License-Identifier: Apache-2.0

"""What tests need besides a configuration."""

import atexit
import contextlib
import logging
import sys
import threading
from typing import Any
import uuid

import fixtures
from oslo_db.sqlalchemy import enginefacade
from oslo_messaging import conffixture
import sqlalchemy as sa

from glint import conf
from glint import rpc
from glint.db import engine
from glint.db import locking
from glint.db import migration
from glint.db import models
from glint.secrets import key_repository

#: Databases with the newest schema and no rows, which tests have left.
_spare: dict[sa.URL, str] = {}
#: With so many rows, a server's statistics fit no other test.
_MANY = 1000


class Database(fixtures.Fixture):
    """A database of the test's own, without a row at first.

    On a server, one with the newest schema is emptied and given to the next
    test; each other one is dropped after the test.

    :ivar url: how to connect to it.
    :param server: the URL of any database on the server to use, whose user
        may make further ones; by default a file of SQLite is used.
    :param synced: whether it is to have the newest schema.
    """

    #: A file of SQLite with the newest schema, made by the first test.
    _template: bytes | None = None

    def __init__(self, server: str | None = None, synced: bool = True) -> None:
        self._server = server
        self._synced = synced

    def _setUp(self) -> None:
        if self._server is None:
            self._use_sqlite()
        else:
            self._use_server(sa.make_url(self._server))
        self._set('connection', self.url)
        # Nobody pulls the plug: not to wait for the disk is much faster.
        self._set('sqlite_synchronous', False)
        self.useFixture(Engine())
        engine.configure()
        if self._synced and self._new:
            self._sync()

    def _set(self, name: str, value: Any) -> None:
        conf.CONF.set_override(name, value, group='database')
        self.addCleanup(conf.CONF.clear_override, name, group='database')

    def _use_sqlite(self) -> None:
        self._new = True
        self._path = self.useFixture(fixtures.TempDir()).join('glint.sqlite')
        self.url = f'sqlite:///{self._path}'

    def _use_server(self, server: sa.URL) -> None:
        spare = _spare.pop(server, None) if self._synced else None
        self._new = spare is None
        name = spare or f'glint_{uuid.uuid4().hex}'
        if self._new:
            _execute(server, f'CREATE DATABASE {name}')
        self.addCleanup(self._leave, server, name)
        self.url = server.set(database=name).render_as_string(
            hide_password=False
        )

    def _leave(self, server: sa.URL, name: str) -> None:
        """Keep the database for the next test, or drop it."""
        if self._synced and _emptied(self.url):
            _spare[server] = name
        else:
            _execute(server, f'DROP DATABASE {name}')

    def _sync(self) -> None:
        if self._server is not None:
            migration.sync()
        elif self._template is not None:
            with open(self._path, 'wb') as f:
                f.write(self._template)
        else:
            migration.sync()
            # Closing the last connection brings the file up to date.
            engine.manager.dispose_pool()
            with open(self._path, 'rb') as f:
                type(self)._template = f.read()


@atexit.register
def _drop_spare() -> None:
    while _spare:
        server, name = _spare.popitem()
        # A server that has gone needs nothing.
        with contextlib.suppress(sa.exc.OperationalError):
            _execute(server, f'DROP DATABASE {name}')


def _execute(server: sa.URL, statement: str) -> None:
    maker = sa.create_engine(
        server, isolation_level='AUTOCOMMIT', poolclass=sa.NullPool
    )
    with maker.connect() as connection:
        connection.execute(sa.text(statement))


def _emptied(url: str) -> bool:
    """Delete all rows of a database.

    :returns: False when there were so many that nobody else should get it.
    """
    count = 0
    maker = sa.create_engine(url, poolclass=sa.NullPool)
    with maker.begin() as connection:
        for table in reversed(models.Base.metadata.sorted_tables):
            count += connection.execute(table.delete()).rowcount
    return count < _MANY


class Engine(fixtures.Fixture):
    """Connections of the test's own, to be configured anew."""

    def _setUp(self) -> None:
        manager = enginefacade.transaction_context()
        self.addCleanup(manager.dispose_pool)
        self.addCleanup(locking._WAITS.forget)
        self.useFixture(
            fixtures.MonkeyPatch('glint.db.engine.manager', manager)
        )


class Process(fixtures.Fixture):
    """What :func:`glint.service.prepare` sets up, undone afterwards."""

    def _setUp(self) -> None:
        self.useFixture(Engine())
        self.useFixture(fixtures.MonkeyPatch('sys.excepthook', sys.excepthook))
        self._levels = {name: logger.level for name, logger in self._loggers()}
        self.addCleanup(self._restore_levels)

    def _loggers(self) -> list[tuple[str, logging.Logger]]:
        found = [
            ('root', logging.root),
            *logging.root.manager.loggerDict.items(),
        ]
        return [pair for pair in found if isinstance(pair[1], logging.Logger)]

    def _restore_levels(self) -> None:
        for name, logger in self._loggers():
            logger.setLevel(self._levels.get(name, logging.NOTSET))


class RPC(fixtures.Fixture):
    """A message bus, by default within the process.

    :param url: of the broker.
    """

    def __init__(self, url: str = 'fake:/') -> None:
        self._url = url

    def _setUp(self) -> None:
        self.useFixture(conffixture.ConfFixture(conf.CONF, self._url))
        # What another test left on its bus must not arrive on this one.
        self.useFixture(
            fixtures.MonkeyPatch(
                'oslo_messaging._drivers.impl_fake.'
                'FakeExchangeManager._exchanges',
                {},
            )
        )
        rpc.init()
        self.addCleanup(rpc.cleanup)

    def serve(self, endpoint: Any, host: str = 'conductor-1') -> None:
        """Answer calls to the conductors until the end of the test.

        :param endpoint: has the exposed methods.
        :param host: the name of the conductor that it stands in for.
        """
        server = rpc.get_server(endpoint, host)
        server.start()
        # Idle threads take a second to end, which no test has to wait for.
        ending = threading.Thread(target=server.wait, daemon=True)
        self.addCleanup(ending.start)
        self.addCleanup(server.stop)


class KeyRepository(fixtures.Fixture):
    """Keys to encrypt credentials with.

    :ivar path: the directory that they are in.
    """

    def _setUp(self) -> None:
        self.path = self.useFixture(fixtures.TempDir()).join('keys')
        key_repository.setup(self.path)
        conf.CONF.set_override('key_repository', self.path, group='secrets')
        self.addCleanup(
            conf.CONF.clear_override, 'key_repository', group='secrets'
        )
