# SPDX-License-Identifier: Apache-2.0

"""Where the bytes of an image wait that one target is to have."""

from collections.abc import Callable
import errno
import sys
import threading

from glint.stream import store as stores

_PATIENCE = 1.0


class Ring:
    """The newest bytes of an image, in memory.

    One thread writes. It waits until all readers are done with what it is to
    overwrite. When one of them is so slow that the source might give up, all
    the rest goes to another store, where there is one.

    :param size: how many bytes are kept
    :param spill: makes that store, for the bytes from an offset on
    """

    whole = False

    def __init__(
        self,
        size: int,
        spill: Callable[[int], stores.Store] | None = None,
    ) -> None:
        self._size = size
        self._make_spill = spill
        self._spill: stores.Store | None = None
        #: Where the bytes in the spill begin.
        self._end = sys.maxsize
        # Takes memory only as far as it is used.
        self._kept = memoryview(bytearray(size))
        self._changed = threading.Condition()
        #: Up to where each reader has read.
        self._positions: list[int] = []
        self._closed = False

    @property
    def spooled(self) -> int:
        return 0 if self._spill is None else self._spill.spooled

    def reader(self) -> Callable[[int, memoryview], memoryview]:
        """Let one more read; to be called before anything is written.

        :returns: gives the bytes from an offset on; what lies before them is
            then gone for this reader
        """
        self._positions.append(0)
        place = len(self._positions) - 1
        in_spill: Callable[[int, memoryview], memoryview] | None = None

        def read(offset: int, buffer: memoryview) -> memoryview:
            nonlocal in_spill
            if offset < self._end:
                return self._read(place, offset, buffer)
            if in_spill is None:
                assert self._spill is not None
                in_spill = self._spill.reader()
            return in_spill(offset - self._end, buffer)

        return read

    def _read(
        self, reader: int, offset: int, buffer: memoryview
    ) -> memoryview:
        """Give bytes where they are kept."""
        with self._changed:
            self._check()
            self._positions[reader] = offset
            self._changed.notify_all()
        place = offset % self._size
        count = min(len(buffer), self._end - offset)
        return self._kept[place : place + count]

    def send_to(self, out: int, offset: int, count: int) -> int | None:
        """Have the kernel send bytes to a socket, if they are in the spill."""
        if self._spill is None or offset < self._end:
            return None
        return self._spill.send_to(out, offset - self._end, count)

    def write(self, offset: int, data: memoryview) -> None:
        """Keep bytes from an offset on, as soon as there is room.

        :raises OSError: when the ring is closed, or the spill fails
        """
        while data and self._spill is None:
            place = offset % self._size
            count = min(
                len(data), self._size - place, self._await_room(offset)
            )
            self._kept[place : place + count] = data[:count]
            offset += count
            data = data[count:]
        if data and self._spill is not None:
            self._spill.write(offset - self._end, data)

    def _await_room(self, offset: int) -> int:
        """Wait until bytes can be written; return how many.

        None can when a spill was made because that took too long.
        """

        def room() -> int:
            return min(self._positions, default=offset) + self._size - offset

        with self._changed:
            self._changed.wait_for(
                lambda: self._closed or room() > 0,
                None if self._make_spill is None else _PATIENCE,
            )
            self._check()
            if room() <= 0 and self._make_spill is not None:
                self._spill = self._make_spill(offset)
                self._end = offset
            return room()

    def _check(self) -> None:
        if self._closed:
            raise OSError(errno.EBADF, 'The ring is closed.')

    def close(self) -> None:
        """Wake the writer; nothing can be written or read any more."""
        with self._changed:
            self._closed = True
            if self._spill is not None:
                self._spill.close()
            self._changed.notify_all()
