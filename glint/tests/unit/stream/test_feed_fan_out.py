# SPDX-License-Identifier: Apache-2.0

import hashlib
import os
import socket
import threading
import time

import fixtures

from glint import interrupt
from glint.image import failure
from glint.stream import download
from glint.stream import feed
from glint.stream import reader
from glint.stream import ring
from glint.stream import spool
from glint.stream import upload
from glint.tests import base
from glint.tests.unit.image import cloud


class FanOutTestCase(base.TestCase):
    """One source and several senders over real connections."""

    DATA = os.urandom(16 << 20)

    def setUp(self):
        super().setUp()
        self.home = self.useFixture(cloud.Cloud())
        self.home.reply('GET', cloud.FILE, 200, self.DATA)
        stopping = interrupt.Interrupt()
        session = self.home.session()
        self.feed = feed.Feed(
            lambda offset: download.open_source(
                session,
                cloud.IMAGE_ID,
                offset,
                interrupt=stopping,
                timeout=10,
            ),
            site='home',
            size=len(self.DATA),
            expected={'md5': self.expected()},
            store=self.store(),
            interrupt=stopping,
        )
        self.addCleanup(self.feed.close)

    def expected(self):
        return hashlib.md5(self.DATA).hexdigest()

    def store(self):
        return spool.Spool(self.useFixture(fixtures.TempDir()).path)

    def target(self, take):
        """A cloud that takes the bytes of a PUT by a function."""
        made = self.useFixture(cloud.Cloud())
        made.digest = hashlib.md5()
        made.taken = 0

        def answer(request):
            size = int(request.headers['Content-Length'])
            while made.taken < size:
                data = take(request)
                if not data:
                    return
                made.taken += len(data)
                made.digest.update(data)
            request.reply(204)

        made.on('PUT', cloud.FILE, answer)
        return made

    def send(self, target, **kwargs):
        upload.upload(
            target.session(),
            cloud.IMAGE_ID,
            self.feed,
            interrupt=kwargs.pop('interrupt', interrupt.Interrupt()),
            progress=lambda sent: None,
            stall_timeout=30,
        )

    def test_slow_and_stalled_targets_do_not_slow_a_fast_one(self):
        def slowly(request):
            slow.stopping.wait(0.2)
            return request.rfile.read1(1000)

        slow = self.target(slowly)
        stalled = self.target(lambda request: slow.stopping.wait(20))
        fast = self.target(lambda request: request.rfile.read1(1 << 20))
        cancelled = interrupt.Interrupt()
        errors = []

        def send(target):
            try:
                self.send(target, interrupt=cancelled)
            except interrupt.Interrupted as e:
                errors.append(e)

        senders = [
            threading.Thread(target=send, args=[target])
            for target in (slow, stalled)
        ]
        self.feed.start()
        for sender in senders:
            sender.start()
        started = time.monotonic()
        self.send(fast)
        self.assertLess(time.monotonic() - started, 5)
        self.assertEqual(self.expected(), fast.digest.hexdigest())
        self.assertLess(slow.taken, len(self.DATA) // 2)
        cancelled.set('Enough.')
        for sender in senders:
            sender.join(5)
        self.assertEqual(2, len(errors))
        self.assertEqual(1, len(self.home.sent('GET', cloud.FILE)))

    def test_late_sender_gets_all(self):
        self.feed.start()
        self.feed.confirm()
        late = self.target(lambda request: request.rfile.read1(1 << 20))
        self.send(late)
        self.assertEqual(self.expected(), late.digest.hexdigest())
        self.assertEqual(1, len(self.home.sent('GET', cloud.FILE)))


class CorruptFanOutTestCase(FanOutTestCase):
    """A source of which the data have not the recorded hash."""

    def expected(self):
        return '0' * 32

    test_slow_and_stalled_targets_do_not_slow_a_fast_one = None
    test_late_sender_gets_all = None

    def test_no_target_gets_the_last_byte(self):
        targets = [
            self.target(lambda request: request.rfile.read1(1 << 20))
            for _ in range(2)
        ]
        self.feed.start()
        for target in targets:
            error = self.assertRaises(failure.SiteFailure, self.send, target)
            self.assertEqual('source_corrupt', error.code)
            self.assertLess(target.taken, len(self.DATA))


class InMemoryTestCase(FanOutTestCase):
    """A source of which only the newest data are kept, for one sender."""

    test_slow_and_stalled_targets_do_not_slow_a_fast_one = None
    test_late_sender_gets_all = None

    def store(self):
        return ring.Ring(4 * reader.PIECE)

    def test_source_goes_no_faster_than_the_target(self):
        go_on = threading.Event()

        def take(request):
            # The kernel would give it as much as there are data, in time.
            request.connection.setsockopt(
                socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 18
            )
            if target.taken > 1_000_000:
                go_on.wait(20)
            return request.rfile.read1(1 << 20)

        target = self.target(take)
        self.feed.start()
        sender = threading.Thread(target=self.send, args=[target])
        sender.start()
        # What is on its way between the two, and not more.
        there = 0
        while (now := self.feed.wait(there, 0.5)) > there:
            there = now
        self.assertLess(there, len(self.DATA))
        go_on.set()
        sender.join(20)
        self.assertEqual(self.expected(), target.digest.hexdigest())

    def test_close_ends_all_threads(self):
        before = set(threading.enumerate())
        self.feed.start()
        self.feed.wait(2 * reader.PIECE, 10)
        self.feed.close()
        for thread in set(threading.enumerate()) - before:
            if thread.name.startswith('feed-'):
                thread.join(10)
                self.assertFalse(thread.is_alive())
