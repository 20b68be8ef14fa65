# SPDX-License-Identifier: Apache-2.0

"""What the server that runs the API tells of itself and of a request.

uWSGI gives a request to a thread when its head is there, and the thread reads
the body. What is said here of bodies is for uWSGI alone: waitress, Apache
and nginx have the body before, or bound the time of it.
"""

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import fcntl
import importlib
import os
import socket
import struct
import termios
import threading
from typing import Any


def _uwsgi() -> Any:
    """:returns: uWSGI's module, which only its processes can import."""
    try:
        return importlib.import_module('uwsgi')
    except ImportError:
        return None


def threads() -> int | None:
    """:returns: how many threads a process has, None if it is not told."""
    uwsgi = _uwsgi()
    return None if uwsgi is None else int(uwsgi.opt.get('threads', 1))


def leaves_bodies() -> bool:
    """:returns: whether the server leaves it to the API to read bodies."""
    return _uwsgi() is not None


def has_arrived(length: int) -> bool:
    """Say whether the body of the request can surely be read at once.

    uWSGI may have read some of it with the head, which nobody can see.

    :param length: of the body, in bytes.
    """
    uwsgi = _uwsgi()
    if uwsgi is None or not length:
        return True
    waiting = fcntl.ioctl(uwsgi.connection_fd(), termios.FIONREAD, bytes(4))
    return bool(struct.unpack('i', waiting)[0] >= length)


@contextlib.contextmanager
def cut_after(
    seconds: float,
    moment: float = 0.0,
    goes_on: Callable[[], bool] = lambda: True,
) -> Iterator[None]:
    """Let the body of the request end when it takes too long.

    What reads it then finds that it ended early; an answer can be sent all
    the same.

    :param seconds: how long it may take after the moment.
    :param moment: how long it may take in any case, in seconds.
    :param goes_on: says after the moment, in another thread, whether the body
        may take longer.
    """
    uwsgi = _uwsgi()
    if uwsgi is None:
        yield
        return
    ended = threading.Event()
    # A descriptor of its own, or another request could be cut.
    with socket.socket(fileno=os.dup(uwsgi.connection_fd())) as line:

        def watch() -> None:
            if ended.wait(moment):
                return
            if goes_on() and ended.wait(seconds):
                return
            _end_input(line)

        watcher = threading.Thread(target=watch, daemon=True)
        watcher.start()
        try:
            yield
        finally:
            ended.set()
            watcher.join()


def _end_input(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RD)
