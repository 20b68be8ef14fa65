# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""One answer tells of one moment."""

import threading

import testscenarios

from glint import context as glint_context
from glint import states
from glint.db import engine
from glint.db import lease
from glint.db import replication as db_replication
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
            summary = db_replication.summaries(self.context, [made.id])
        self.assertEqual(states.COPYING, shown.state)
        self.assertEqual({states.COPYING: 1}, summary[made.id].counts)
        ended = db_replication.get(self.context, made.id, None)
        self.assertEqual(states.COMPLETED, ended.state)
