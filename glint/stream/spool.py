# SPDX-License-Identifier: Apache-2.0

"""Where the bytes of an image wait for those who need them."""

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import errno
import os
import sys
import tempfile
import threading


class Spool:
    """A file without a name: whatever ends the process, nothing stays.

    What was just written is read from the page cache. One thread writes, any
    number read, each where it likes.

    :param directory: where the file takes its space
    :param limit: how many bytes it may take
    :raises OSError: when it cannot be made
    """

    whole = True

    def __init__(self, directory: str, limit: int = sys.maxsize) -> None:
        self._directory = directory
        self.limit = limit
        try:
            self._file = tempfile.TemporaryFile(dir=directory, buffering=0)
        except OSError as e:
            # Without the name that it was to have for a moment.
            raise self._error(e.errno or errno.EIO) from e
        self._lock = threading.Lock()
        self._users = 0
        self.spooled = 0
        self._closed = False

    def write(self, offset: int, data: memoryview) -> None:
        """Keep bytes from an offset on.

        :raises OSError: when there is no room, or the spool is closed
        """
        if offset + len(data) > self.limit:
            raise self._error(errno.EDQUOT)
        with self._used() as fd:
            while data:
                count = os.pwrite(fd, data, offset)
                offset += count
                data = data[count:]
        self.spooled = offset

    def reader(self) -> Callable[[int, memoryview], memoryview]:
        """Let one more read; see :meth:`read`."""
        return self.read

    def read(self, offset: int, buffer: memoryview) -> memoryview:
        """Read bytes that were written into a buffer.

        :returns: them
        :raises OSError: when the spool is closed
        """
        with self._used() as fd:
            return buffer[: os.preadv(fd, [buffer], offset)]

    def send_to(self, out: int, offset: int, count: int) -> int:
        """Have the kernel send bytes that were written, as many as it can.

        :param out: the descriptor of a socket
        :returns: how many
        :raises OSError: when the spool fails, with the name of its directory,
            or when the socket does
        """
        with self._used() as fd:
            try:
                sent = os.sendfile(out, fd, offset, count)
            except OSError as e:
                # Disks fail with this one, and connections never.
                if e.errno == errno.EIO:
                    raise
                error = e
            else:
                if count and not sent:
                    raise self._error(errno.EIO)
                return sent
        raise error

    def _error(self, number: int) -> OSError:
        return OSError(number, os.strerror(number), self._directory)

    @contextlib.contextmanager
    def _used(self) -> Iterator[int]:
        """Keep the descriptor from being closed, and given to another file."""
        with self._lock:
            if self._closed:
                raise self._error(errno.EBADF)
            self._users += 1
        try:
            yield self._file.fileno()
        except OSError as e:
            raise self._error(e.errno or errno.EIO) from e
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
