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

"""The bytes of one source image, read once, for any number of senders.

A thread reads the source as fast as it comes, a thread for each hash follows
it, and the senders read what is there, each at its own pace: none waits for
another, and the source waits for none.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
import contextlib
import hashlib
import logging
import threading
from typing import Protocol

from glint.conductor import spool as spools
from glint.image import failure
from glint.image import interrupt as interrupts

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


class Feed:
    """The bytes of one source image.

    Make it, :meth:`start` it, give it to the senders, :meth:`close` it.

    :param open_source: gives the data from about an offset on, and raises
        SiteFailure when there are none
    :param site: the source's name, for messages
    :param size: bytes of the image by its record, None when not known
    :param expected: algorithm and hexadecimal digest of each hash that the
        data must have
    :param algorithms: what to compute beside those while the data arrive
    :param spool_dir: where to keep the data
    :param interrupt: cuts the source; the feed sets it when it is closed
    """

    def __init__(
        self,
        open_source: Callable[[int], Source],
        *,
        site: str,
        size: int | None,
        expected: Mapping[str, str],
        algorithms: Iterable[str] = (),
        spool_dir: str,
        interrupt: interrupts.Interrupt,
    ) -> None:
        self._open_source = open_source
        self._site = site
        # Glance says 0 also where it does not know.
        self._size = size or None
        self._expected = {
            algorithm: value.lower() for algorithm, value in expected.items()
        }
        self._spool_dir = spool_dir
        self._interrupt = interrupt
        self._spool: spools.Spool | None = None
        # Guards what follows, and tells all who wait of its changes.
        self._changed = threading.Condition()
        self._available = 0
        self._complete = False
        self._failure: Exception | None = None
        self._digests: dict[str, str] = {}
        self._late = threading.Lock()
        self._algorithms = {*expected, *algorithms}

    @property
    def size(self) -> int | None:
        """Bytes of the whole image, None while unknown."""
        return self._size

    @property
    def available(self) -> int:
        """Bytes that can be read, from the first on."""
        return self._available

    def start(self) -> None:
        """Begin to read the source.

        :raises SiteFailure: when there is nowhere to keep the data
        """
        try:
            self._spool = spools.Spool(self._spool_dir)
        except OSError as e:
            raise self._no_space(e) from e
        self._start_thread('reader', self._read)
        for algorithm in sorted(self._algorithms):
            self._start_thread(algorithm, self._hash, algorithm)

    def _start_thread(
        self, name: str, work: Callable[..., None], *args: str
    ) -> None:
        def run() -> None:
            try:
                work(*args)
            except (failure.SiteFailure, interrupts.Interrupted) as e:
                self._fail(e)
            except OSError as e:
                LOG.error('Spooling to %s failed: %s', self._spool_dir, e)
                self._fail(self._no_space(e))
            except Exception as e:
                LOG.exception('The feed from site %s failed', self._site)
                self._fail(e)

        threading.Thread(
            target=run, name='feed-%s' % name, daemon=True
        ).start()

    def wait(self, offset: int, timeout: float | None = None) -> int:
        """Wait until there are bytes beyond an offset, or will be none.

        :param offset: in bytes
        :param timeout: seconds, None for as long as it takes
        :returns: how many bytes there are, from the first on
        :raises SiteFailure: when the source failed
        :raises Interrupted: when the feed was closed or cut
        """
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._failure or self._complete or self._available > offset
                ),
                timeout,
            )
            self._check()
            return self._available

    def confirm(self, timeout: float | None = None) -> bool:
        """Wait until the image is whole and all its hashes proved right.

        :param timeout: seconds, None for as long as it takes
        :returns: False when that is not known yet
        :raises SiteFailure: when the source failed
        :raises Interrupted: when the feed was closed or cut
        """
        return self._await_digests(self._expected, timeout)

    def _await_digests(
        self, algorithms: Iterable[str], timeout: float | None
    ) -> bool:
        def known() -> bool:
            return self._complete and self._digests.keys() >= set(algorithms)

        with self._changed:
            self._changed.wait_for(lambda: self._failure or known(), timeout)
            self._check()
            return known()

    def _check(self) -> None:
        if self._failure is not None:
            # Each thread that waits raises it, with its own traceback only.
            raise self._failure.with_traceback(None)

    def read_into(self, offset: int, buffer: memoryview) -> int:
        """Read bytes that there are.

        :param offset: of the first
        :param buffer: where to
        :returns: how many
        :raises SiteFailure: when the spool fails
        :raises Interrupted: when the feed was closed
        """
        there = max(self._available - offset, 0)
        try:
            return self._opened_spool().read_into(offset, buffer[:there])
        except OSError as e:
            with self._changed:
                self._check()
            raise self._no_space(e) from e

    def digest(self, algorithm: str) -> str:
        """The digest of the whole image, in hexadecimal.

        :param algorithm: one that was not asked for at first costs another
            pass over the data
        :raises ValueError: when the algorithm is unknown
        :raises SiteFailure: when the source failed
        :raises Interrupted: when the feed was closed or cut
        """
        if algorithm not in self._algorithms:
            with self._late:
                if algorithm not in self._digests:
                    self._hash(algorithm)
        self._await_digests([algorithm], None)
        return self._digests[algorithm]

    def close(self) -> None:
        """Stop reading, wake all who wait, free the space."""
        self._interrupt.set('The feed was closed.')
        self._fail(interrupts.Interrupted('The feed was closed.'))
        if self._spool is not None:
            self._spool.close()

    def _opened_spool(self) -> spools.Spool:
        if self._spool is None:
            raise ValueError('The feed was not started.')
        return self._spool

    def _fail(self, error: Exception) -> None:
        with self._changed:
            if self._failure is None:
                self._failure = error
            self._changed.notify_all()

    def _site_failure(self, kind: str, said: str = '') -> failure.SiteFailure:
        return failure.classify('download', self._site, kind, said=said)

    def _no_space(self, error: OSError) -> failure.SiteFailure:
        return self._site_failure(
            'no_space', '%s: %s' % (self._spool_dir, error.strerror or error)
        )

    def _read(self) -> None:
        """Read the source to its end, over any number of connections."""
        resumes = 0
        mark = 0
        while not self._complete:
            try:
                self._read_on()
            except failure.SiteFailure as e:
                if self._available >= mark + PIECE:
                    resumes = 0
                    mark = self._available
                resumes += 1
                if not e.retryable or resumes > MAX_RESUMES:
                    raise
                LOG.info(
                    'Reading from site %s again from byte %s: %s',
                    self._site,
                    self._available,
                    e,
                )
                self._interrupt.wait(RESUME_DELAY * resumes)

    def _read_on(self) -> None:
        """Read the source from where it broke off."""
        self._interrupt.check()
        with contextlib.closing(self._open_source(self._available)) as source:
            if source.length is not None:
                self._settle_size(source.offset + source.length)
            buffer = memoryview(bytearray(PIECE))
            position = source.offset
            while count := source.readinto(buffer):
                position += count
                # A site that cannot resume begins again with the first byte.
                new = max(position - self._available, 0)
                self._append(buffer[count - min(new, count) : count])
        if self._size is None:
            self._settle_size(position)
        if position != self._size:
            raise self._site_failure('lost')
        with self._changed:
            self._complete = True
            self._changed.notify_all()

    def _settle_size(self, size: int) -> None:
        if self._size not in (None, size):
            raise self._site_failure(
                'size', '%s bytes instead of %s' % (size, self._size)
            )
        self._size = size

    def _append(self, data: memoryview) -> None:
        end = self._available + len(data)
        if self._size is not None and end > self._size:
            raise self._site_failure('size', 'more bytes than %s' % self._size)
        self._opened_spool().write(self._available, data)
        with self._changed:
            self._available = end
            self._changed.notify_all()

    def _hash(self, algorithm: str) -> None:
        """Follow the data with a hash, and judge it at the end."""
        hasher = hashlib.new(algorithm, usedforsecurity=False)
        buffer = memoryview(bytearray(PIECE))
        offset = 0
        while self.wait(offset) > offset:
            count = self.read_into(offset, buffer)
            hasher.update(buffer[:count])
            offset += count
        digest = hasher.hexdigest()
        if self._expected.get(algorithm, digest) != digest:
            raise self._site_failure('hash', 'another %s' % algorithm)
        with self._changed:
            self._digests[algorithm] = digest
            self._changed.notify_all()
