# SPDX-License-Identifier: Apache-2.0

"""Several ways to do the same, measured in turns."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import statistics

from cloudlab import program

#: What one run of a contestant measured, such as ``seconds``.
Figures = Mapping[str, float]


@dataclasses.dataclass(frozen=True)
class Contestant:
    """One way to do it.

    :ivar run: does it once, and tidies up outside of what it measures.
    """

    name: str
    run: Callable[[], Figures]


@dataclasses.dataclass(frozen=True)
class Samples:
    """What all runs of a contestant measured."""

    runs: Sequence[Figures]

    def median(self, key: str) -> float:
        return statistics.median(run[key] for run in self.runs)

    def span(self, key: str) -> str:
        """The smallest and the largest figure."""
        values = [run[key] for run in self.runs]
        return f'{min(values):.2f}-{max(values):.2f}'


def hold(contestants: Sequence[Contestant], runs: int) -> dict[str, Samples]:
    """Let the contestants run in turns.

    In turns, so that what else the machine does meets all of them.

    :param runs: of each.
    """
    found: dict[str, list[Figures]] = {item.name: [] for item in contestants}
    for number in range(1, runs + 1):
        for contestant in contestants:
            figures = contestant.run()
            found[contestant.name].append(figures)
            text = ', '.join(
                f'{key} {value:.2f}' for key, value in figures.items()
            )
            program.say(f'{number}/{runs} {contestant.name}: {text}')
    return {name: Samples(samples) for name, samples in found.items()}
