# SPDX-License-Identifier: Apache-2.0

"""What a feed asks of where its bytes are kept."""

from collections.abc import Callable
from typing import Protocol


class Store(Protocol):
    """Where the bytes of an image are kept: a spool or a ring.

    :ivar whole: whether all of them are kept
    """

    whole: bool

    @property
    def spooled(self) -> int:
        """How many bytes are on the disk."""

    def reader(self) -> Callable[[int, memoryview], memoryview]:
        """Let one more read, before the first write if not all are kept.

        :returns: gives the bytes from an offset on, as many as a buffer takes
            at most, either in that or where they are kept; they are good
            until it is called again
        """

    def send_to(self, out: int, offset: int, count: int) -> int | None:
        """Have the kernel send bytes to a socket, where they are in a file.

        :raises OSError: when the store fails, then with a file name, or when
            the socket does
        """

    def write(self, offset: int, data: memoryview) -> None:
        """Keep bytes from an offset on.

        :raises OSError: when that is not possible
        """

    def close(self) -> None:
        """Free the space."""
