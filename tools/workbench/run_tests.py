# SPDX-License-Identifier: Apache-2.0

"""All checks and tests, with all that they need."""

import argparse
from collections.abc import Mapping
from collections.abc import Sequence
import concurrent.futures
import os
import pathlib
import threading
import time

from cloudlab import exception
from cloudlab import folder
from cloudlab import lab as cloudlab
from cloudlab import packages
from cloudlab import process
from cloudlab import program
from cloudlab import venv
from workbench import checkout
from workbench import lane
from workbench import panels
from workbench import parts
from workbench import table
from workbench import tempest
from workbench import testlab


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='tools/run-tests',
        description='Run all checks and tests, or some parts of them, in an '
        f'environment of their own in {lane.ROOT}.',
    )
    parser.add_argument(
        'parts',
        nargs='*',
        metavar='PART',
        help=f'all, or some of {", ".join(part.name for part in parts.ALL)}',
    )
    parser.add_argument(
        '--list', action='store_true', help='say what the parts are'
    )
    return parser


def _choose(names: Sequence[str]) -> list[parts.Part]:
    known = {part.name for part in parts.ALL}
    if unknown := set(names) - known:
        raise exception.LabError(
            f'There is no part {", ".join(sorted(unknown))}; see "tools/'
            'run-tests --list".'
        )
    return [part for part in parts.ALL if not names or part.name in names]


def _prepare(
    chosen: Sequence[parts.Part], pool: concurrent.futures.Executor
) -> tuple[dict[str, str], dict[pathlib.Path, lane.Installed]]:
    """Install what the parts need.

    :param pool: runs what is installed beside the first parts.
    :returns: why something cannot be had, by its name; and the environments
        that may still be in the making.
    """
    installed = [pool.submit(_install)]
    if any(part.needs_lab for part in chosen):
        installed.append(pool.submit(venv.install, testlab.venv(lane.ROOT)))
    later: dict[pathlib.Path, lane.Installed] = {}
    if any(part.panels for part in chosen):
        later[lane.HORIZON] = pool.submit(panels.install, lane.HORIZON)
    if any(part.gate for part in chosen):
        later[lane.TEMPEST] = pool.submit(tempest.install, lane.TEMPEST)
    needs = (need for part in chosen for need in part.needs)
    missing = packages.install(needs)
    for task in installed:
        task.result()
    return missing, later


def _run_lanes(lanes: Sequence[lane.Lane]) -> None:
    """Run the lanes side by side, each with its lab.

    What the parts of the first one say is shown at once.
    """
    first, *others = lanes
    beside = [
        threading.Thread(target=each.run, args=(False,), daemon=True)
        for each in others
    ]
    for thread in beside:
        thread.start()
    try:
        first.run(live=True)
        for thread in beside:
            thread.join()
    finally:
        for each in others:
            each.stop()


def _report(
    lanes: Sequence[lane.Lane], missing: Mapping[str, str], seconds: float
) -> int:
    """Say how all ended.

    :param seconds: that the run took.
    :returns: the exit code.
    """
    found = {row.name: row for each in lanes for row in each.rows}
    rows = [found[part.name] for part in parts.ALL if part.name in found]
    totals = table.total(rows)
    problems = [problem for each in lanes for problem in each.problems]
    print('\n=== Result')
    print(table.text(rows))
    print(f'The run took {seconds:.0f} s.')
    for reason in missing.values():
        print(f'Not run: {reason}')
    if os.environ.get('CI') == 'true':
        if missing:
            problems.append('In CI, everything has to run.')
        if totals.skipped:
            problems.append('In CI, no test may be skipped.')
    for problem in problems:
        print(f'Failed: {problem}')
    if totals.ran or totals.failed:
        totals.show()
        print(totals.summary, flush=True)
    return 1 if problems else 0


def _install() -> None:
    checkout.install(
        lane.VENV,
        (
            *parts.REQUIREMENTS,
            *('-r', checkout.ROOT / 'test-requirements.txt'),
            *('-r', checkout.ROOT / 'doc' / 'requirements.txt'),
            *('-r', checkout.ROOT / parts.CLIENT / 'test-requirements.txt'),
            *('--editable', checkout.ROOT / parts.CLIENT),
        ),
    )


def _clean() -> None:
    testlab.end_marked(lane.LABS)
    process.stop(lane.GATE, process.known(lane.GATE))
    for root in lane.LABS.glob('*'):
        cloudlab.clean(root)


def _run(chosen: Sequence[parts.Part]) -> int:
    began = time.monotonic()
    names = [
        name for name in parts.LANES if any(p.lane == name for p in chosen)
    ]
    # A processor that is overloaded makes tests slow, and none faster.
    workers = max((os.cpu_count() or 1) // len(names), 1)
    with (
        folder.cleaned(lane.ROOT, _clean),
        concurrent.futures.ThreadPoolExecutor() as pool,
    ):
        missing, later = _prepare(chosen, pool)
        lanes = [
            lane.Lane(name, chosen, workers, missing, later) for name in names
        ]
        _run_lanes(lanes)
    return _report(lanes, missing, time.monotonic() - began)


def main() -> int:
    """Run the command.

    :returns: the exit code.
    """
    arguments = _parser().parse_args()
    if arguments.list:
        for part in parts.ALL:
            program.say(f'{part.name:<12} {part.text}')
        return 0
    return program.run(
        'tools/run-tests', lambda: _run(_choose(arguments.parts))
    )
