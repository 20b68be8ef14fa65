# SPDX-License-Identifier: Apache-2.0

import errno
import hashlib
import os
import socket
import threading
from unittest import mock

import ddt
import fixtures

from glint import interrupt
from glint.image import failure
from glint.stream import feed
from glint.stream import hashing
from glint.stream import reader
from glint.stream import ring
from glint.stream import spool
from glint.tests import base
from glint.tests.unit.stream import feeding


@ddt.ddt
class FeedTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.useFixture(fixtures.MockPatchObject(reader, 'RESUME_DELAY', 0))
        self.directory = self.useFixture(fixtures.TempDir()).path
        self.interrupt = interrupt.Interrupt()
        self.opened = []

    def feed(self, *sources, size=feeding.SIZE, expected=None, **kwargs):
        """Start a feed.

        :param sources: what each connection to the source gives, the last
            one for all that follow: parameters of Source, or an exception
        """
        plans = list(sources or [{}])

        def open_source(offset):
            self.opened.append(offset)
            plan = plans.pop(0) if len(plans) > 1 else plans[0]
            if isinstance(plan, Exception):
                raise plan
            return feeding.Source(
                plan.get('data', feeding.DATA),
                offset,
                **{key: value for key, value in plan.items() if key != 'data'},
            )

        made = feed.Feed(
            open_source,
            site='home',
            size=size,
            expected={'sha256': feeding.SHA} if expected is None else expected,
            store=kwargs.pop('store', None) or spool.Spool(self.directory),
            interrupt=self.interrupt,
            **kwargs,
        )
        self.addCleanup(made.close)
        made.start()
        return made

    def read(self, made):
        """Read all as a sender does."""
        data = bytearray()
        buffer = memoryview(bytearray(300_000))
        while made.wait(len(data), 10) > len(data):
            data += made.read(len(data), buffer)
        return bytes(data)

    def fails(self, code, made):
        error = self.assertRaises(failure.SiteFailure, made.confirm, 10)
        self.assertEqual(code, error.code)
        self.assertIn('home', error.detail)
        return error

    def test_data_are_read_once_for_all(self):
        made = self.feed()
        for _ in range(3):
            self.assertEqual(feeding.DATA, self.read(made))
        self.assertTrue(made.confirm(10))
        self.assertEqual(len(feeding.DATA), made.available)
        self.assertEqual([0], self.opened)

    def test_data_are_there_while_more_arrive(self):
        go_on = threading.Semaphore(1)
        go_on.wait = lambda seconds: go_on.acquire(timeout=seconds)
        made = self.feed({'until': go_on})
        there = made.wait(0, 10)
        self.assertEqual(100_000, there)
        self.assertEqual(there, made.wait(there, 0.01))
        buffer = memoryview(bytearray(200_000))
        self.assertEqual(100_000, len(made.read(0, buffer)))
        self.assertFalse(made.confirm(0.01))
        go_on.release(100)
        self.assertTrue(made.confirm(10))

    @ddt.data(None, 0)
    def test_unknown_size_comes_from_the_source(self, size):
        made = self.feed(size=size)
        made.wait(0, 10)
        self.assertEqual(len(feeding.DATA), made.size)
        self.assertTrue(made.confirm(10))

    def test_size_of_source_without_length_is_known_at_the_end(self):
        made = self.feed({'length': None}, size=None)
        self.assertTrue(made.confirm(10))
        self.assertEqual(len(feeding.DATA), made.size)

    def test_source_of_unknown_size_is_read_again_from_the_first_byte(self):
        made = self.feed(
            {'length': None, 'ends': 1_000_000}, {'length': None}, size=None
        )
        self.assertEqual(feeding.DATA, self.read(made))
        self.assertTrue(made.confirm(10))
        self.assertEqual([0, 0], self.opened)

    def test_no_byte_where_nothing_is_expected_is_no_image(self):
        made = self.feed({'data': b'', 'length': None}, size=None, expected={})
        error = self.fails('source_no_data', made)
        self.assertFalse(error.retryable)

    def test_empty_image_is_confirmed(self):
        expected = {'sha256': hashlib.sha256().hexdigest()}
        made = self.feed({'data': b''}, size=0, expected=expected)
        self.assertTrue(made.confirm(10))
        self.assertEqual(0, made.size)

    def test_lost_source_is_resumed_where_it_broke_off(self):
        made = self.feed({'ends': 1_000_000}, {'ends': 2_500_000}, {})
        self.assertEqual(feeding.DATA, self.read(made))
        self.assertTrue(made.confirm(10))
        self.assertEqual([0, 1_000_000, 2_500_000], self.opened)

    def test_source_without_ranges_is_read_again_and_skipped(self):
        made = self.feed({'ends': 1_234_567}, {'ranges': False})
        self.assertEqual(feeding.DATA, self.read(made))
        self.assertTrue(made.confirm(10))

    def test_source_lost_again_before_it_got_further_is_resumed(self):
        made = self.feed(
            {'ends': 1_234_567}, {'ranges': False, 'ends': 500_000}, {}
        )
        self.assertEqual(feeding.DATA, self.read(made))

    def test_failure_to_open_is_resumed(self):
        made = self.feed(feeding.lost(), feeding.lost(), {})
        self.assertTrue(made.confirm(10))

    def test_resumes_without_progress_are_bounded(self):
        made = self.feed({'ends': 1000})
        error = self.fails('source_lost', made)
        self.assertTrue(error.retryable)
        self.assertEqual(reader.MAX_RESUMES + 1, len(self.opened))

    def test_progress_allows_more_resumes(self):
        ends = [
            {'ends': n * reader.PIECE // 2}
            for n in range(1, 2 * len(feeding.DATA) // reader.PIECE + 1)
        ]
        self.useFixture(fixtures.MockPatchObject(reader, 'MAX_RESUMES', 2))
        made = self.feed(*ends, {})
        self.assertTrue(made.confirm(10))
        self.assertEqual(len(ends) + 1, len(self.opened))

    def test_permanent_failure_ends_at_once(self):
        made = self.feed(failure.classify('download', 'home', 'size'))
        self.fails('source_size_differs', made)
        self.assertEqual([0], self.opened)

    def test_early_end_is_resumed_and_then_told(self):
        made = self.feed({'data': feeding.DATA[:1000], 'length': None})
        self.fails('source_lost', made)

    def test_other_length_than_recorded_is_told(self):
        self.fails(
            'source_size_differs', self.feed(size=len(feeding.DATA) - 1)
        )
        self.assertEqual([0], self.opened)

    def test_more_data_than_recorded_are_told(self):
        made = self.feed({'length': None}, size=len(feeding.DATA) - 1)
        self.fails('source_size_differs', made)

    def test_wrong_hash_is_told_to_all(self):
        made = self.feed(expected={'sha256': feeding.SHA, 'md5': '0' * 32})
        error = self.fails('source_corrupt', made)
        self.assertTrue(error.retryable)
        self.assertRaises(failure.SiteFailure, made.wait, 0, 10)
        self.assertRaises(failure.SiteFailure, made.digest, 'sha256')

    def test_one_changed_byte_is_told(self):
        data = bytearray(feeding.DATA)
        data[-1] ^= 1
        self.fails('source_corrupt', self.feed({'data': bytes(data)}))

    def test_expected_hash_may_be_in_capitals(self):
        made = self.feed(expected={'sha256': feeding.SHA.upper()})
        self.assertTrue(made.confirm(10))

    def test_nothing_expected_is_confirmed_at_the_end(self):
        self.assertTrue(self.feed(expected={}).confirm(10))

    def test_digest_asked_for_at_first_needs_no_second_pass(self):
        made = self.feed(algorithms=['md5'])
        self.assertEqual(
            hashlib.md5(feeding.DATA).hexdigest(), made.digest('md5')
        )
        with mock.patch.object(hashing, 'digests', autospec=True) as again:
            made.digest('md5')
            made.digest('sha256')
        again.assert_not_called()

    def test_digest_not_asked_for_is_computed(self):
        made = self.feed()
        right = hashlib.sha1(feeding.DATA).hexdigest()
        self.assertEqual([right] * 2, [made.digest('sha1') for _ in '12'])

    def test_source_is_read_again_for_a_digest_of_data_that_are_gone(self):
        made = self.feed(store=ring.Ring(4 * reader.PIECE))
        self.assertEqual(feeding.DATA, self.read(made))
        self.assertEqual(feeding.SHA, made.digest('sha256'))
        self.assertEqual([0], self.opened)
        right = hashlib.sha1(feeding.DATA).hexdigest()
        self.assertEqual([right] * 2, [made.digest('sha1') for _ in '12'])
        self.assertEqual([0, 0], self.opened)

    def test_source_that_changed_has_no_other_digest(self):
        made = self.feed(
            {}, {'data': feeding.DATA[::-1]}, store=ring.Ring(4 * reader.PIECE)
        )
        self.read(made)
        error = self.assertRaises(failure.SiteFailure, made.digest, 'sha1')
        self.assertEqual('source_corrupt', error.code)

    def test_interrupt_of_the_copy_ends_another_look_at_the_source(self):
        self.useFixture(fixtures.MockPatchObject(reader, 'RESUME_DELAY', 20))
        made = self.feed({}, {'ends': 1000}, store=ring.Ring(4 * reader.PIECE))
        self.read(made)
        mine = interrupt.Interrupt()
        threading.Timer(0.05, mine.set, ('Cancelled.',)).start()
        error = self.assertRaises(
            interrupt.Interrupted, made.digest, 'sha1', mine
        )
        self.assertEqual('Cancelled.', error.reason)

    def test_unknown_algorithm_is_a_mistake(self):
        self.assertRaises(ValueError, self.feed().digest, 'nonsense')

    def test_full_spool_is_told(self):
        error = self.fails(
            'spool_failed',
            self.feed(store=spool.Spool(self.directory, feeding.SIZE - 1)),
        )
        self.assertIn(os.strerror(errno.EDQUOT), error.detail)
        self.assertIn(self.directory, error.detail)
        self.assertTrue(error.retryable)
        self.assertEqual([0], self.opened)

    def test_unreadable_spool_is_told_to_its_reader(self):
        class Unreadable(spool.Spool):
            def read(self, offset, buffer):
                raise OSError(5, 'Input/output error', 'the disk')

        made = self.feed(store=Unreadable(self.directory))
        # Who hashes meets it first; all others are told as well.
        for read in (
            lambda: made.confirm(10),
            lambda: made.read(0, memoryview(bytearray(1))),
        ):
            error = self.assertRaises(failure.SiteFailure, read)
            self.assertEqual('spool_failed', error.code)
            self.assertIn('the disk: Input/output error', error.detail)

    def test_data_are_there_before_they_are_hashed(self):
        hashed = threading.Event()
        self.addCleanup(hashed.set)
        digests = hashing.digests

        def wait(*arguments):
            hashed.wait(10)
            return digests(*arguments)

        with mock.patch.object(hashing, 'digests', wait):
            made = self.feed()
            there = made.wait(feeding.SIZE - 1, 10)
            self.assertEqual(feeding.SIZE, there)
            self.assertFalse(made.confirm(0))
            self.assertFalse(made.confirmed)
            hashed.set()
            self.assertTrue(made.confirm(10))

    def test_spool_that_cannot_be_sent_is_told_to_its_reader(self):
        class Unreadable(spool.Spool):
            def send_to(self, out, offset, count):
                raise OSError(5, 'Input/output error', 'the disk')

        made = self.feed(expected={}, store=Unreadable(self.directory))
        made.confirm(10)
        error = self.assertRaises(failure.SiteFailure, made.send_to, 0, 0, 1)
        self.assertIn('the disk: Input/output error', error.detail)

    def test_socket_that_takes_nothing_is_not_the_feeds_failure(self):
        made = self.feed()
        made.confirm(10)
        out, peer = socket.socketpair()
        self.addCleanup(out.close)
        peer.close()
        self.assertRaises(BrokenPipeError, made.send_to, out.fileno(), 0, 1)
        self.assertFalse(made.failed)

    def test_defect_wakes_those_who_wait(self):
        made = self.feed(ZeroDivisionError('a mistake'))
        self.assertRaises(ZeroDivisionError, made.wait, 0, 10)
        self.assertIn('a mistake', self.logs.output)

    def test_close_wakes_those_who_wait(self):
        never = threading.Event()
        self.addCleanup(never.set)
        made = self.feed({'until': never})
        threading.Timer(0.05, made.close).start()
        self.assertRaises(interrupt.Interrupted, made.wait, 0, 20)
        self.assertTrue(self.interrupt.is_set())

    def test_interrupt_ends_the_feed(self):
        self.useFixture(fixtures.MockPatchObject(reader, 'RESUME_DELAY', 20))
        made = self.feed({'ends': 1000})
        made.wait(0, 10)
        self.interrupt.set('Stopped.')
        self.assertRaises(interrupt.Interrupted, made.confirm, 10)

    def test_nothing_is_left_after_close(self):
        before = set(threading.enumerate())
        made = self.feed()
        made.confirm(10)
        made.close()
        self.assertEqual([], os.listdir(self.directory))
        self.assertRaises(
            interrupt.Interrupted, made.read, 0, memoryview(bytearray(1))
        )
        for thread in set(threading.enumerate()) - before:
            thread.join(10)
            self.assertFalse(thread.is_alive())
