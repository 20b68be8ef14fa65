# SPDX-License-Identifier: Apache-2.0

"""Sees to which addresses this process connects, or tries to.

Python tells its audit hooks of each connect() of a socket before it is made.
So a test also learns of attempts at addresses that no server can listen on
here, such as that of a metadata service.
"""

import sys
from typing import Any

import fixtures

_watches: list[list[Any]] = []


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event == 'socket.connect':
        for seen in _watches:
            seen.append(arguments[1])


# There is no way to remove a hook, so there is one for the whole process.
sys.addaudithook(_hook)


class Watch(fixtures.Fixture):
    """The addresses that were connected to while it was in use."""

    def _setUp(self) -> None:
        self._seen: list[Any] = []
        _watches.append(self._seen)
        self.addCleanup(_watches.remove, self._seen)

    @property
    def hosts(self) -> set[str]:
        """The addresses, without their ports."""
        return {address[0] for address in self._seen}
