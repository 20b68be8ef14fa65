# SPDX-License-Identifier: Apache-2.0

"""What all commands of tools have in common."""

import argparse
from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import signal
import subprocess
import sys
import threading
import time

from cloudlab import exception

#: Stands before each line of news.
margin = ''

_NEWS_SECONDS = 15


def say(text: str) -> None:
    """Write a line of news, at once."""
    print(f'{margin}{text}', flush=True)


@contextlib.contextmanager
def still(what: str) -> Iterator[None]:
    """Say again and again that something goes on, until it ends.

    :param what: goes on, to begin a sentence with.
    """
    began = time.monotonic()
    ended = threading.Event()

    def tell() -> None:
        while not ended.wait(_NEWS_SECONDS):
            say(f'{what}: {time.monotonic() - began:.0f} s.')

    thread = threading.Thread(target=tell, daemon=True)
    thread.start()
    try:
        yield
    finally:
        ended.set()
        thread.join()


def positive(text: str) -> int:
    """Read a number from 1 on, for argparse."""
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError('must be at least 1')
    return value


def run(name: str, work: Callable[[], int | None], hint: str = '') -> int:
    """Do what a command is to do, and say in a sentence why it ends early.

    :param name: of the command.
    :param work: returns the exit code, None for 0.
    :param hint: what to do after an interruption.
    :returns: the exit code.
    """

    def terminate(_signal: int, _frame: object) -> None:
        raise SystemExit(f'{name}: terminated.')

    signal.signal(signal.SIGTERM, terminate)
    try:
        return work() or 0
    except (
        exception.LabError,
        OSError,
        subprocess.TimeoutExpired,
    ) as error:
        print(f'{name}: {error}', file=sys.stderr)
    except KeyboardInterrupt:
        print(f'\n{name}: interrupted. {hint}'.rstrip(), file=sys.stderr)
    return 1
