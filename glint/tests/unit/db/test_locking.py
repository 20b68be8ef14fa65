# SPDX-License-Identifier: Apache-2.0
"""Tests of the limits of locks, and of what comes of them."""

import ddt
from oslo_db import exception as db_exception
from oslo_db.sqlalchemy import exc_filters
import pymysql
import sqlalchemy as sa

from glint.db import engine
from glint.db import locking
from glint.db import models
from glint.tests.unit.db import base


@ddt.ddt
class LimitsTestCase(base.TestCase):
    @ddt.data((1, 1, 1), (6, 2, 1), (12, 4, 2), (30, 10, 2), (600, 10, 2))
    @ddt.unpack
    def test_limits_follow_from_the_lease(
        self, lease: float, idle: int, wait: int
    ) -> None:
        self.config(group='conductor', lease=lease)
        self.assertEqual((idle, wait), locking.limits())
        if lease >= 6:
            self.assertLessEqual(idle + wait, lease / 2)


class _Driver:
    """What a driver gives, of a server that knows some variables."""

    def __init__(self, *variables: str) -> None:
        self.variables = variables
        self.statements: list[str] = []

    def cursor(self) -> '_Driver':
        return self

    def close(self) -> None:
        return

    def execute(self, statement: str) -> None:
        self.statements.append(statement)

    def fetchone(self) -> tuple[str, int] | None:
        name = self.statements[-1].split("'")[1]
        return (name, 0) if name in self.variables else None


class ServersTestCase(base.TestCase):
    """MySQL knows other variables than MariaDB, which tests run on."""

    def test_mariadb_ends_idle_transactions(self) -> None:
        driver = _Driver('idle_transaction_timeout')
        locking._limit_mysql(driver)
        self.assertEqual(
            [
                'SET SESSION idle_transaction_timeout = 10',
                'SET SESSION innodb_lock_wait_timeout = 2',
            ],
            driver.statements[1:],
        )

    def test_mysql_ends_idle_sessions(self) -> None:
        driver = _Driver()
        locking._limit_mysql(driver)
        self.assertEqual(
            [
                'SET SESSION wait_timeout = 10',
                'SET SESSION innodb_lock_wait_timeout = 2',
            ],
            driver.statements[1:],
        )


class BusyTestCase(base.TestCase):
    def test_lock_that_mariadb_does_not_get_is_no_deadlock(self) -> None:
        def connect() -> None:
            raise pymysql.err.OperationalError(1205, 'Lock wait timeout ...')

        maker = sa.create_engine('mysql+pymysql://', creator=connect)
        exc_filters.register_engine(maker)
        self.assertRaises(engine.Busy, maker.connect)

    def test_it_is_told_once_without_the_values(self) -> None:
        error = sa.exc.OperationalError(
            'UPDATE credentials SET secret=canary', {}, Exception()
        )
        for _number in range(2):
            busy = self.assertRaises(engine.Busy, locking._tell_busy, error)
            self.assertEqual('a row of credentials', busy.what)
            self.assertTrue(busy.waited)
        self.assertEqual(1, self.logs.output.count('a row of credentials'))
        self.assertNotIn('canary', self.logs.output)
        self.assertTrue(engine.is_waited_for())


class PatienceTestCase(base.TestCase):
    def fail(self, *errors: Exception) -> int:
        """Run a transaction that fails some times.

        :returns: how often it was tried.
        """
        left = list(errors)
        tries = []

        @engine.retried
        def work() -> None:
            tries.append(1)
            if left:
                raise left.pop(0)

        try:
            work()
        except Exception as e:
            self.raised: Exception | None = e
        else:
            self.raised = None
        return len(tries)

    def cut(self, statement: str | None) -> db_exception.DBConnectionError:
        cause = sa.exc.OperationalError(statement, {}, Exception())
        return db_exception.DBConnectionError(cause)

    def test_lock_is_waited_for_twice(self) -> None:
        busy = engine.Busy('a row', True)
        self.assertEqual(2, self.fail(busy))
        self.assertIsNone(self.raised)
        self.assertEqual(2, self.fail(busy, busy, busy))
        self.assertIs(busy, self.raised)

    def test_lock_that_nobody_waits_for_is_not_tried_again(self) -> None:
        self.assertEqual(1, self.fail(engine.Busy('a row', False)))
        self.assertIsInstance(self.raised, engine.Busy)

    def test_transaction_that_was_cut_is_tried_again(self) -> None:
        self.assertEqual(2, self.fail(self.cut('UPDATE sites')))
        self.assertIsNone(self.raised)

    def test_commit_that_was_cut_is_not_tried_again(self) -> None:
        self.assertEqual(1, self.fail(self.cut(None)))
        self.assertIsInstance(self.raised, db_exception.DBConnectionError)


class LockTestCase(base.TestCase):
    def test_rows_that_are_there_are_locked(self) -> None:
        ids = sorted(self.add_site().id for _number in range(3))
        with engine.writer(self.context) as session:
            found = locking.lock(session, models.Site, [*ids, 'none'])
            self.assertEqual(ids, found)
            found = locking.lock(
                session, models.Site, ids, models.Site.id != ids[0], wait=False
            )
            self.assertEqual(ids[1:], found)
            locking.lock_now(session, models.Site, [*ids, 'none'])
