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

"""Where the bytes of an image wait for those who need them."""

from collections.abc import Iterator
import contextlib
import os
import tempfile
import threading


class Spool:
    """A file without a name: whatever ends the process, nothing stays.

    What was just written is read from the page cache. One thread writes, any
    number read, each where it likes.

    :param directory: where the file takes its space
    :raises OSError: when it cannot be made
    """

    def __init__(self, directory: str) -> None:
        self._file = tempfile.TemporaryFile(dir=directory, buffering=0)
        self._lock = threading.Lock()
        self._users = 0
        self._closed = False

    def write(self, offset: int, data: memoryview) -> None:
        """Keep bytes from an offset on.

        :raises OSError: when there is no room, or the spool is closed
        """
        with self._used() as fd:
            while data:
                count = os.pwrite(fd, data, offset)
                offset += count
                data = data[count:]

    def read_into(self, offset: int, buffer: memoryview) -> int:
        """Read bytes that were written.

        :returns: how many
        :raises OSError: when the spool is closed
        """
        with self._used() as fd:
            return os.preadv(fd, [buffer], offset)

    @contextlib.contextmanager
    def _used(self) -> Iterator[int]:
        """Keep the descriptor from being closed, and given to another file."""
        with self._lock:
            if self._closed:
                raise OSError('The spool is closed.')
            self._users += 1
        try:
            yield self._file.fileno()
        finally:
            with self._lock:
                self._users -= 1
                self._close_if_unused()

    def close(self) -> None:
        """Free the space, as soon as nobody reads or writes any more."""
        with self._lock:
            self._closed = True
            self._close_if_unused()

    def _close_if_unused(self) -> None:
        if self._closed and not self._users:
            self._file.close()
