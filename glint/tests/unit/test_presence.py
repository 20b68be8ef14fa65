# SPDX-License-Identifier: Apache-2.0

"""Processes say that they run."""

import os

from oslo_db import exception as db_exception

from glint import context as glint_context
from glint import presence
from glint.db.queue import service
from glint.tests import base
from glint.tests import fixtures as glint_fixtures
from glint.tests import waiting


class PresenceTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.useFixture(glint_fixtures.Database())
        self.context = glint_context.for_service()
        self.addCleanup(presence.stop)

    def _until_listed(self, count: int) -> list[service.Service]:
        found: list[service.Service] = waiting.until(
            lambda: [
                rows
                for rows in [service.index(self.context)]
                if len(rows) == count
            ],
            30,
            'row of the process',
        )[0]
        return found

    def test_process_is_listed_until_it_ends(self) -> None:
        presence.start('host-1', conductor=False)
        [found] = self._until_listed(1)
        self.assertEqual(('host-1', os.getpid()), (found.host, found.pid))
        presence.stop()
        self.assertEqual([], service.index(self.context))

    def test_database_that_cannot_be_written_ends_nothing(self) -> None:
        failed: list[None] = []

        def fail(*_arguments: object, **_columns: object) -> None:
            failed.append(None)
            if len(failed) < 3:
                raise db_exception.DBError('The database is read-only.')

        self.patch(presence, '_INTERVAL', 0.01)
        self.patch(service, 'renew', fail)
        presence.start('host-1', conductor=False)
        waiting.until(lambda: len(failed) > 3, 30, 'further sign')

    def test_child_process_is_another_one(self) -> None:
        presence.start('host-1', conductor=False)
        [parent] = self._until_listed(1)
        child = os.fork()
        if not child:
            # Until the parent ends it.
            os.read(os.pipe()[0], 1)
            os._exit(0)
        try:
            found = self._until_listed(2)
        finally:
            os.kill(child, 9)
            os.waitpid(child, 0)
        self.assertEqual({parent.pid, child}, {one.pid for one in found})
