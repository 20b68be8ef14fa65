# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

import os
import threading

from glint.conductor import ring
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
            buffer = bytearray(count - len(data))
            found = read(offset + len(data), memoryview(buffer))
            data += buffer[:found]
        return data

    def test_bytes_are_read_where_they_were_written(self):
        self.ring.write(0, memoryview(b'01234'))
        self.assertEqual(b'012', self.take(self.read, 0, 3))
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
        thread.join(10)
        self.assertFalse(thread.is_alive())
        self.assertEqual(b'456789abc', self.take(slow, 4, 9))

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
