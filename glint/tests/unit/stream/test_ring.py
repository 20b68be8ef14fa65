# SPDX-License-Identifier: Apache-2.0

import os
import socket
import threading

import fixtures

from glint.stream import ring
from glint.stream import spool
from glint.tests import base


class RingTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.ring = ring.Ring(10)
        self.addCleanup(self.ring.close)
        self.read = self.ring.reader()

    def write(self, offset, data):
        """Write in another thread, which may have to wait."""
        thread = threading.Thread(
            target=self.ring.write, args=(offset, memoryview(data))
        )
        thread.start()
        self.addCleanup(thread.join)
        self.addCleanup(self.ring.close)
        return thread

    def take(self, read, offset, count):
        """Read as often as it takes to get so many bytes."""
        data = b''
        while len(data) < count:
            buffer = memoryview(bytearray(count - len(data)))
            data += read(offset + len(data), buffer)
        return data

    def test_bytes_are_read_where_they_were_written(self):
        self.ring.write(0, memoryview(b'01234'))
        self.assertEqual(b'012', self.take(self.read, 0, 3))
        self.assertEqual(b'34', self.take(self.read, 3, 2))
        self.ring.write(5, memoryview(b'56789ab'))
        self.assertEqual(b'3456789ab', self.take(self.read, 3, 9))

    def test_all_readers_get_all_bytes(self):
        readers = [self.read, self.ring.reader()]
        data = os.urandom(1000)
        for offset in range(0, 1000, 5):
            self.ring.write(offset, memoryview(data[offset : offset + 5]))
            for read in readers:
                self.assertEqual(
                    data[offset : offset + 5], self.take(read, offset, 5)
                )

    def test_writer_waits_for_the_slowest_reader(self):
        slow = self.ring.reader()
        self.ring.write(0, memoryview(b'0123456789'))
        self.take(self.read, 0, 10)
        thread = self.write(10, b'abc')
        thread.join(0.1)
        self.assertTrue(thread.is_alive())
        self.assertEqual(b'0123', self.take(slow, 0, 4))
        # These are still used, until the next ones are asked for.
        thread.join(0.1)
        self.assertTrue(thread.is_alive())
        self.take(self.read, 9, 1)
        self.assertEqual(b'456789', self.take(slow, 4, 6))
        thread.join(10)
        self.assertFalse(thread.is_alive())
        self.assertEqual(b'abc', self.take(slow, 10, 3))

    def test_bytes_are_not_copied(self):
        self.ring.write(0, memoryview(b'01234'))
        buffer = memoryview(bytearray(3))
        self.assertEqual(b'012', self.read(0, buffer))
        self.assertEqual(bytes(3), buffer)

    def test_nothing_is_in_a_file(self):
        self.ring.write(0, memoryview(b'01234'))
        self.assertIsNone(self.ring.send_to(0, 0, 5))
        self.assertEqual(0, self.ring.spooled)

    def test_close_wakes_the_writer(self):
        errors = []

        def write():
            try:
                self.ring.write(0, memoryview(bytes(11)))
            except OSError as e:
                errors.append(e)

        thread = threading.Thread(target=write)
        thread.start()
        self.ring.close()
        thread.join(10)
        self.assertEqual(1, len(errors))
        self.assertRaises(OSError, self.read, 0, memoryview(bytearray(1)))


class SpillTestCase(base.TestCase):
    """A ring of which the rest goes elsewhere when a reader is slow."""

    def setUp(self):
        super().setUp()
        self.useFixture(fixtures.MockPatchObject(ring, '_PATIENCE', 0.05))
        self.directory = self.useFixture(fixtures.TempDir()).path
        self.spilled = []
        self.ring = ring.Ring(10, self.spill)
        self.addCleanup(self.ring.close)
        self.read = self.ring.reader()

    def spill(self, offset):
        self.spilled.append(offset)
        return spool.Spool(self.directory, 5)

    def buffer(self, size=10):
        return memoryview(bytearray(size))

    def test_writer_that_does_not_wait_needs_none(self):
        for offset in range(0, 50, 5):
            self.ring.write(offset, memoryview(b'01234'))
            self.assertEqual(b'01234', self.read(offset, self.buffer(5)))
        self.assertEqual([], self.spilled)

    def test_rest_is_read_after_what_is_in_memory(self):
        slow = self.ring.reader()
        self.ring.write(0, memoryview(b'0123456'))
        self.assertEqual(b'0123456', self.read(0, self.buffer(7)))
        self.ring.write(7, memoryview(b'789abc'))
        self.ring.write(13, memoryview(b'de'))
        self.assertEqual([10], self.spilled)
        self.assertEqual(5, self.ring.spooled)
        for read in (self.read, slow):
            self.assertEqual(b'789', read(7, self.buffer()))
            self.assertEqual(b'abc', read(10, self.buffer(3)))
            self.assertEqual(b'de', read(13, self.buffer()))

    def test_kernel_sends_the_rest(self):
        self.ring.write(0, memoryview(b'0123456789abcde'))
        out, peer = socket.socketpair()
        self.addCleanup(out.close)
        self.addCleanup(peer.close)
        self.assertIsNone(self.ring.send_to(out.fileno(), 9, 2))
        self.assertEqual(3, self.ring.send_to(out.fileno(), 11, 3))
        self.assertEqual(b'bcd', peer.recv(9))

    def test_rest_that_takes_too_much_is_refused(self):
        error = self.assertRaises(
            OSError, self.ring.write, 0, memoryview(bytes(16))
        )
        self.assertEqual(self.directory, error.filename)

    def test_close_frees_the_rest(self):
        self.ring.write(0, memoryview(bytes(15)))
        self.ring.close()
        self.assertRaises(OSError, self.read, 0, self.buffer())
        self.assertRaises(OSError, self.read, 10, self.buffer())
