# SPDX-License-Identifier: Apache-2.0

"""What the commands of the client add to the start of openstack."""

import pathlib
import subprocess
import sys

from benchmarks import contest
from benchmarks import processor
from benchmarks import report

_OPENSTACK = pathlib.Path(sys.executable).parent / 'openstack'
_COMMANDS = ('image create', 'image replicate')
_GOAL_MS = 50


def _help(command: str) -> contest.Way:
    arguments = [str(_OPENSTACK), *command.split(), '--help']

    def run() -> None:
        subprocess.run(arguments, stdout=subprocess.DEVNULL, check=True)

    return lambda: processor.measure(run, {'cpu': processor.of_commands})


def measure(_root: pathlib.Path, _mib: int, runs: int) -> report.Report:
    """Measure it.

    :param runs: how often.
    """
    samples = contest.hold({name: _help(name) for name in _COMMANDS}, runs)
    core, ours = (samples[name] for name in _COMMANDS)
    return report.Report(
        f'From the command to its help, median of {runs}',
        [
            ('openstack', 'seconds', 'from-to', 'CPU s'),
            *(
                (
                    name,
                    f'{found.median("seconds"):.2f}',
                    found.span('seconds'),
                    f'{found.median("cpu"):.2f}',
                )
                for name, found in samples.items()
            ),
        ],
        [
            report.Goal(
                f'Milliseconds of {key} over {_COMMANDS[0]}',
                (ours.median(key) - core.median(key)) * 1000,
                '<=',
                _GOAL_MS,
            )
            for key in ('seconds', 'cpu')
        ],
        samples,
    )
