# SPDX-License-Identifier: Apache-2.0

"""What an operator does with conductors that are at work."""

import json
import os
import signal
from typing import Any

from glint.tests import waiting
from glint.tests.integration import base
from glint.tests.integration import test_replication

MIB = base.MIB


class OperateTest(test_replication.TestCase):
    def settings(self) -> str:
        # No load of the machine is to end a lease.
        return '[conductor]\nlease = 30\n'

    def manage(self, *arguments: str) -> Any:
        return json.loads(self.stack.manage(*arguments, '--json'))

    def test_evacuated_conductor_stops_and_another_one_goes_on(self) -> None:
        image_id, digest = self._image(512 * MIB)
        replication_id = self.replicate(image_id, self.west, self.east)
        self._await_bytes(replication_id)
        # It can neither end them nor, later, claim them again.
        os.killpg(self.conductor.pid, signal.SIGSTOP)
        self.addCleanup(os.killpg, self.conductor.pid, signal.SIGCONT)
        [known] = self.manage('conductor', 'list')
        self.assertEqual(('conductor', 2), (known['name'], known['copies']))
        said = self.stack.manage('conductor', 'evacuate', 'conductor')
        self.assertIn('2 copies queued again', said)
        self.stack.start_conductor('other')
        waiting.until(
            lambda: (
                [c['name'] for c in self.manage('conductor', 'list')][0]
                == 'other'
            ),
            60,
            'copies of the other conductor',
        )
        os.killpg(self.conductor.pid, signal.SIGCONT)
        done = self.await_state(replication_id, 'completed')
        self._assert_there(image_id, digest)
        self.assertEqual(
            [('other', 1)] * 2,
            [(c['conductor'], c['attempts']) for c in done['copies']],
        )
        log = self.stack.log_file('conductor')
        waiting.until(
            lambda: log.read_text().count('was lost to another') == 2,
            30,
            'two copies given up by the evacuated conductor',
        )
        self.assertEqual([], self.manage('copy', 'stuck'))

    def test_copies_of_a_dead_conductor_are_told_until_one_lives(self) -> None:
        image_id, digest = self._image(256 * MIB)
        replication_id = self.replicate(image_id, self.west)
        self._await_bytes(replication_id)
        self.stack.stop(self.conductor, signal.SIGKILL)
        found = waiting.until(
            lambda: self.manage('copy', 'stuck'), 90, 'stuck copy'
        )
        self.assertEqual(
            [('conductor_silent', replication_id, 'conductor')],
            [
                (one['reason'], one['replication_id'], one['conductor'])
                for one in found
            ],
        )
        self.stack.start_conductor('other')
        self.await_state(replication_id, 'completed')
        self.assertEqual([], self.manage('copy', 'stuck'))
        [made] = self.made_from(self.lab.clouds[1], image_id)
        self.assertEqual(digest, made.os_hash_value)
