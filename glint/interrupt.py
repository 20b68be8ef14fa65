# SPDX-License-Identifier: Apache-2.0

"""How one thread makes another stop, also while that one waits on a peer."""

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import logging
import threading

LOG = logging.getLogger(__name__)


class Interrupted(Exception):
    """The work was told to stop.

    :ivar reason: why, in the words of who told it
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Interrupt:
    """Stops one piece of work, once and for good; all methods thread-safe.

    The work calls :meth:`check` between its steps. For the steps in which it
    may block it leaves a callable that ends them, such as the shutdown of a
    socket, and which :meth:`set` runs.
    """

    def __init__(self) -> None:
        self._event = threading.Event()
        self._lock = threading.Lock()
        self._closers: dict[object, Callable[[], object]] = {}
        self._reason = ''

    def set(self, reason: str) -> None:
        """Stop the work; a second call changes nothing."""
        with self._lock:
            if self._event.is_set():
                return
            self._reason = reason
            self._event.set()
            # Within the lock, so that whoever forgets a closer knows that it
            # is not running any more and may free what it works on.
            for close in self._closers.values():
                try:
                    close()
                except Exception:
                    LOG.debug('Closing on interrupt failed', exc_info=True)
            self._closers.clear()

    def is_set(self) -> bool:
        return self._event.is_set()

    def check(self) -> None:
        """Do nothing, unless the work was told to stop.

        :raises Interrupted: when it was
        """
        if self._event.is_set():
            raise Interrupted(self._reason)

    def wait(self, seconds: float) -> None:
        """Sleep, but not past :meth:`set`.

        :raises Interrupted: when the work was told to stop
        """
        self._event.wait(seconds)
        self.check()

    def on_set(self, close: Callable[[], object]) -> Callable[[], None]:
        """Have something called when the work is told to stop.

        :param close: called at most once, by the thread that calls
            :meth:`set`; it must neither block nor use this object
        :returns: a callable that forgets ``close`` again
        :raises Interrupted: when the work was already told to stop
        """
        key = object()
        with self._lock:
            self.check()
            self._closers[key] = close

        def forget() -> None:
            with self._lock:
                self._closers.pop(key, None)

        return forget

    @contextlib.contextmanager
    def limited(self, seconds: float, reason: str) -> Iterator['Interrupt']:
        """Bound the time of a block.

        :param reason: what the interrupt of the block is set with when the
            time is over
        :returns: an interrupt that is also set when this one is
        :raises Interrupted: when the work was already told to stop
        """
        inner = Interrupt()
        timer = threading.Timer(seconds, inner.set, (reason,))
        timer.daemon = True
        with self.closing(lambda: inner.set(self._reason)):
            timer.start()
            try:
                yield inner
            finally:
                timer.cancel()

    @contextlib.contextmanager
    def closing(self, close: Callable[[], object]) -> Iterator[None]:
        """Have something called when the work is stopped within the block.

        :param close: see :meth:`on_set`
        :raises Interrupted: when the work was already told to stop
        """
        forget = self.on_set(close)
        try:
            yield
        finally:
            forget()
