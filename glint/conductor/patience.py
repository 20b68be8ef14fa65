# SPDX-License-Identifier: Apache-2.0

"""What to do about rows that somebody else has locked."""

from collections.abc import Callable
from collections.abc import Collection
import time
from typing import ParamSpec
from typing import TypeVar

from glint import interrupt as interrupts
from glint.db import engine

P = ParamSpec('P')
T = TypeVar('T')

#: Between two tries to write to a row that is locked, in seconds.
PAUSE = 0.2
#: A row that is passed over for so long is told of, in seconds.
_LONG = 2.0


def patiently(
    interrupt: interrupts.Interrupt,
    function: Callable[P, T],
    *args: P.args,
    **kwargs: P.kwargs,
) -> T:
    """Wait for rows that are locked, as long as the work is wanted.

    :param interrupt: ends the wait.
    :raises Interrupted: if the work is not wanted any more.
    """
    while True:
        try:
            return function(*args, **kwargs)
        except engine.Busy:
            interrupt.wait(PAUSE)


class PassedOver:
    """What a thread comes back to later, as its rows are locked."""

    def __init__(self) -> None:
        self._since: dict[str, float] = {}

    def update(self, names: Collection[str]) -> None:
        """Tell the log of what is passed over again and again.

        :param names: all that is passed over this time.
        """
        now = time.monotonic()
        self._since = {name: self._since.get(name, now) for name in names}
        for name, since in self._since.items():
            if now - since > _LONG:
                engine.tell_wait(name)
