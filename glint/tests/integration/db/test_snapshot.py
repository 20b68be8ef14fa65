# SPDX-License-Identifier: Apache-2.0

"""One answer tells of one moment."""

import threading

import testscenarios

from glint import context as glint_context
from glint import states
from glint.db import engine
from glint.db import replication as db_replication
from glint.db import summary
from glint.db.queue import lease
from glint.tests.integration.db import test_servers
from glint.tests.unit.db import base

load_tests = testscenarios.load_tests_apply_scenarios


class SnapshotTestCase(test_servers.OnServer, base.TestCase):
    def test_readers_within_see_nothing_of_what_ends_meanwhile(self) -> None:
        made = self.replicate()
        [copy] = self.claim(made.id)

        def end() -> None:
            # Another thread is another process: it has its own transactions.
            context = glint_context.for_service()
            self.assertTrue(lease.complete(context, copy, outcome='copied'))

        with engine.snapshot(self.context):
            shown = db_replication.get(self.context, made.id, None)
            ending = threading.Thread(target=end)
            ending.start()
            ending.join()
            found = summary.read(self.context, [made.id])
        self.assertEqual(states.COPYING, shown.state)
        self.assertEqual({states.COPYING: 1}, found[made.id].counts)
        ended = db_replication.get(self.context, made.id, None)
        self.assertEqual(states.COMPLETED, ended.state)
