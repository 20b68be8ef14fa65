# SPDX-License-Identifier: Apache-2.0

"""Tests of the transactions."""

from datetime import timedelta
from typing import Any

import ddt
from oslo_db import exception as db_exception
from oslo_db.sqlalchemy import exc_filters
import pymysql
import sqlalchemy as sa
from sqlalchemy import event

from glint import states
from glint.db import credential as db_credential
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db import image_listing
from glint.db import models
from glint.db import purge
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.db.queue import lease
from glint.db.queue import renewal
from glint.tests import takeovers
from glint.tests.unit.db import base


class RetryTestCase(base.TestCase):
    def test_deadlock_is_tried_again(self) -> None:
        tries = []

        @engine.retried
        def unlucky() -> int:
            tries.append(1)
            if len(tries) < 3:
                raise db_exception.DBDeadlock()
            return len(tries)

        self.assertEqual(3, unlucky())

    def test_other_errors_are_not_tried_again(self) -> None:
        tries = []

        @engine.retried
        def broken() -> None:
            tries.append(1)
            raise db_exception.DBConnectionError()

        self.assertRaises(db_exception.DBConnectionError, broken)
        self.assertEqual([1], tries)


@ddt.ddt
class OutageTestCase(base.TestCase):
    """What the drivers say of an outage is an outage to all who wait."""

    def _connect(self, url: str, **options: Any) -> None:
        broken = sa.create_engine(url, **options)
        exc_filters.register_engine(broken)
        with broken.connect():
            pass

    def test_postgresql_that_is_down(self) -> None:
        # What libpq itself says of a port where nobody listens.
        self.assertRaises(
            db_exception.DBConnectionError,
            self._connect,
            'postgresql+psycopg2://glint:secret@127.0.0.1:1/glint',
        )

    @ddt.data(
        (1040, 'Too many connections'),
        (1053, 'Server shutdown in progress'),
        (2003, "Can't connect to MySQL server"),
    )
    def test_mysql_that_takes_no_connection(
        self, error: tuple[int, str]
    ) -> None:
        def connect() -> None:
            raise pymysql.err.OperationalError(*error)

        self.assertRaises(
            db_exception.DBConnectionError,
            self._connect,
            'mysql+pymysql://',
            creator=connect,
        )

    def test_other_errors_are_none(self) -> None:
        def connect() -> None:
            raise pymysql.err.OperationalError(1045, 'Access denied')

        self.assertRaises(
            sa.exc.OperationalError,
            self._connect,
            'mysql+pymysql://',
            creator=connect,
        )


@ddt.ddt
class CharsetTestCase(base.TestCase):
    @ddt.data(
        (
            'mysql+pymysql://u:p%40@h/d',
            'mysql+pymysql://u:p%40@h/d?charset=utf8mb4',
        ),
        ('mysql://u:p@h/d?charset=utf8', 'mysql://u:p@h/d?charset=utf8mb4'),
        ('postgresql://u:p@h/d', 'postgresql://u:p@h/d'),
        ('sqlite://', 'sqlite://'),
        (None, None),
    )
    @ddt.unpack
    def test_mysql_gets_all_characters(
        self, address: str | None, used: str | None
    ) -> None:
        self.assertEqual(used, engine.with_charset(address))


_WRITES = {'INSERT', 'UPDATE', 'DELETE'}


@ddt.ddt
class WriterTestCase(base.TestCase):
    """On SQLite a transaction that reads first cannot wait to write.

    On MariaDB it would go on with what it read before it waited.
    """

    def first_words(self, function: Any) -> list[str]:
        """:returns: of the statements of transactions that write."""
        transactions: list[list[str]] = []

        def begin(_connection: sa.Connection) -> None:
            transactions.append([])

        def execute(_connection: Any, _cursor: Any, sql: str, *_: Any) -> None:
            # SQLite is told so before the event.
            if sql != 'BEGIN':
                locks = 'FOR UPDATE' in sql or 'FOR NO KEY UPDATE' in sql
                word = 'LOCK' if locks else sql.split()[0]
                transactions[-1].append(word)

        at = engine.manager.writer.get_engine()
        event.listen(at, 'begin', begin)
        event.listen(at, 'before_cursor_execute', execute)
        try:
            function()
        finally:
            event.remove(at, 'begin', begin)
            event.remove(at, 'before_cursor_execute', execute)
        return [
            words[0] for words in transactions if not _WRITES.isdisjoint(words)
        ]

    def acts(self, name: str) -> Any:
        context = self.context
        if name == 'create':
            request = self.request()
            return lambda: db_replication.create(context, **request)
        if name in ('claim', 'cancel', 'delete_site', 'delete_credential'):
            copy = self.make(states.QUEUED)
        elif name in ('retry', 'delete'):
            copy = self.make(states.ERROR)
        else:
            copy = self.make(states.COPYING)
        if name in ('delete_site', 'delete_credential'):
            copy = self.make(states.COMPLETED)
        if name == 'purge':
            self.make(states.COMPLETED)
            return lambda: purge.purge(context, timedelta(days=-1))
        if name == 'purge_listings':
            key = image_listing.Key(copy.credential_id, 'default')
            image_listing.listed(context, key, image_listing.now(context), [])
            return lambda: image_listing.purge(context, timedelta(days=-1))
        source = self.replication(copy.replication_id).source_credential_id
        return {
            'claim': lambda: self.claim(copy.replication_id),
            'cancel': lambda: db_image_copy.cancel(
                context, copy.replication_id
            ),
            'retry': lambda: db_image_copy.retry(
                context,
                copy.replication_id,
                source,
                {copy.id: copy.credential_id},
            ),
            'renew': lambda: renewal.renew(context, copy, bytes_sent=1),
            'complete': lambda: lease.complete(context, copy),
            'fail': lambda: lease.fail(context, copy, base.ERROR),
            'delete': lambda: db_replication.delete(
                context, copy.replication_id
            ),
            'delete_site': lambda: db_site.delete(
                context, copy.target_site_id, cascade=True
            ),
            'delete_credential': lambda: db_credential.delete(
                context, copy.credential_id
            ),
        }[name]

    @ddt.data(
        'create',
        'claim',
        'cancel',
        'retry',
        'renew',
        'complete',
        'fail',
        'delete',
        'delete_site',
        'delete_credential',
        'purge',
        'purge_listings',
    )
    def test_transaction_begins_by_writing(self, name: str) -> None:
        words = self.first_words(self.acts(name))
        self.assertLessEqual({*words}, {'LOCK', *_WRITES})
        self.assertTrue(words)


class HammerTestCase(base.TestCase):
    THREADS = 8

    def test_many_threads_get_no_error_of_the_database(self) -> None:
        replications = [self.replicate(targets=3).id for _n in range(8)]

        def work(name: str) -> int:
            done = 0
            for replication_id in self.due(100):
                for copy in self.claim(replication_id, name, limit=2):
                    for sent in range(3):
                        renewal.renew(self.context, copy, bytes_sent=sent)
                    lease.postpone(self.context, copy, base.ERROR, -1)
                for copy in self.claim(replication_id, name):
                    done += lease.complete(
                        self.context, copy, outcome=states.COPIED
                    )
                    takeovers.requeue_lost(self.context, 60)
            return done

        def work_on(name: str) -> int:
            total = 0
            while self.due(1):
                total += work(name)
            return total

        done = self.together(
            *(lambda name=f'c{n}': work_on(name) for n in range(self.THREADS))
        )
        self.assertEqual(24, sum(done))
        for replication_id in replications:
            self.assertEqual(
                states.COMPLETED, self.replication(replication_id).state
            )
        self.assertEqual((0, 0), purge.purge(self.context, timedelta(days=1)))


class ForeignKeyTestCase(base.TestCase):
    def test_copy_of_no_replication_is_refused(self) -> None:
        copy = models.ImageCopy(
            id='x',
            replication_id='gone',
            target_site_id='x',
            target_site_name='x',
            credential_id='x',
            state=states.QUEUED,
        )

        def add() -> None:
            with engine.writer(self.context) as session:
                session.add(copy)

        self.assertRaises(db_exception.DBReferenceError, add)
