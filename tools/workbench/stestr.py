# SPDX-License-Identifier: Apache-2.0

"""Runs tests, and counts how they ended."""

from collections.abc import Mapping
import dataclasses
import os
import pathlib
import re
import signal
import subprocess
import sys
from typing import Self
from typing import TextIO

_PATIENCE_SECONDS = 30

#: A test that failed, and what stestr says of it before the next one.
_FAILED = re.compile(
    r'^\{\d+\} (\S+) [^\n]*\bFAILED$(.*?)(?=^\{\d+\} |^=+$|\Z)', re.M | re.S
)
#: The error at the end of a traceback, however far that is indented.
_ERROR = re.compile(r'^ *((?:[A-Za-z_]\w*\.)*[A-Z]\w*(?:: .*)?)$', re.M)
#: How much of an error is shown, in characters.
_LONGEST = 500


@dataclasses.dataclass
class Totals:
    """What stestr says at the end of a run.

    :ivar names: the tests that failed, each with the error.
    """

    ran: int = 0
    seconds: float = 0.0
    passed: int = 0
    skipped: int = 0
    expected_fail: int = 0
    unexpected_success: int = 0
    failed: int = 0
    names: list[str] = dataclasses.field(default_factory=list)

    @classmethod
    def read(cls, output: str) -> Self:
        """Find the totals in the output of stestr."""
        totals = cls()
        ran = re.findall(r'^Ran: (\d+) tests? in ([\d.]+) sec', output, re.M)
        if ran:
            totals.ran = int(ran[-1][0])
            totals.seconds = float(ran[-1][1])
        for name, count in re.findall(r'^ - ([\w ]+): (\d+)$', output, re.M):
            key = name.lower().replace(' ', '_')
            if hasattr(totals, key):
                setattr(totals, key, int(count))
        totals.names = [named(*found) for found in _FAILED.findall(output)]
        return totals

    def add(self, other: Self) -> None:
        """Sum up several runs."""
        for field in dataclasses.fields(self):
            value = getattr(self, field.name) + getattr(other, field.name)
            setattr(self, field.name, value)

    def show(self) -> None:
        """Write them as stestr does."""
        print('\n======\nTotals\n======')
        print(f'Ran: {self.ran} tests in {self.seconds:.4f} sec.')
        for field in dataclasses.fields(self)[2:-1]:
            name = field.name.replace('_', ' ').title()
            print(f' - {name}: {getattr(self, field.name)}')

    @property
    def all_passed(self) -> int:
        return self.passed + self.expected_fail

    @property
    def all_failed(self) -> int:
        return self.failed + self.unexpected_success

    @property
    def summary(self) -> str:
        """One line for programs that read it."""
        line = f'{self.all_passed} passed, {self.all_failed} failed'
        return f'{line}, {self.skipped} skipped' if self.skipped else line


def named(test: str, output: str) -> str:
    """Name a test that failed, with the error where it can be found.

    :param output: what was written about the test, with a traceback.
    """
    traceback = output.partition('Traceback (most recent call last)')[2]
    # What was captured besides, such as logs, may look like an error.
    errors = _ERROR.findall(traceback.partition('\nCaptured ')[0])
    return f'{test}: {errors[-1][:_LONGEST]}' if errors else test


def run(
    arguments: list[str | pathlib.Path],
    folder: pathlib.Path,
    env: Mapping[str, str],
    out: TextIO | None = None,
) -> tuple[int, str]:
    """Run a program, and show what it writes.

    :param folder: where it runs.
    :param out: where that is shown, None for standard output.
    :returns: its exit code, and what it wrote.
    """
    lines = []
    shown = out or sys.stdout
    with subprocess.Popen(
        arguments,
        cwd=folder,
        env=env,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors='replace',
        # Its workers are to end with it.
        start_new_session=True,
    ) as child:
        try:
            assert child.stdout
            for line in child.stdout:
                shown.write(line)
                shown.flush()
                lines.append(line)
            code = child.wait()
        except BaseException:
            _end(child)
            raise
    return code, ''.join(lines)


def _end(child: subprocess.Popen[str]) -> None:
    """End a program and its children, which have a chance to clean up."""
    os.killpg(child.pid, signal.SIGINT)
    try:
        child.wait(_PATIENCE_SECONDS)
    except subprocess.TimeoutExpired:
        os.killpg(child.pid, signal.SIGKILL)
