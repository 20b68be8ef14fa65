# SPDX-License-Identifier: Apache-2.0

"""A process that stands still in any of its transactions, for too long."""

from collections.abc import Callable
import contextlib
from typing import Any

import ddt
import sqlalchemy as sa
from sqlalchemy import event
import testscenarios

from glint import states
from glint.db import credential as db_credential
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db import models
from glint.db import quota
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.db.queue import health
from glint.db.queue import lease
from glint.db.queue import takeover
from glint.tests.integration.db import test_servers
from glint.tests.unit.db import base

load_tests = testscenarios.load_tests_apply_scenarios

Act = Callable[[], Any]


class TestCase(test_servers.OnServer, base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.config(group='conductor', lease=3)
        engine.manager.dispose_pool()

    def statements(self, act: Act) -> int:
        """:returns: how many the longest transaction of an act has."""
        counts = [0]

        def begin(*_: Any) -> None:
            counts.append(0)

        def execute(*_: Any) -> None:
            counts[-1] += 1

        at = engine.manager.writer.get_engine()
        with _listening(at, begin=begin, before_cursor_execute=execute):
            act()
        return max(counts)

    def frozen(self, act: Act, number: int) -> None:
        """Stand still before a statement, until the server has had enough.

        :param number: of the statement in its transaction.
        """
        count = 0
        frozen = False

        def begin(*_: Any) -> None:
            nonlocal count
            count = 0

        def execute(connection: sa.Connection, *_: Any) -> None:
            nonlocal count, frozen
            count += 1
            if count == number and not frozen:
                frozen = True
                test_servers.await_end(connection.connection.dbapi_connection)

        at = engine.manager.writer.get_engine()
        with _listening(at, begin=begin, before_cursor_execute=execute):
            act()
        self.assertTrue(frozen)


@contextlib.contextmanager
def _listening(at: sa.Engine, **listeners: Any) -> Any:
    for name, listener in listeners.items():
        event.listen(at, name, listener)
    try:
        yield
    finally:
        for name, listener in listeners.items():
            event.remove(at, name, listener)


@ddt.ddt
class FrozenTestCase(TestCase):
    """What a call does that was frozen is as if it had not been."""

    def copy_acts(self) -> dict[str, tuple[str, Callable[[Any], Any]]]:
        """:returns: what is done to a copy in which state, by a name."""
        context = self.context
        return {
            'cancel': (
                states.QUEUED,
                lambda copy: db_image_copy.cancel(
                    context, copy.replication_id
                ),
            ),
            'claim': (
                states.QUEUED,
                lambda copy: self.claim(copy.replication_id),
            ),
            'retry': (states.ERROR, self._retry),
            'complete': (
                states.COPYING,
                lambda copy: lease.complete(
                    context, copy, outcome=states.COPIED
                ),
            ),
            'fail': (
                states.COPYING,
                lambda copy: lease.fail(context, copy, base.ERROR),
            ),
            'postpone': (
                states.COPYING,
                lambda copy: lease.postpone(context, copy, base.ERROR, 1),
            ),
            'hand_back': (
                states.COPYING,
                lambda copy: lease.hand_back(context, copy),
            ),
            'close_cancelled': (
                states.CANCELLING,
                lambda copy: lease.close_cancelled(context, copy),
            ),
            'evacuate': (
                states.COPYING,
                lambda copy: takeover.evacuate(context, copy),
            ),
            'requeue': (
                states.COPYING,
                lambda copy: takeover.requeue(context, copy),
            ),
            'set_image': (
                states.COPYING,
                lambda copy: db_replication.set_image(
                    context, copy.replication_id, 'x', 1
                ),
            ),
        }

    def _retry(self, copy: Any) -> None:
        replication = self.replication(copy.replication_id)
        db_image_copy.retry(
            self.context,
            copy.replication_id,
            replication.source_credential_id,
            {copy.id: copy.credential_id},
        )

    @ddt.data(
        'cancel',
        'claim',
        'retry',
        'complete',
        'fail',
        'postpone',
        'hand_back',
        'close_cancelled',
        'evacuate',
        'requeue',
        'set_image',
    )
    def test_of_a_copy(self, name: str) -> None:
        state, act = self.copy_acts()[name]
        first, other = self.make(state), self.make(state)
        count = self.statements(lambda: act(first))
        self.assertGreater(count, 1)
        self.frozen(lambda: act(other), count)
        self.assertEqual(self._seen(first), self._seen(other))

    def _seen(self, copy: Any) -> Any:
        """:returns: what became of a copy, without ids and dates."""
        with engine.reader(self.context) as session:
            row = session.get(models.ImageCopy, copy.id)
            made = session.get(models.Replication, copy.replication_id)
            if row is None or made is None:
                return (row, made)
            attempts = session.scalars(
                sa.select(models.Attempt.state)
                .where(models.Attempt.copy_id == copy.id)
                .order_by(models.Attempt.number)
            ).all()
            return (
                made.state,
                made.image_name,
                row.state,
                row.attempts,
                row.outcome,
                row.lease is None,
                list(attempts),
            )

    def other_acts(self) -> dict[str, Callable[[], Any]]:
        """:returns: what makes the same change each time, by a name."""
        limit = quota.Limit('p', quota.SITES, 100)
        return {
            'create': lambda: db_replication.create(
                self.context,
                **self.request(),
                limit=limit._replace(resource=quota.ACTIVE_REPLICATIONS),
            ),
            'create_site': lambda: self.add_site(limit=limit),
            'delete_site': lambda: db_site.delete(
                self.context, self.add_site().id
            ),
            'create_credential': lambda: self.add_credential(
                self.add_site().id,
                limit=limit._replace(resource=quota.CREDENTIALS),
            ),
            'delete_credential': lambda: db_credential.delete(
                self.context, self.add_credential(self.add_site().id).id
            ),
            'update_credential': lambda: db_credential.update(
                self.context,
                self.add_credential(self.add_site().id),
                secret='y',
                state='ok',
            ),
            'refuse_credential': lambda: db_credential.refuse(
                self.context,
                self.add_credential(self.add_site().id).id,
                'x',
                True,
            ),
            'fail_site': lambda: health.failed(
                self.context, self.add_site().id, 'x'
            ),
        }

    @ddt.data(
        'create',
        'create_site',
        'delete_site',
        'create_credential',
        'delete_credential',
        'update_credential',
        'refuse_credential',
        'fail_site',
    )
    def test_of_others(self, name: str) -> None:
        act = self.other_acts()[name]
        counts = [self._counts()]
        number = self.statements(act)
        counts.append(self._counts())
        self.assertGreater(number, 1)
        self.frozen(act, number)
        counts.append(self._counts())
        first, second = (
            [now - then for then, now in zip(*pair, strict=True)]
            for pair in (counts[:2], counts[1:])
        )
        self.assertEqual(first, second)

    def _counts(self) -> list[int]:
        """:returns: how many rows each table has that acts add to."""
        tables = (
            models.Site,
            models.Credential,
            models.Replication,
            models.ImageCopy,
        )
        with engine.reader(self.context) as session:
            return [
                session.scalar(sa.select(sa.func.count()).select_from(table))
                for table in tables
            ]
