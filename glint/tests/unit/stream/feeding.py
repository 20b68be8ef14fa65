# SPDX-License-Identifier: Apache-2.0

"""A source for feeds, and its bytes."""

import hashlib
import os

from glint.image import failure
from glint.stream import reader

DATA = os.urandom(reader.PIECE * 3 + 4321)
SIZE = len(DATA)
SHA = hashlib.sha256(DATA).hexdigest()


def lost():
    return failure.classify('download', 'home', 'lost')


class Source:
    """A source that the test lets go on, break off or lie.

    :param data: the image
    :param offset: the first byte wanted
    :param ranges: whether it can begin there
    :param ends: the byte before which it breaks off, None for the end
    :param length: what it says that it sends, None for nothing
    :param until: waits for it before each piece
    """

    def __init__(
        self,
        data,
        offset,
        *,
        ranges=True,
        ends=None,
        length='right',
        until=None,
    ):
        self.offset = offset if ranges else 0
        self.length = len(data) - self.offset if length == 'right' else length
        self._data = data
        self._position = self.offset
        self._ends = ends
        self._until = until
        self.closed = False

    def readinto(self, buffer):
        if self._until is not None:
            self._until.wait(20)
        if self._ends is not None and self._position >= self._ends:
            raise lost()
        data = self._data[self._position :][: min(len(buffer), 100_000)]
        if self._ends is not None:
            data = data[: self._ends - self._position]
        buffer[: len(data)] = data
        self._position += len(data)
        return len(data)

    def close(self):
        self.closed = True
