# SPDX-License-Identifier: Apache-2.0

"""Ports for the servers of tests."""

import random
import socket

#: Below those that the kernel chooses from by itself.
_PORTS = range(10000, 20000)
_held: list[socket.socket] = []


def free_port() -> int:
    """Find a port that nobody listens on.

    Neither the kernel nor another test gives it to somebody else, until this
    process ends.
    """
    for port in random.sample(_PORTS, len(_PORTS)):
        mine = socket.socket(socket.AF_UNIX)
        try:
            mine.bind(f'\0glint-test-port-{port}')
            with socket.socket() as tried:
                tried.bind(('127.0.0.1', port))
        except OSError:
            mine.close()
        else:
            _held.append(mine)
            return port
    raise AssertionError('All ports for tests are taken.')
