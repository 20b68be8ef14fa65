# SPDX-License-Identifier: Apache-2.0

"""All checks and tests, with all that they need."""

import argparse
from collections.abc import Iterator
from collections.abc import Sequence
import concurrent.futures
import contextlib
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
from workbench import results
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


class _Run:
    """One run of some parts.

    :param pool: runs what is installed beside the first parts.
    """

    def __init__(
        self,
        chosen: Sequence[parts.Part],
        pool: concurrent.futures.Executor,
    ) -> None:
        self._parts = chosen
        self._pool = pool
        self._results = results.Results()
        names = {part.lane for part in chosen}
        # A processor that is overloaded makes tests slow, and none faster.
        workers = max((os.cpu_count() or 1) // len(names), 1)
        self._lanes = [
            lane.Lane(name, chosen, workers, self._results)
            for name in parts.LANES
            if name in names
        ]

    def prepare(self) -> None:
        """Install what the parts need; what comes last may come later."""
        installed = [self._pool.submit(_install)]
        if any(part.needs_lab for part in self._parts):
            installed.append(
                self._pool.submit(
                    venv.install, testlab.venv(lane.ROOT), program.say
                )
            )
        later: dict[pathlib.Path, lane.Installed] = {}
        if any(part.panels for part in self._parts):
            later[lane.HORIZON] = self._pool.submit(
                panels.install, lane.HORIZON, program.say
            )
        if any(part.gate for part in self._parts):
            later[lane.TEMPEST] = self._pool.submit(
                tempest.install, lane.TEMPEST, program.say
            )
        self._results.missing |= packages.install(
            (need for part in self._parts for need in part.needs), program.say
        )
        for each in self._lanes:
            each.installed = later
        for task in installed:
            task.result()

    def run(self) -> None:
        """Run the lanes side by side, each with its lab.

        What the parts of the first one say is shown at once.
        """
        first, *others = self._lanes
        beside = [
            threading.Thread(
                target=each.run, args=(program.say, False), daemon=True
            )
            for each in others
        ]
        for thread in beside:
            thread.start()
        try:
            first.run(program.say, live=True)
            for thread in beside:
                thread.join()
        finally:
            for each in others:
                each.stop()

    def report(self, seconds: float) -> int:
        """Say how all ended.

        :returns: the exit code.
        """
        return self._results.report([p.name for p in parts.ALL], seconds)


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
        program.say,
    )


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one run at a time use the folder, and leave no labs behind."""
    with folder.lock(lane.ROOT):
        # An earlier run may have been killed.
        _clean()
        try:
            yield
        finally:
            _clean()


def _clean() -> None:
    testlab.end_marked(lane.LABS)
    process.stop(lane.GATE, process.known(lane.GATE))
    for root in lane.LABS.glob('*'):
        cloudlab.clean(root)


def _run(chosen: Sequence[parts.Part]) -> int:
    began = time.monotonic()
    with _alone(), concurrent.futures.ThreadPoolExecutor() as pool:
        run = _Run(chosen, pool)
        run.prepare()
        run.run()
    return run.report(time.monotonic() - began)


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
