# SPDX-License-Identifier: Apache-2.0

"""Conductors that stop, pause or see a wrong time while they hold copies."""

from collections import Counter
import contextlib
import os
import pathlib
import signal
import subprocess
from typing import Any
import urllib.request

from glint.tests import ports
from glint.tests import waiting
from glint.tests.integration import base
from glint.tests.integration import stack as stacks
from glint.tests.integration import test_replication

MIB = base.MIB

#: A lease that no load of the machine ends, where none is to end.
_PATIENT = '[conductor]\nlease = 30\n'
#: libfaketime breaks clock_nanosleep, which time.sleep alone is made of.
_SLEEP = """\
import select
import time

time.sleep = lambda seconds: select.select([], [], [], seconds) and None
"""


class TestCase(test_replication.TestCase):
    """A test with one conductor, and two sites to copy to."""

    def log(self, name: str) -> str:
        return self.stack.log_file(name).read_text()

    def copies(self, replication_id: str) -> list[Any]:
        copies: list[Any]
        copies = self.get(f'/v1/replications/{replication_id}')['copies']
        return copies


class PauseTest(TestCase):
    def pause(self, replication_id: str) -> subprocess.Popen[bytes]:
        """Stop all processes of the conductor in the middle of its copies.

        :returns: the conductor that has taken the copies over.
        """
        self._await_bytes(replication_id)
        os.killpg(self.conductor.pid, signal.SIGSTOP)
        self.addCleanup(self.go_on)
        successor = self.stack.start_conductor('successor')
        waiting.until(
            lambda: (
                {c['conductor'] for c in self.copies(replication_id)}
                == {'successor'}
            ),
            60,
            'takeover',
        )
        return successor

    def go_on(self) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.conductor.pid, signal.SIGCONT)

    def await_loss(self, count: int) -> None:
        words = 'was lost to another conductor'
        waiting.until(
            lambda: self.log('conductor').count(words) == count,
            30,
            f'{count} copies given up by the paused conductor',
        )

    def test_conductor_that_wakes_up_later_harms_nothing(self) -> None:
        image_id, digest = self._image(256 * MIB)
        replication_id = self.replicate(image_id, self.west, self.east)
        successor = self.pause(replication_id)
        self.await_state(replication_id, 'completed')
        self._assert_there(image_id, digest)
        self.go_on()
        self.await_loss(2)
        self._assert_there(image_id, digest)
        for copy in self.copies(replication_id):
            self.assertEqual('completed', copy['state'])
            self.assertLess(1, copy['attempts'])
        # It is of use again.
        self.stack.stop(successor)
        image_id, digest = self._image(MIB)
        self.await_state(
            self.replicate(image_id, self.west, self.east), 'completed'
        )
        self._assert_there(image_id, digest)

    def test_conductor_that_wakes_up_beside_its_successor_harms_nothing(
        self,
    ) -> None:
        image_id, digest = self._image(512 * MIB)
        replication_id = self.replicate(image_id, self.west, self.east)
        self.pause(replication_id)
        self._await_bytes(replication_id)
        self.go_on()
        self.await_loss(2)
        done = self.await_state(replication_id, 'completed')
        self._assert_there(image_id, digest)
        self.assertEqual(
            ['successor'] * 2, [copy['conductor'] for copy in done['copies']]
        )
        self.assertEqual(0, self._completed('conductor'))
        self.assertEqual(2, self._completed('successor'))

    def _completed(self, name: str) -> int:
        """Count the copies that a conductor wrote to have completed."""
        return self.log(name).count(' Completed, copied: ')


class RestartTest(TestCase):
    DEFAULT_TIMEOUT = 600

    def settings(self) -> str:
        # So few that there is work for three conductors, and some is left.
        return _PATIENT + 'max_copies = 4\n'

    def test_rolling_restart_under_load_loses_nothing(self) -> None:
        names = ['conductor', 'second', 'third']
        running = {'conductor': self.conductor}
        for name in names[1:]:
            running[name] = self.stack.start_conductor(name)
        images = [
            self._image(size * MIB, name=f'rolling-{number}')
            for number, size in enumerate((96, 64, 48, 32, 16, 8, 4, 1))
        ]
        asked = {
            self.replicate(image_id, self.west, self.east): (image_id, digest)
            for image_id, digest in images
        }
        for name in names:
            waiting.until(
                lambda name=name: self._holds(name) or not self._waiting(),
                60,
                f'copy of {name}',
            )
            self.stack.stop(running[name])
            self.assertFalse(self._holds(name))
            running[name] = self.stack.start_conductor(name)
        for replication_id, (image_id, digest) in asked.items():
            done = self.await_state(replication_id, 'completed')
            self._assert_there(image_id, digest)
            self.assertEqual(
                [1, 1], [copy['attempts'] for copy in done['copies']]
            )
        handed_back = sum(self.log(n).count('Handed back') for n in names)
        self.assertLess(0, handed_back)
        ended = Counter(
            copy['conductor']
            for replication_id in asked
            for copy in self.copies(replication_id)
        )
        self.addDetail(
            'figures',
            stacks.text(f'{handed_back} copies handed back, ended by {ended}'),
        )

    def _waiting(self) -> int:
        [row] = self.stack.rows(
            "SELECT COUNT(*) FROM copies WHERE state = 'queued'"
        )
        count: int = row[0]
        return count

    def _holds(self, name: str) -> int:
        [row] = self.stack.rows(
            'SELECT COUNT(*) FROM copies WHERE state IN '
            f"('copying', 'cancelling') AND conductor = '{name}'"
        )
        count: int = row[0]
        return count

    def test_reload_takes_the_new_configuration_and_loses_nothing(
        self,
    ) -> None:
        port = ports.free_port()
        image_id, digest = self._image(256 * MIB)
        replication_id = self.replicate(image_id, self.west, self.east)
        self._await_bytes(replication_id)
        config = self.stack.folder / 'conductor.d' / 'glint.conf'
        with config.open('a') as f:
            f.write(f'[metrics]\nport = {port}\n')
        self.conductor.send_signal(signal.SIGHUP)
        waiting.until(
            lambda: self.stack.starts('conductor') == 2, 60, 'second start'
        )
        with urllib.request.urlopen(
            f'http://127.0.0.1:{port}/metrics', timeout=10
        ) as answer:
            self.assertIn('glint_copies_running', answer.read().decode())
        done = self.await_state(replication_id, 'completed')
        self._assert_there(image_id, digest)
        self.assertEqual([1, 1], [c['attempts'] for c in done['copies']])
        self.assertIsNone(self.conductor.poll())


class _ClockTest(TestCase):
    """A test with conductors of wrong clocks, by libfaketime."""

    def setUp(self) -> None:
        self.library = next(
            pathlib.Path('/usr/lib').glob('*/faketime/libfaketimeMT.so.1'),
            None,
        )
        if self.library is None:
            self.skipTest('The package faketime is not installed.')
        super().setUp()
        self.stack.stop(self.conductor)
        folder = self.stack.folder / 'python'
        folder.mkdir()
        (folder / 'sitecustomize.py').write_text(_SLEEP)
        self.python_path = str(folder)

    def start(self, name: str, offset: str) -> subprocess.Popen[bytes]:
        """Start a conductor that is off by some time, such as +2h."""
        return self.stack.start_conductor(
            name,
            LD_PRELOAD=str(self.library),
            FAKETIME=offset,
            FAKETIME_DONT_FAKE_MONOTONIC='1',
            PYTHONPATH=self.python_path,
        )


class ClockTest(_ClockTest):
    def settings(self) -> str:
        return _PATIENT

    def test_wrong_clocks_cost_no_copy_and_steal_none(self) -> None:
        self.start('fast', '+2h')
        self.start('slow', '-2h')
        asked = {}
        for number in range(6):
            image_id, digest = self._image(48 * MIB, name=f'clock-{number}')
            replication_id = self.replicate(image_id, self.west, self.east)
            asked[replication_id] = (image_id, digest)
        ended = set()
        for replication_id, (image_id, digest) in asked.items():
            done = self.await_state(replication_id, 'completed')
            self._assert_there(image_id, digest)
            self.assertEqual([1, 1], [c['attempts'] for c in done['copies']])
            ended |= {copy['conductor'] for copy in done['copies']}
        self.assertEqual({'fast', 'slow'}, ended)
        for name in ended:
            self.assertNotIn('lost', self.log(name))
            # That the clock was wrong at all.
            year_and_hour = self.log(name)[:13]
            self.assertNotIn(
                year_and_hour, self.stack.log_file('api').read_text()
            )


class DeadConductorTest(_ClockTest):
    def test_dead_conductor_with_a_fast_clock_is_taken_over(self) -> None:
        # By its own clock it has renewed its leases in the future.
        fast = self.start('fast', '+2h')
        image_id, digest = self._image(256 * MIB)
        replication_id = self.replicate(image_id, self.west, self.east)
        self._await_bytes(replication_id)
        self.stack.stop(fast, signal.SIGKILL)
        self.start('slow', '-2h')
        done = self.await_state(replication_id, 'completed')
        self._assert_there(image_id, digest)
        self.assertEqual(
            ['slow', 'slow'], [copy['conductor'] for copy in done['copies']]
        )
