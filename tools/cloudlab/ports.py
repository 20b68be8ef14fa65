# SPDX-License-Identifier: Apache-2.0

"""Blocks of 100 ports, of which each lab has one."""

import socket

from cloudlab import exception
from cloudlab import process

_END = 32000
#: Each tells others that a block of ports is taken.
_held: list[socket.socket] = []


def claim(first: int) -> int:
    """Find a block where nobody listens, so that several labs can be made.

    The last port of the block, which no server gets, is this process's until
    its end: who looks at the same time takes the next block.

    :param first: the first port of the first block to look at.
    :returns: the first port of the block.
    :raises LabError: when there is none.
    """
    for base in range(first, _END, 100):
        mine = socket.socket()
        try:
            mine.bind(('127.0.0.1', base + 99))
            for port in range(base, base + 99):
                process.require_free(port, 'a new lab')
        except (exception.LabError, OSError):
            mine.close()
        else:
            _held.append(mine)
            return base
    raise exception.LabError('There is no block of 100 free ports.')
