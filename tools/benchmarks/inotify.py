# SPDX-License-Identifier: Apache-2.0

"""Tells when a file is read."""

import ctypes
import os
import pathlib
import select
import time
from typing import Self

_IN_ACCESS = 0x00000001
_PATIENCE_SECONDS = 60


class FirstRead:
    """Watches a file from now on; see inotify(7).

    :raises OSError: when it cannot be watched.
    """

    def __init__(self, path: pathlib.Path) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        self._fd: int = libc.inotify_init1(os.O_CLOEXEC)
        watch = libc.inotify_add_watch(self._fd, os.fsencode(path), _IN_ACCESS)
        if self._fd < 0 or watch < 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(path))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        os.close(self._fd)

    def wait(self) -> float:
        """Wait until the file is read.

        :returns: when, by time.monotonic().
        :raises TimeoutError: when it is not.
        """
        ready, _, _ = select.select([self._fd], [], [], _PATIENCE_SECONDS)
        if not ready:
            raise TimeoutError('The image was not read at the source.')
        return time.monotonic()
