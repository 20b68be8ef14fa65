# SPDX-License-Identifier: Apache-2.0

import re
from typing import Any

from glint.conductor.copy import account
from glint.conductor.copy import copier
from glint.db import image_copy as db_image_copy
from glint.tests.unit.conductor import base

FILE = '/v2/images/[^/]+/file'


class AccountTest(base.TestCase):
    """One line of the log tells all of an attempt."""

    def _run(self, **options: Any) -> tuple[list[str], Any]:
        """Make a copy; return the lines about it, and its row."""
        replication = self.replicate(**options)
        run, source = self.claim(replication)
        account.name(replication, [run])
        source.open()
        copier.run_copy(run, source)
        copy = self.row(replication)
        lines = [
            line
            for line in self.logs.output.splitlines()
            if copy.id in line and 'DEBUG' not in line
        ]
        return lines, copy

    def test_completed_copy_is_one_line(self) -> None:
        self.home.images[base.IMAGE_ID]['name'] = 'debian\n13'
        [line], copy = self._run()
        size = len(base.DATA)
        expected = (
            r'Completed, copied: image debian\\n13 from home to west, '
            rf'{size} bytes in \d+\.\d s, \d+\.\d MiB/s \[copy {copy.id}, '
            rf'replication {copy.replication_id}, attempt 1\]$'
        )
        self.assertTrue(re.search(expected, line), line)

    def test_failed_copy_tells_how_far_it_came_and_why(self) -> None:
        self.config(group='conductor', max_attempts=1)

        def refuse(request: Any) -> None:
            request.body()
            request.reply(415, {'message': 'not the format'})

        self.west.on('PUT', FILE, refuse)
        [line], _copy = self._run()
        self.assertIn('Failed: image ', line)
        self.assertRegex(line, r'[1-9]\d* bytes in')
        self.assertIn('not the format', line)

    def test_unexpected_error_sends_no_operator_to_the_operator(self) -> None:
        self.config(group='conductor', max_attempts=1)

        def fail(*_arguments: Any) -> None:
            raise ZeroDivisionError

        self.patch(copier.target, 'copy', fail)
        lines, copy = self._run()
        self.assertIn('ask the operator of Glint', copy.error['detail'])
        self.assertNotIn('operator', ' '.join(lines))

    def test_skipped_copy_tells_why(self) -> None:
        self.west.add('there', b'other bytes')
        [line], _copy = self._run(on_conflict='skip')
        self.assertRegex(line, 'Completed, skipped: .* from home to west, ')
        self.assertIn('another image named an image', line)

    def test_cancelled_copy_is_one_line(self) -> None:
        def cancel(request: Any) -> None:
            [run] = self.running
            db_image_copy.cancel(self.context, run.copy.replication_id)
            run.renew()
            request.cut()

        self.running: list[Any] = []
        self.patch(copier, '_check_attempts', self.running.append)
        self.west.on('PUT', FILE, cancel)
        [line], _copy = self._run()
        self.assertIn('Cancelled: image ', line)
