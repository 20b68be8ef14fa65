# SPDX-License-Identifier: Apache-2.0

"""Computes the hashes of data, also while they arrive."""

from collections.abc import Callable
from collections.abc import Iterable
import hashlib

from glint.stream import reader


def digests(
    algorithms: Iterable[str],
    wait: Callable[[int], int],
    read: Callable[[int, memoryview], memoryview],
) -> dict[str, str]:
    """Read data to their end, and compute their hashes.

    :param algorithms: their names
    :param wait: waits until there are bytes beyond an offset, or will be
        none, and says how many bytes there are, from the first on
    :param read: gives some of them from an offset on, in a buffer or elsewhere
    :returns: the digests by the algorithms, in hexadecimal
    :raises ValueError: when an algorithm is unknown
    """
    hashes = Hashes(algorithms)
    buffer = memoryview(bytearray(reader.PIECE))
    while (there := wait(hashes.available)) > hashes.available:
        while (offset := hashes.available) < there:
            hashes.append(read(offset, buffer[: there - offset]))
    return hashes.digests()


class Hashes:
    """Takes data in their order, and keeps their hashes alone.

    :param algorithms: their names
    :param size: how many bytes there are, None while unknown
    :ivar available: how many have been taken
    :raises ValueError: when an algorithm is unknown
    """

    def __init__(
        self, algorithms: Iterable[str], size: int | None = None
    ) -> None:
        self._hashes = {
            algorithm: hashlib.new(algorithm, usedforsecurity=False)
            for algorithm in algorithms
        }
        self.size = size
        self.available = 0

    def settle_size(self, size: int) -> None:
        """Learn the size; another one makes another hash."""
        self.size = size

    def append(self, data: memoryview) -> None:
        for hasher in self._hashes.values():
            hasher.update(data)
        self.available += len(data)

    def digests(self) -> dict[str, str]:
        """Return the digests by the algorithms, in hexadecimal."""
        return {
            name: hasher.hexdigest() for name, hasher in self._hashes.items()
        }
