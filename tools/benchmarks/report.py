# SPDX-License-Identifier: Apache-2.0

"""What a benchmark found, for people and for programs."""

from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import operator
from typing import Any

from benchmarks import contest

_COMPARISONS = {'<=': operator.le, '<': operator.lt, '>=': operator.ge}


@dataclasses.dataclass(frozen=True)
class Goal:
    """A figure, and what it should be."""

    text: str
    value: float
    comparison: str
    limit: float

    @property
    def met(self) -> bool:
        return bool(_COMPARISONS[self.comparison](self.value, self.limit))

    def __str__(self) -> str:
        verdict = 'met' if self.met else 'MISSED'
        return (
            f'{self.text}: {self.value:.2f}, goal {self.comparison} '
            f'{self.limit:g}, {verdict}'
        )


@dataclasses.dataclass(frozen=True)
class Report:
    """The outcome of one benchmark.

    :ivar rows: of a table, the first one being its head.
    :ivar samples: all that was measured.
    """

    title: str
    rows: Sequence[Sequence[str]]
    goals: Sequence[Goal]
    samples: Mapping[str, contest.Samples]

    def __str__(self) -> str:
        columns = zip(*self.rows, strict=True)
        widths = [max(map(len, column)) for column in columns]
        rule = '  '.join('=' * width for width in widths)
        head, *body = (
            '  '.join(
                # The first column is text, the others are numbers.
                cell.rjust(width) if index else cell.ljust(width)
                for index, (cell, width) in enumerate(
                    zip(row, widths, strict=True)
                )
            ).rstrip()
            for row in self.rows
        )
        goals = [f'* {goal}' for goal in self.goals]
        return '\n'.join(
            [self.title, '', rule, head, rule, *body, rule, '', *goals]
        )

    def as_json(self) -> dict[str, Any]:
        return {
            'title': self.title,
            'table': self.rows,
            'goals': [
                dataclasses.asdict(goal) | {'met': goal.met}
                for goal in self.goals
            ],
            'runs': {name: item.runs for name, item in self.samples.items()},
        }
