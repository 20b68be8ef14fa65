# SPDX-License-Identifier: Apache-2.0

"""Bounds how much waits at the same time, and how much of it for one project.

Whoever waits for a site that another one names needs a thread. With a gate
some threads stay free, whatever one project does.
"""

import collections
from collections.abc import Iterator
import contextlib
import threading

from glint import exception


class Gate:
    """Counts who is inside; all methods thread-safe.

    :param total: how many may be inside.
    :param share: how many of one project.
    """

    def __init__(self, total: int, share: int) -> None:
        self._total = total
        self._share = share
        self._lock = threading.Lock()
        self._inside: collections.Counter[str | None] = collections.Counter()

    @contextlib.contextmanager
    def passed(self, project_id: str | None) -> Iterator[None]:
        """Be inside during a block.

        :param project_id: for whom; None for who is not known yet.
        :raises TooManyWaiting: at once, if there is no room.
        """
        if not self.enter(project_id):
            raise exception.TooManyWaiting()
        try:
            yield
        finally:
            self.leave(project_id)

    def enter(self, project_id: str | None) -> bool:
        """Go inside, to :meth:`leave` later.

        :returns: whether there was room.
        """
        with self._lock:
            has_room = self._has_room(project_id)
            if has_room:
                self._inside[project_id] += 1
            return has_room

    def leave(self, project_id: str | None) -> None:
        with self._lock:
            self._inside[project_id] -= 1
            # Or the names of all projects would stay.
            if not self._inside[project_id]:
                del self._inside[project_id]

    def full(self) -> list[str | None]:
        """:returns: the projects that have their share inside."""
        with self._lock:
            return [
                project_id
                for project_id, count in self._inside.items()
                if count >= self._share
            ]

    def has_room(self, project_id: str | None) -> bool:
        """Say whether another one of a project could enter now."""
        with self._lock:
            return self._has_room(project_id)

    def _has_room(self, project_id: str | None) -> bool:
        return (
            self._inside.total() < self._total
            and self._inside[project_id] < self._share
        )
