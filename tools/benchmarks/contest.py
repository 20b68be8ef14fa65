# SPDX-License-Identifier: Apache-2.0

"""Several ways to do the same, measured in turns."""

from collections.abc import Callable
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
import json
import statistics
import subprocess
import sys

from cloudlab import program

#: What one run of a contestant measured, such as ``seconds``.
Figures = Mapping[str, float]


#: Does something once, and tidies up outside of what it measures.
Way = Callable[[], Figures]


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


def apart(module: str, **task: object) -> Figures:
    """Have a module measure in a process of its own.

    :param module: writes the figures in its last line, as JSON.
    :param task: its argument, as JSON.
    """
    done = subprocess.run(
        [sys.executable, '-m', module, json.dumps(task)],
        stdout=subprocess.PIPE,
        check=True,
    )
    # Glint's log goes to the same place.
    figures: Figures = json.loads(done.stdout.splitlines()[-1])
    return figures


def hold(ways: Mapping[str, Way], runs: int) -> dict[str, Samples]:
    """Try the ways in turns, so that what else the machine does meets all.

    :param ways: by their names.
    :param runs: of each.
    """
    found: dict[str, list[Figures]] = {name: [] for name in ways}
    for number in range(1, runs + 1):
        for name, way in ways.items():
            figures = way()
            found[name].append(figures)
            text = ', '.join(
                f'{key} {value:.2f}' for key, value in figures.items()
            )
            program.say(f'{number}/{runs} {name}: {text}')
    return {name: Samples(samples) for name, samples in found.items()}
