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
