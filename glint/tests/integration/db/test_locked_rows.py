# SPDX-License-Identifier: Apache-2.0
"""Rows that another session has locked, on each server."""

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
from datetime import timedelta
import time
from typing import Any

from oslo_db import exception as db_exception
from oslo_utils import timeutils
import sqlalchemy as sa
import testscenarios

from glint import conf
from glint import states
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db import leftover
from glint.db import locking
from glint.db import models
from glint.db import purge
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.db.queue import refusal
from glint.db.queue import renewal
from glint.db.queue import takeover
from glint.db.queue import turn
from glint.tests import takeovers
from glint.tests.integration.db import test_servers
from glint.tests.unit.db import base

load_tests = testscenarios.load_tests_apply_scenarios

#: What a call may take that waits, in seconds.
_BOUND = 5.0
_NO_PROGRESS = dict.fromkeys(renewal.PROGRESS)


class TestCase(test_servers.OnServer, base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.config(group='conductor', lease=6)
        # The sessions so far were opened with the limits of another lease.
        engine.manager.dispose_pool()

    @contextlib.contextmanager
    def locked(
        self, table: type[models.Base], row_id: str
    ) -> Iterator[sa.Connection]:
        """Have another session lock a row, which nobody ends."""
        maker = sa.create_engine(
            conf.CONF.database.connection, poolclass=sa.NullPool
        )
        with maker.connect() as connection:
            name = {
                'mysql': 'idle_transaction_timeout',
                'postgresql': 'idle_in_transaction_session_timeout',
            }[maker.dialect.name]
            connection.execute(sa.text(f'SET SESSION {name} = 0'))
            connection.execute(
                sa.select(table.id).where(table.id == row_id).with_for_update()
            )
            yield connection
            connection.rollback()

    def passed_over(self, call: Callable[..., Any], *args: Any) -> Any:
        """A call is told of the lock, and does not wait for it."""
        error = self.assertRaises(engine.Busy, call, self.context, *args)
        self.assertFalse(error.waited)
        return error

    def bounded(self, call: Callable[..., Any], *args: Any) -> None:
        """A call waits for the lock, and gives up."""
        began = time.monotonic()
        error = self.assertRaises(engine.Busy, call, self.context, *args)
        self.assertLess(time.monotonic() - began, _BOUND)
        self.assertTrue(error.waited)


class LockedTestCase(TestCase):
    def test_heartbeat_renews_all_other_leases(self) -> None:
        copies = {
            copy.id: copy for copy in self.claim(self.replicate(targets=3).id)
        }
        first = next(iter(copies))
        with self.locked(models.ImageCopy, first):
            held = renewal.renew_all(
                self.context,
                copies,
                dict.fromkeys(copies, {**_NO_PROGRESS, 'bytes_sent': 1}),
            )
        self.assertEqual(
            {
                copy_id: (states.COPYING, copy_id != first)
                for copy_id in copies
            },
            held,
        )

    def test_cancelled_copy_is_told_through_a_lock(self) -> None:
        copy = self.make(states.CANCELLING)
        with self.locked(models.ImageCopy, copy.id):
            held = renewal.renew_all(
                self.context,
                {copy.id: copy},
                {copy.id: {**_NO_PROGRESS, 'bytes_sent': 1}},
            )
        self.assertEqual({copy.id: (states.CANCELLING, False)}, held)

    def test_lost_copy_with_a_locked_row_is_not_found(self) -> None:
        copies = [self.make(states.COPYING) for _number in range(3)]
        for copy in copies:
            self.silence(copy)
        with self.locked(models.ImageCopy, copies[0].id):
            found = takeover.lost(self.context, 6)
            self.assertEqual(
                {copy.id for copy in copies[1:]}, {copy.id for copy in found}
            )
            self.passed_over(takeover.requeue, copies[0])
            self.passed_over(takeover.evacuate, copies[0])
            self.assertTrue(takeover.requeue(self.context, found[0]))
        with self.locked(models.Replication, found[1].replication_id):
            self.passed_over(takeover.requeue, found[1])
        self.assertEqual(2, len(takeovers.requeue_lost(self.context, 6)))

    def test_purge_leaves_what_is_locked(self) -> None:
        copies = [self.make(states.COMPLETED) for _number in range(3)]
        for copy in copies:
            self.set_columns(
                models.Replication,
                copy.replication_id,
                finished_at=timeutils.utcnow() - timedelta(days=9),
            )
        began = time.monotonic()
        with (
            self.locked(models.Replication, copies[0].replication_id),
            self.locked(models.ImageCopy, copies[1].id),
        ):
            self.assertEqual(
                (1, 2), purge.purge(self.context, timedelta(days=8))
            )
        self.assertLess(time.monotonic() - began, _BOUND)
        self.assertEqual(
            {copy.replication_id for copy in copies[:2]},
            {row['id'] for row in self.rows()['replications']},
        )
        self.assertEqual((2, 0), purge.purge(self.context, timedelta(days=8)))

    def test_claim_waits_for_no_row(self) -> None:
        replication = self.replicate(targets=2)
        locked_copy, other = self.copies(replication.id)
        arguments = (replication.id, 'c1', 10)
        for table, row_id in (
            (models.Project, 'p'),
            (models.Replication, replication.id),
            (models.Site, replication.source_site_id),
            (models.Site, other.target_site_id),
        ):
            with self.locked(table, row_id):
                self.passed_over(base.lease.claim, *arguments)
        for site_id in (replication.source_site_id, other.target_site_id):
            with self.locked(models.Site, site_id):
                error = self.passed_over(base.lease.claim, *arguments)
                self.assertEqual([site_id], list(error.ids))
        with self.locked(models.ImageCopy, locked_copy.id):
            [claimed] = base.lease.claim(self.context, *arguments)
        self.assertEqual(other.id, claimed.id)

    def test_copies_to_other_sites_are_claimed(self) -> None:
        both = self.replicate(targets=2)
        blocked, free = (c.target_site_id for c in self.copies(both.id))
        with self.locked(models.Site, blocked):
            self.assertEqual([both.id], turn.due(self.context, 9, (), []))
            [claimed] = base.lease.claim(
                self.context, both.id, 'c1', 9, {blocked}
            )
        self.assertEqual(free, claimed.target_site_id)
        self.assertEqual([], turn.due(self.context, 9, (), {blocked}))
        self.assertEqual([], turn.due(self.context, 9, (), {'p'}))
        self.assertEqual([both.id], turn.due(self.context, 9))

    def test_calls_of_the_api_are_bounded(self) -> None:
        copy = self.make(states.COPYING)
        request = self.request()
        site_id = next(iter(request['targets']))
        credential_id = request['targets'][site_id]

        def create(context: engine.Context) -> None:
            db_replication.create(context, **request)

        for table, row_id in (
            (models.Site, site_id),
            (models.Credential, credential_id),
        ):
            with self.locked(table, row_id):
                self.bounded(create)
        with self.locked(models.Site, site_id):
            self.bounded(db_site.delete, site_id)
        with self.locked(models.Replication, copy.replication_id):
            self.bounded(db_image_copy.cancel, copy.replication_id)
        with self.locked(models.ImageCopy, copy.id):
            self.bounded(db_image_copy.cancel, copy.replication_id)
        # Nothing of it was done.
        self.assertEqual(states.COPYING, self.copy(copy.replication_id).state)

    def test_copy_that_waited_too_long_is_passed_over(self) -> None:
        copy = self.make(states.QUEUED)
        self.refuse(copy.credential_id)
        [late] = refusal.late(self.context, -1)
        for table, row_id in (
            (models.Replication, copy.replication_id),
            (models.ImageCopy, copy.id),
            (models.Credential, copy.credential_id),
        ):
            with self.locked(table, row_id):
                self.assertFalse(
                    refusal.give_up(self.context, late, base.ERROR)
                )
        self.assertTrue(refusal.give_up(self.context, late, base.ERROR))

    def test_leftover_is_passed_over(self) -> None:
        copy = self.make(states.ERROR)
        self.set_columns(models.ImageCopy, copy.id, target_image_id='i')
        with self.locked(models.ImageCopy, copy.id):
            [found] = leftover.due(self.context, -1)
            self.assertIsNone(leftover.take(self.context, found, 6))


class IdleTestCase(TestCase):
    def test_transaction_that_does_nothing_is_ended(self) -> None:
        site = self.add_site()
        connection = engine.manager.writer.get_engine().connect()
        self.addCleanup(connection.close)
        connection.execute(
            sa.select(models.Site.id)
            .where(models.Site.id == site.id)
            .with_for_update()
        )
        began = time.monotonic()
        done = False
        while not done:
            with contextlib.suppress(engine.Busy):
                db_site.update(self.context, site.id, description='x')
                done = True
            self.assertLess(time.monotonic() - began, _BOUND)
        self.assertRaises(
            db_exception.DBConnectionError,
            connection.execute,
            sa.select(models.Site.id),
        )

    def test_frozen_transaction_is_made_again(self) -> None:
        site = self.add_site()
        tries = []

        @engine.retried
        def write() -> None:
            with engine.writer(self.context) as session:
                locking.lock(session, models.Site, [site.id])
                if not tries:
                    # As if the process were stopped; for longer than it may.
                    connection = session.connection().connection
                    test_servers.await_end(connection.dbapi_connection)
                tries.append(1)
                session.execute(
                    sa.update(models.Site).values(description='done')
                )

        write()
        self.assertEqual(2, len(tries))
        self.assertEqual(
            'done', db_site.get(self.context, site.id, None).description
        )
