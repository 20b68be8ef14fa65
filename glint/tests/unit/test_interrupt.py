# SPDX-License-Identifier: Apache-2.0

import threading
import time

from glint import interrupt
from glint.tests import base


class InterruptTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.interrupt = interrupt.Interrupt()
        self.calls = []

    def test_check_passes_until_set(self):
        self.interrupt.check()
        self.interrupt.set('Cancelled.')
        error = self.assertRaises(interrupt.Interrupted, self.interrupt.check)
        self.assertEqual('Cancelled.', error.reason)
        self.assertTrue(self.interrupt.is_set())

    def test_first_reason_stays(self):
        self.interrupt.set('first')
        self.interrupt.set('second')
        error = self.assertRaises(interrupt.Interrupted, self.interrupt.check)
        self.assertEqual('first', error.reason)

    def test_closer_runs_once_at_set(self):
        with self.interrupt.closing(lambda: self.calls.append('closed')):
            self.assertEqual([], self.calls)
            self.interrupt.set('stop')
            self.interrupt.set('stop')
        self.assertEqual(['closed'], self.calls)

    def test_closer_is_forgotten_after_its_block(self):
        with self.interrupt.closing(lambda: self.calls.append('closed')):
            pass
        self.interrupt.set('stop')
        self.assertEqual([], self.calls)

    def test_closing_after_set_raises(self):
        self.interrupt.set('stop')
        closing = self.interrupt.closing(lambda: self.calls.append('closed'))
        self.assertRaises(interrupt.Interrupted, closing.__enter__)
        self.assertEqual([], self.calls)

    def test_failing_closer_does_not_keep_others_from_running(self):
        self.interrupt.on_set(lambda: 1 // 0)
        self.interrupt.on_set(lambda: self.calls.append('closed'))
        self.interrupt.set('stop')
        self.assertEqual(['closed'], self.calls)

    def test_wait_wakes_at_set(self):
        started = time.monotonic()
        threading.Timer(0.05, self.interrupt.set, ['stop']).start()
        self.assertRaises(interrupt.Interrupted, self.interrupt.wait, 20)
        self.assertLess(time.monotonic() - started, 5)

    def test_forget_waits_for_a_running_closer(self):
        running, go_on = threading.Event(), threading.Event()

        def close():
            running.set()
            go_on.wait(10)
            self.calls.append('closed')

        forget = self.interrupt.on_set(close)
        setter = threading.Thread(target=self.interrupt.set, args=['stop'])
        setter.start()
        running.wait(10)
        threading.Timer(0.05, go_on.set).start()
        forget()
        self.assertEqual(['closed'], self.calls)
        setter.join()
