# SPDX-License-Identifier: Apache-2.0

import os
import socket
import threading
from unittest import mock

import fixtures

from glint.stream import spool
from glint.tests import base


class SpoolTestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.directory = self.useFixture(fixtures.TempDir()).path
        self.spool = spool.Spool(self.directory)
        self.addCleanup(self.spool.close)

    def read(self, offset, count):
        buffer = memoryview(bytearray(count))
        return bytes(self.spool.read(offset, buffer))

    def test_bytes_are_read_where_they_were_written(self):
        self.spool.write(0, memoryview(b'0123456789'))
        self.spool.write(10, memoryview(b'abc'))
        self.assertEqual(b'89abc', self.read(8, 99))
        self.assertEqual(b'', self.read(13, 1))

    def pair(self):
        """Make a socket and the one that gets what it sends."""
        pair = socket.socketpair()
        for sock in pair:
            self.addCleanup(sock.close)
        return pair

    def test_bytes_are_sent_where_they_were_written(self):
        out, peer = self.pair()
        self.spool.write(0, memoryview(b'0123456789'))
        self.assertEqual(3, self.spool.send_to(out.fileno(), 4, 3))
        self.assertEqual(b'456', peer.recv(99))

    def test_failure_to_send_is_the_sockets_or_the_spools(self):
        out, peer = self.pair()
        self.spool.write(0, memoryview(b'0123456789'))
        peer.close()
        error = self.assertRaises(
            BrokenPipeError, self.spool.send_to, out.fileno(), 0, 1
        )
        self.assertIsNone(error.filename)
        out, _peer = self.pair()
        # What was written is not there any more.
        error = self.assertRaises(
            OSError, self.spool.send_to, out.fileno(), 10, 1
        )
        self.assertEqual(self.directory, error.filename)
        broken = OSError(5, 'broken')
        with mock.patch('os.sendfile', autospec=True, side_effect=broken):
            error = self.assertRaises(
                OSError, self.spool.send_to, out.fileno(), 0, 1
            )
        self.assertEqual(self.directory, error.filename)

    def test_file_has_no_name(self):
        self.spool.write(0, memoryview(b'x'))
        self.assertEqual([], os.listdir(self.directory))

    def test_missing_directory_raises(self):
        error = self.assertRaises(OSError, spool.Spool, '/nonexistent')
        self.assertEqual('/nonexistent', error.filename)

    def test_full_disk_raises(self):
        full = os.open('/dev/full', os.O_WRONLY)
        self.addCleanup(os.close, full)
        os.dup2(full, self.spool._file.fileno())
        error = self.assertRaises(
            OSError, self.spool.write, 0, memoryview(b'x')
        )
        self.assertEqual('No space left on device', error.strerror)

    def test_limit_is_kept(self):
        limited = spool.Spool(self.directory, 3)
        self.addCleanup(limited.close)
        limited.write(0, memoryview(b'abc'))
        error = self.assertRaises(OSError, limited.write, 3, memoryview(b'd'))
        self.assertEqual(self.directory, error.filename)

    def test_closed_spool_raises(self):
        self.spool.close()
        self.assertRaises(OSError, self.read, 0, 1)
        self.assertRaises(OSError, self.spool.write, 0, memoryview(b'x'))
        self.spool.close()

    def test_descriptor_in_use_outlives_close(self):
        used, go_on = threading.Event(), threading.Event()
        file = self.spool._file

        def use():
            with self.spool._used():
                used.set()
                go_on.wait(10)

        thread = threading.Thread(target=use)
        thread.start()
        used.wait(10)
        self.spool.close()
        self.assertFalse(file.closed)
        go_on.set()
        thread.join()
        self.assertTrue(file.closed)
