# SPDX-License-Identifier: Apache-2.0

"""Tests of Guru Meditation Reports."""

from collections.abc import Iterator
import os
import pathlib
import signal
import sys
import threading

import fixtures
from oslo_reports import guru_meditation_report as gmr

from glint import conf
from glint import report
from glint.tests import base


class ReportTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.folder = self.useFixture(fixtures.TempDir()).path
        report.opts.set_defaults(conf.CONF)
        self.config(group='oslo_reports', log_dir=self.folder)
        before = signal.getsignal(signal.SIGUSR2)
        self.addCleanup(signal.signal, signal.SIGUSR2, before)

    def reports(self) -> list[str]:
        return [
            path.read_text()
            for path in pathlib.Path(self.folder).glob('glint-test-*')
        ]

    def test_signal_makes_a_report_without_secrets(self) -> None:
        url = 'mysql+pymysql://glint:canary@db.example.org/glint'
        self.config(group='database', connection=url)
        report.listen('glint-test')
        os.kill(os.getpid(), signal.SIGUSR2)
        (text,) = self.reports()
        self.assertIn('Guru Meditation', text)
        self.assertIn('key_repository = ', text)
        self.assertIn('connection = ***', text)
        self.assertNotIn('canary', text)

    def test_stack_of_a_busy_thread_is_whole(self) -> None:
        stopping = threading.Event()

        def within() -> None:
            pass

        def generate() -> Iterator[None]:
            # A generator that waits does not know who called it.
            while not stopping.is_set():
                within()
                yield

        def start_of_it() -> None:
            for _step in generate():
                pass

        # Threads take turns far more often, so that functions end in between.
        self.addCleanup(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(1e-6)
        thread = threading.Thread(target=start_of_it)
        self.addCleanup(thread.join)
        self.addCleanup(stopping.set)
        thread.start()
        for _time in range(100):
            self.assertIn(f'in {start_of_it.__name__}', report.stacks())

    def test_stacks_are_in_the_report_once(self) -> None:
        report.listen('glint-test')
        report.watch('glint-test')
        text = gmr.TextGuruMeditation(report.version).run()
        self.assertEqual(1, text.count(' Stacks '))
        self.assertIn('test_stacks_are_in_the', text.partition(' Stacks ')[2])

    def test_thread_takes_no_signal(self) -> None:
        before = signal.getsignal(signal.SIGUSR2)
        thread = threading.Thread(target=report.listen, args=('glint-test',))
        thread.start()
        thread.join()
        self.assertIs(before, signal.getsignal(signal.SIGUSR2))

    def test_every_password_of_the_configuration_is_marked_secret(
        self,
    ) -> None:
        text = gmr.TextGuruMeditation(report.version).run()
        for line in text.splitlines():
            name, found, value = line.strip().partition(' = ')
            if found and name.endswith(('password', '_token_id')):
                self.assertIn(value, ('***', 'None'), line)
