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

"""What the server that runs the API tells of itself and of a request.

uWSGI gives a request to a thread when its head is there, and the thread reads
the body. What is said here of bodies is for uWSGI alone: waitress, Apache
and nginx have the body before, or bound the time of it.
"""

from collections.abc import Iterator
import contextlib
import fcntl
import importlib
import os
import socket
import struct
import termios
import threading
import time
from typing import Any

#: How often to look whether a body has come, in seconds.
_PAUSE = 0.01


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


def has_arrived(length: int, patience: float = 0.0) -> bool:
    """Say whether the body of the request can be read without waiting.

    :param length: of the body, in bytes.
    :param patience: how long the body may still be on its way, in seconds.
    """
    uwsgi = _uwsgi()
    if uwsgi is None or not length:
        return True
    deadline = time.monotonic() + patience
    while _received(uwsgi.connection_fd()) < length:
        if time.monotonic() >= deadline:
            return False
        time.sleep(_PAUSE)
    return True


def _received(line: int) -> int:
    """:returns: how many bytes of a connection can be read at once."""
    waiting = fcntl.ioctl(line, termios.FIONREAD, bytes(4))
    return int(struct.unpack('i', waiting)[0])


@contextlib.contextmanager
def cut_after(seconds: float) -> Iterator[None]:
    """Let the body of the request end when it takes too long.

    What reads it then finds that it ended early; an answer can be sent all
    the same.
    """
    uwsgi = _uwsgi()
    if uwsgi is None:
        yield
        return
    # A descriptor of its own, or the timer could cut another request.
    with socket.socket(fileno=os.dup(uwsgi.connection_fd())) as line:
        timer = threading.Timer(seconds, _end_input, (line,))
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()
            timer.join()


def _end_input(line: socket.socket) -> None:
    with contextlib.suppress(OSError):
        line.shutdown(socket.SHUT_RD)
