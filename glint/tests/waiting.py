# SPDX-License-Identifier: Apache-2.0

"""Waiting for what another thread or process does."""

import time
from typing import Any


def until(condition: Any, timeout: float, what: str) -> Any:
    """Wait until a condition holds.

    :param condition: called until what it returns is true.
    :param timeout: how long to wait, in seconds.
    :param what: what is waited for, for the message.
    :returns: what the condition returned.
    """
    deadline = time.monotonic() + timeout
    pause = 0.05
    while not (result := condition()):
        if time.monotonic() > deadline:
            raise AssertionError(f'No {what} within {timeout} s.')
        time.sleep(pause)
        # Each look takes processor time from what is waited for.
        pause = min(pause * 1.2, 0.5)
    return result
