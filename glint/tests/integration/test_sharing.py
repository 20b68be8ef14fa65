# SPDX-License-Identifier: Apache-2.0

"""Three conductors that share the work."""

import os
import signal
from typing import Any

from glint.tests import waiting
from glint.tests.integration import base

_IMAGES = 8
_CONDUCTORS = ('one', 'two', 'three')
_TO_SITE = 4

_ATTEMPTS = """
SELECT copies.target_site_id, attempts.conductor, attempts.started_at,
       attempts.finished_at
FROM attempts JOIN copies ON copies.id = attempts.copy_id
"""


class Essentials:
    """What is tested on each kind of database."""

    def settings(self) -> str:
        return (
            f'[queue]\nmax_copies_to_site = {_TO_SITE}\n'
            # So that none of them can do it alone.
            '[conductor]\nmax_copies = 3\n'
        )

    def test_conductors_share_copies_and_double_none(self) -> None:
        for name in _CONDUCTORS:
            self.stack.start_conductor(name)
        west, east = (self.add_site(cloud) for cloud in self.lab.clouds[1:3])
        images = {}
        for _number in range(_IMAGES):
            image_id, digest = self.make_image(256 * 1024)
            self.addCleanup(self.remove_made, image_id)
            images[image_id] = digest
        # No copy ends before there are as many as may run.
        self._signal(signal.SIGSTOP)
        try:
            ids = [self.replicate(image_id, west, east) for image_id in images]
            held = waiting.until(self._all_held, 60, 'copy to each place')
        finally:
            self._signal(signal.SIGCONT)
        self.assertEqual({*_CONDUCTORS}, {row.conductor for row in held})
        for replication_id in ids:
            self.await_state(replication_id, 'completed')
        for image_id, digest in images.items():
            for cloud in self.lab.clouds[1:3]:
                made = self.made_from(cloud, image_id)
                self.assertEqual(
                    [('active', digest)],
                    [(image.status, image.os_hash_value) for image in made],
                )
        attempts = self.stack.rows(_ATTEMPTS)
        self.assertEqual(2 * _IMAGES, len(attempts))
        for site_id in (west, east):
            self.assertLessEqual(self._peak(attempts, site_id), _TO_SITE)

    def _signal(self, number: int) -> None:
        for cloud in self.lab.clouds[1:3]:
            os.killpg(os.getpgid(cloud.pids['glance']), number)

    def _all_held(self) -> list[Any] | None:
        rows = self.stack.rows(
            "SELECT conductor FROM copies WHERE state = 'copying'"
        )
        return rows if len(rows) == 2 * _TO_SITE else None

    @staticmethod
    def _peak(attempts: list[Any], site_id: str) -> int:
        """:returns: how many copies ran to a site at the same moment."""
        mine = [row for row in attempts if row.target_site_id == site_id]
        moments = sorted(
            [(row.started_at, 1) for row in mine]
            + [(row.finished_at, -1) for row in mine]
        )
        running = [
            sum(change for _at, change in moments[: number + 1])
            for number in range(len(moments))
        ]
        return max(running)


class OnMariaDBTest(Essentials, base.TestCase):
    DATABASE = 'mariadb'


class OnPostgreSQLTest(Essentials, base.TestCase):
    DATABASE = 'postgresql'
