# SPDX-License-Identifier: Apache-2.0

"""Tells the log of what is away, and not with each request."""

import logging
import threading
import time
from typing import Any

#: Between two lines about the same outage, in seconds.
PERIOD = 60.0


class Outage:
    """Something that all requests need and that may be away for hours.

    :param log: where it is told
    :param level: how bad it is
    :param message: what is told, with places for the arguments of :meth:`met`
    """

    def __init__(
        self, log: logging.LoggerAdapter[Any], level: int, message: str
    ) -> None:
        self._log = log
        self._level = level
        self._message = message
        self._told_at: float | None = None
        self._met_at: float | None = None
        self._lock = threading.Lock()

    def met(self, *arguments: object) -> None:
        """Tell of it, unless that was done shortly before."""
        now = time.monotonic()
        with self._lock:
            self._met_at = now
            if self._told_at is not None and now < self._told_at + PERIOD:
                return
            self._told_at = now
        self._log.log(self._level, self._message, *arguments)

    def over(self, message: str) -> None:
        """Tell of its end, if it was met since the last one.

        To be called only when what was away has answered.

        :param message: what is told.
        """
        with self._lock:
            was_away = self._told_at is not None
            self._told_at = self._met_at = None
        if was_away:
            self._log.info(message)

    def forget(self) -> None:
        """Be as if it had never been met."""
        with self._lock:
            self._told_at = self._met_at = None

    def is_recent(self) -> bool:
        """:returns: whether it was met shortly before."""
        with self._lock:
            met_at = self._met_at
        return met_at is not None and time.monotonic() < met_at + PERIOD
