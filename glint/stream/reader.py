# SPDX-License-Identifier: Apache-2.0

"""Reads the data of an image to their end, over any number of connections."""

from collections.abc import Callable
import contextlib
import logging
from typing import Protocol

from glint import interrupt as interrupts
from glint.image import failure

LOG = logging.getLogger(__name__)

#: Bytes moved at a time.
PIECE = 1024 * 1024
#: How often in a row the source may break off within a piece.
MAX_RESUMES = 5
#: Seconds before the source is asked again, times the resumes in a row.
RESUME_DELAY = 0.5


class Source(Protocol):
    """The data of the image from an offset on, as the site sends them."""

    offset: int
    length: int | None

    def readinto(self, buffer: memoryview) -> int:
        """Read some bytes; 0 at the end."""

    def close(self) -> None: ...


class Sink(Protocol):
    """What takes the data."""

    @property
    def size(self) -> int | None:
        """Bytes of the whole image, None while unknown."""

    @property
    def available(self) -> int:
        """Bytes taken so far."""

    def append(self, data: memoryview) -> None:
        """Take the next bytes.

        :raises SiteFailure: when they are more than the size
        """

    def settle_size(self, size: int) -> None:
        """Learn the size.

        :raises SiteFailure: when it was another
        """


def read(
    open_source: Callable[[int], Source],
    sink: Sink,
    site: str,
    interrupt: interrupts.Interrupt,
) -> None:
    """Read the data to their end, as often as they break off.

    :param open_source: gives the data from about an offset on
    :param sink: takes them
    :param site: the source's name, for messages
    :param interrupt: ends the pauses
    :raises SiteFailure: when there are no data to be had
    :raises Interrupted: when the interrupt was set
    """
    resumes = 0
    mark = 0
    while True:
        try:
            _read_on(open_source, sink, site)
        except failure.SiteFailure as e:
            if sink.available >= mark + PIECE:
                resumes = 0
                mark = sink.available
            resumes += 1
            if not e.retryable or resumes > MAX_RESUMES:
                raise
            LOG.info(
                'Reading from site %s again from byte %s: %s',
                site,
                sink.available,
                e,
            )
            interrupt.wait(RESUME_DELAY * resumes)
        else:
            return


def _read_on(
    open_source: Callable[[int], Source], sink: Sink, site: str
) -> None:
    """Read the data from where they broke off."""
    # Glance breaks down when asked for a part of what it has no size of.
    offset = sink.available if sink.size is not None else 0
    with contextlib.closing(open_source(offset)) as source:
        if source.length is not None:
            sink.settle_size(source.offset + source.length)
        buffer = memoryview(bytearray(PIECE))
        position = source.offset
        while count := source.readinto(buffer):
            position += count
            # A site that cannot resume begins again with the first byte.
            new = max(position - sink.available, 0)
            sink.append(buffer[count - min(new, count) : count])
    if sink.size is None:
        sink.settle_size(position)
    if position != sink.size:
        raise failure.classify('download', site, 'lost')
