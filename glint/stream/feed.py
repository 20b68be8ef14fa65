# SPDX-License-Identifier: Apache-2.0

"""The bytes of one source image, read once, for any number of senders.

A thread reads the source as fast as it comes, another one hashes what is
there, and the senders read it, each at its own pace: none waits for another,
and the source waits for none. Kept in memory, the data are for one sender.
"""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Mapping
import contextlib
import logging
import threading

from glint import context as glint_context
from glint import interrupt as interrupts
from glint.image import failure
from glint.stream import hashing
from glint.stream import reader
from glint.stream import store as stores

LOG = logging.getLogger(__name__)


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
    :param store: where to keep the data; the feed closes it
    :param interrupt: cuts the source; the feed sets it when it is closed
    """

    def __init__(
        self,
        open_source: Callable[[int], reader.Source],
        *,
        site: str,
        size: int | None,
        expected: Mapping[str, str],
        algorithms: Iterable[str] = (),
        store: stores.Store,
        interrupt: interrupts.Interrupt,
    ) -> None:
        self._open_source = open_source
        self._site = site
        # Glance says 0 also where it does not know.
        self._size = size or None
        self._expected = {
            algorithm: value.lower() for algorithm, value in expected.items()
        }
        self._interrupt = interrupt
        self._store = store
        self._read_to_send = store.reader()
        self._read_to_hash = store.reader()
        # Guards what follows, and tells all who wait of its changes.
        self._changed = threading.Condition()
        self._available = 0
        #: Whether all is there, and whether it proved right.
        self._ended = False
        self._complete = False
        self._failure: Exception | None = None
        self._digests: dict[str, str] = {}
        self._late = threading.Lock()
        self._algorithms = sorted({*expected, *algorithms})

    @property
    def size(self) -> int | None:
        """Bytes of the whole image, None while unknown."""
        return self._size

    @property
    def available(self) -> int:
        """Bytes that have come so far."""
        return self._available

    @property
    def failed(self) -> bool:
        """Whether the source failed, or the feed was closed."""
        return self._failure is not None

    @property
    def confirmed(self) -> bool:
        """Whether the image is whole and all its hashes proved right."""
        return not self.failed and self._complete

    def start(self) -> None:
        """Begin to read the source."""
        for name, work in (('reader', self._read), ('hasher', self._hash)):
            threading.Thread(
                target=glint_context.carried(self._run),
                args=(work,),
                name=f'feed-{name}',
                daemon=True,
            ).start()

    def _run(self, work: Callable[[], None]) -> None:
        try:
            work()
        except (failure.SiteFailure, interrupts.Interrupted) as e:
            self._fail(e)
        except OSError as e:
            if not self.failed:
                self._fail(no_space(self._site, e))
        except Exception as e:
            LOG.exception('The feed from site %s failed', self._site)
            self._fail(e)

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
        with self._changed:
            self._changed.wait_for(
                lambda: self._failure or self._complete, timeout
            )
            self._check()
            return self._complete

    def _check(self) -> None:
        if self._failure is not None:
            # Each thread that waits raises it, with its own traceback only.
            raise self._failure.with_traceback(None)

    def read(self, offset: int, buffer: memoryview) -> memoryview:
        """Read bytes that there are.

        :param offset: of the first
        :param buffer: where to, unless they are in memory
        :returns: them, as many as it takes; good until the next call
        :raises SiteFailure: when the spool fails
        :raises Interrupted: when the feed was closed
        """
        there = max(self._available - offset, 0)
        try:
            return self._read_to_send(offset, buffer[:there])
        except OSError as e:
            raise self._unreadable(e) from e

    def send_to(self, out: int, offset: int, count: int) -> int | None:
        """Have the kernel send bytes that there are, as many as it can.

        They are neither copied into this process nor out of it again.

        :param out: the descriptor of a socket
        :param offset: of the first
        :param count: how many there are at least
        :returns: how many, None when they have to be read
        :raises OSError: when the socket takes none
        :raises SiteFailure: when the spool fails
        :raises Interrupted: when the feed was closed
        """
        try:
            return self._store.send_to(out, offset, count)
        except OSError as e:
            if e.filename is None:
                raise
            raise self._unreadable(e) from e

    def _unreadable(self, error: OSError) -> failure.SiteFailure:
        with self._changed:
            self._check()
        return no_space(self._site, error)

    def digest(
        self, algorithm: str, interrupt: interrupts.Interrupt | None = None
    ) -> str:
        """The digest of the whole image, in hexadecimal.

        :param algorithm: one that was not asked for at first costs another
            pass over the data; where they are not kept, the source is read
            again
        :param interrupt: ends that
        :raises ValueError: when the algorithm is unknown
        :raises SiteFailure: when the source failed
        :raises Interrupted: when the feed was closed or cut
        """
        self.confirm(None)
        with self._late:
            if algorithm not in self._digests:
                self._digests |= (
                    hashing.digests(
                        [algorithm],
                        lambda _offset: self._available,
                        self._store.reader(),
                    )
                    if self._store.whole
                    else self._hash_again(algorithm, interrupt)
                )
        return self._digests[algorithm]

    def _hash_again(
        self, algorithm: str, interrupt: interrupts.Interrupt | None
    ) -> dict[str, str]:
        """Read the source once more, for one more hash of the same data."""
        hashes = hashing.Hashes({algorithm, *self._digests}, self._size)
        with contextlib.ExitStack() as tied:
            if interrupt is not None:
                # Whoever raises first, the reason is the one of the copy.
                tied.callback(interrupt.check)
                tied.enter_context(interrupt.closing(self._cut))
            reader.read(self._open_source, hashes, self._site, self._interrupt)
        digests = hashes.digests()
        self._judge(digests, self._digests)
        return digests

    def _cut(self) -> None:
        self._interrupt.set('The feed was closed.')

    def close(self) -> None:
        """Stop reading, wake all who wait, free the space."""
        self._cut()
        self._fail(interrupts.Interrupted('The feed was closed.'))
        self._store.close()

    def _fail(self, error: Exception) -> None:
        with self._changed:
            if self._failure is None:
                self._failure = error
            self._changed.notify_all()

    def _site_failure(self, kind: str, said: str = '') -> failure.SiteFailure:
        return failure.classify('download', self._site, kind, said=said)

    def _read(self) -> None:
        """Read the source to its end."""
        reader.read(self._open_source, self, self._site, self._interrupt)
        if not self._available and not self._expected:
            # It may as well be that the site has lost them.
            raise self._site_failure('nothing')
        with self._changed:
            self._ended = True
            self._changed.notify_all()

    def _hash(self) -> None:
        """Hash what comes, and judge it."""
        digests = hashing.digests(
            self._algorithms, self._await_piece, self._read_to_hash
        )
        self._judge(digests, self._expected)
        with self._changed:
            self._digests = digests
            self._complete = True
            self._changed.notify_all()

    def _judge(
        self, digests: Mapping[str, str], expected: Mapping[str, str]
    ) -> None:
        for algorithm, digest in digests.items():
            if expected.get(algorithm, digest) != digest:
                raise self._site_failure('hash', 'another %s' % algorithm)

    def _await_piece(self, offset: int) -> int:
        """Wait for so many bytes that it is worth to wake up for them."""
        with self._changed:
            self._changed.wait_for(
                lambda: (
                    self._failure
                    or self._ended
                    or self._available >= offset + reader.PIECE
                )
            )
            self._check()
            return self._available

    def settle_size(self, size: int) -> None:
        """Learn the size from the source.

        :raises SiteFailure: when the image's record says another
        """
        if self._size not in (None, size):
            raise self._site_failure(
                'size', '%s bytes instead of %s' % (size, self._size)
            )
        self._size = size

    def append(self, data: memoryview) -> None:
        """Take the next bytes from the source.

        :raises SiteFailure: when they are more than the size
        :raises OSError: when they cannot be kept
        """
        end = self._available + len(data)
        if self._size is not None and end > self._size:
            raise self._site_failure('size', 'more bytes than %s' % self._size)
        self._store.write(self._available, data)
        with self._changed:
            self._available = end
            self._changed.notify_all()


def no_space(site: str, error: OSError) -> failure.SiteFailure:
    """Say that the data of an image cannot be kept.

    :param site: the name of the source
    :param error: why; its file name says where
    """
    LOG.error('The image of site %s cannot be kept: %s', site, error)
    said = '%s: %s' % (error.filename, error.strerror)
    return failure.classify('download', site, 'no_space', said=said)
