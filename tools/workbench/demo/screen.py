# SPDX-License-Identifier: Apache-2.0

"""Sizes, bars and tables, on terminals and in files."""

from collections.abc import Sequence
import sys

MIB = 1024 * 1024
_BAR = 24


def mib(count: float) -> str:
    """Write a number of bytes."""
    return f'{count / MIB:.1f} MiB'


def say(text: str) -> None:
    """Write a line of news."""
    print(f'      {text}', flush=True)


def bar(share: float) -> str:
    """Draw how much is done.

    :param share: from 0 to 1.
    """
    full = round(_BAR * share)
    marks = '█░' if sys.stdout.encoding.lower() == 'utf-8' else '#.'
    return marks[0] * full + marks[1] * (_BAR - full)


class Panel:
    """Lines that are written over on a terminal.

    Elsewhere, each line is written once for each news that it brings.
    """

    def __init__(self) -> None:
        self._terminal = sys.stdout.isatty()
        self._height = 0
        self._told: list[str] = []

    def show(self, lines: Sequence[str], news: Sequence[str]) -> None:
        """Write the lines.

        :param news: for each line, what has to change for it to be written
            again where nothing can be written over.
        """
        if self._terminal:
            up = f'\033[{self._height}A' if self._height else ''
            text = ''.join(f'\r\033[K      {line}\n' for line in lines)
            print(up + text, end='', flush=True)
            self._height = len(lines)
            return
        for index, line in enumerate(lines):
            if self._told[index : index + 1] != [news[index]]:
                say(line)
        self._told = list(news)


def table(rows: Sequence[Sequence[str]]) -> None:
    """Write rows of equal length, in columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = zip(row, widths, strict=True)
        line = '  '.join(cell.ljust(width) for cell, width in cells)
        print(f'      {line}'.rstrip(), flush=True)
