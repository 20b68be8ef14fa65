# SPDX-License-Identifier: Apache-2.0

"""Run benchmarks; tools/bench has prepared all that they need."""

import argparse
import datetime
import json
import os
import pathlib

from benchmarks import client
from benchmarks import copies
from benchmarks import engine
from benchmarks import lab as labs
from benchmarks import latency
from benchmarks import machine
from benchmarks import matrix
from benchmarks import profile
from benchmarks import report
from benchmarks import scale
from cloudlab import program

_WITH_LAB = {
    'one-target': copies.measure_one,
    'three-targets': copies.measure_three,
    'latency': latency.measure,
    'profile-one': profile.measure_one,
    'profile-three': profile.measure_three,
}
_WITHOUT_LAB = {'engine': engine.measure, 'client': client.measure}
_OF_ROWS = {'matrix': matrix.measure, 'scale': scale.measure}


def _measure(
    name: str, arguments: argparse.Namespace, lab: labs.Lab | None
) -> report.Report:
    if name in _OF_ROWS:
        return _OF_ROWS[name](arguments.root, arguments.runs)
    if lab is None or name in _WITHOUT_LAB:
        return _WITHOUT_LAB[name](
            arguments.root, arguments.size, arguments.runs
        )
    return _WITH_LAB[name](lab, arguments.size, arguments.runs)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog='python -m benchmarks')
    parser.add_argument('--root', type=pathlib.Path, required=True)
    parser.add_argument('--json', type=pathlib.Path, required=True)
    parser.add_argument('--size', type=int, required=True)
    parser.add_argument('--runs', type=int, required=True)
    parser.add_argument('names', nargs='+')
    return parser


def main() -> None:
    arguments = _parser().parse_args()
    program.margin = 6 * ' '
    began = datetime.datetime.now(datetime.UTC).isoformat(timespec='seconds')
    with_lab = not _WITH_LAB.keys().isdisjoint(arguments.names)
    lab = labs.Lab(arguments.root) if with_lab else None
    described = machine.describe(lab.venv if lab else None)
    print(f'Measured at {began} with')
    for name, value in described.items():
        print(f'  {name:<24} {value}')
    found = {}
    for name in arguments.names:
        load = os.getloadavg()[0]
        print(f'[{name}] load average {load:.1f}', flush=True)
        item = _measure(name, arguments, lab)
        print(f'\n{item}\n', flush=True)
        found[name] = {'load': load} | item.as_json()
        # At once: what was measured stays, even if the rest is interrupted.
        arguments.json.write_text(
            json.dumps(
                {'began': began, 'machine': described, 'reports': found},
                indent=2,
            )
        )
    print(f'All figures are in {arguments.json}.')


if __name__ == '__main__':
    main()
