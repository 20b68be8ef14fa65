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

"""Where the bytes of an image wait when only few of them can be kept."""

from collections.abc import Callable
import errno
import functools
import threading


class Ring:
    """The newest bytes of an image, in memory.

    One thread writes. It waits until all readers are done with what it is to
    overwrite, so all of them have to go on.

    :param size: how many bytes are kept
    """

    whole = False
    limit = 0

    def __init__(self, size: int) -> None:
        self._size = size
        # Takes memory only as far as it is used.
        self._kept = memoryview(bytearray(size))
        self._changed = threading.Condition()
        #: Up to where each reader has read.
        self._positions: list[int] = []
        self._closed = False

    def reader(self) -> Callable[[int, memoryview], int]:
        """Let one more read; to be called before anything is written.

        :returns: reads what was written, from an offset on, into a buffer,
            and says how many bytes; what lies before them is then gone for
            this reader
        """
        self._positions.append(0)
        return functools.partial(self._read_into, len(self._positions) - 1)

    def _read_into(self, reader: int, offset: int, buffer: memoryview) -> int:
        place = offset % self._size
        count = min(len(buffer), self._size - place)
        self._check()
        buffer[:count] = self._kept[place : place + count]
        with self._changed:
            self._positions[reader] = offset + count
            self._changed.notify_all()
        return count

    def send_to(self, _out: int, _offset: int, _count: int) -> None:
        """Send nothing: the bytes are in no file."""

    def write(self, offset: int, data: memoryview) -> None:
        """Keep bytes from an offset on, as soon as there is room.

        :raises OSError: when the ring is closed
        """
        while data:
            place = offset % self._size
            count = min(
                len(data), self._size - place, self._await_room(offset)
            )
            self._kept[place : place + count] = data[:count]
            offset += count
            data = data[count:]

    def _await_room(self, offset: int) -> int:
        """Wait until bytes can be written; return how many."""

        def room() -> int:
            return min(self._positions, default=offset) + self._size - offset

        with self._changed:
            self._changed.wait_for(lambda: self._closed or room() > 0)
            self._check()
            return room()

    def _check(self) -> None:
        if self._closed:
            raise OSError(errno.EBADF, 'The ring is closed.')

    def close(self) -> None:
        """Wake the writer; nothing can be written or read any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
