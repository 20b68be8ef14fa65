# SPDX-License-Identifier: Apache-2.0

"""The table at the end of a run."""

from collections.abc import Sequence
import dataclasses

from workbench import stestr

_HEAD = ('KIND', 'PASSED', 'FAILED', 'SKIPPED', 'SECONDS', 'RESULT')


@dataclasses.dataclass(frozen=True)
class Row:
    """How one kind of checks or tests ended.

    :ivar seconds: how long it took, all in all.
    :ivar result: in words.
    :ivar totals: the counts, None where nothing is counted.
    """

    name: str
    seconds: float
    result: str
    totals: stestr.Totals | None = None

    def cells(self) -> tuple[str, ...]:
        counts: tuple[object, ...] = ('-', '-', '-')
        if self.totals:
            counts = (
                self.totals.all_passed,
                self.totals.all_failed,
                self.totals.skipped,
            )
        seconds = f'{self.seconds:.0f}'
        return (self.name, *map(str, counts), seconds, self.result)


def total(rows: Sequence[Row]) -> stestr.Totals:
    """Sum up the counts of rows."""
    found = stestr.Totals()
    for row in rows:
        if row.totals:
            found.add(row.totals)
    return found


def text(rows: Sequence[Row]) -> str:
    """Write the rows below each other, with a head and their sum."""
    last = Row('all', sum(row.seconds for row in rows), '', total(rows))
    lines = [_HEAD, *(row.cells() for row in (*rows, last))]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return '\n'.join(_line(cells, widths) for cells in lines)


def _line(cells: Sequence[str], widths: Sequence[int]) -> str:
    name, *numbers, result = cells
    right = (
        cell.rjust(width)
        for cell, width in zip(numbers, widths[1:-1], strict=True)
    )
    return '  '.join((name.ljust(widths[0]), *right, result)).rstrip()
