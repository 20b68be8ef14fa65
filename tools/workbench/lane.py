# SPDX-License-Identifier: Apache-2.0

"""Parts of a run that have a lab of their own, one after the other."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
import concurrent.futures
import io
import os
import pathlib
import sys
import time
from typing import TextIO

from cloudlab import exception
from workbench import checkout
from workbench import gate
from workbench import panels
from workbench import parts
from workbench import stestr
from workbench import table
from workbench import testlab

ROOT = checkout.ROOT / '.run-tests'
VENV = ROOT / 'venv'
HORIZON = ROOT / 'horizon-venv'
GATE = ROOT / 'gate'
TEMPEST = ROOT / 'tempest-venv'
#: Of all lanes; it also marks what a run starts, by its environment.
LABS = ROOT / 'labs'

#: An environment that is being made.
Installed = concurrent.futures.Future[None]


class Lane:
    """Some parts, and the lab that those need which need one.

    :param name: of the lane.
    :param workers: how many tests of a part may run at a time.
    :param missing: what cannot be had here.
    :param installed: environments of parts, which may still be made.
    :ivar rows: how the parts ended.
    :ivar problems: why the run has failed.
    """

    def __init__(
        self,
        name: str,
        chosen: Sequence[parts.Part],
        workers: int,
        missing: Collection[str],
        installed: Mapping[pathlib.Path, Installed],
    ) -> None:
        self._root = LABS / name
        self._parts = [part for part in chosen if part.lane == name]
        self._workers = workers
        self._missing = missing
        self._installed = installed
        self.rows: list[table.Row] = []
        self.problems: list[str] = []
        self._lab: pathlib.Path | None = None
        self._stopping = False

    def _start_lab(self) -> None:
        """Start the lab, unless the lane needs none."""
        if not any(part.needs_lab for part in self._parts):
            return
        wanted = {name for part in self._parts for name in part.services}
        names = sorted(wanted.difference(self._missing))
        self._root.mkdir(parents=True)
        try:
            lab = testlab.start(self._root, ROOT, names)
            self._lab = lab.path / 'lab.json'
        except exception.LabError as error:
            self.problems.append(f'The lab could not be started: {error}')

    def run(self, live: bool) -> None:
        """Start the lab, and run the parts.

        :param live: whether to show at once what a part says, and not when
            it has ended.
        """
        self._start_lab()
        for part in self._parts:
            if self._stopping:
                return
            out = sys.stdout if live else io.StringIO()
            try:
                self._run(part, out)
            except Exception as error:
                told = isinstance(error, exception.LabError)
                said = str(error) if told else repr(error)
                self.problems.append(f'{part.name} was not run: {said}')
            if isinstance(out, io.StringIO):
                print(out.getvalue(), flush=True)

    def stop(self) -> None:
        """Begin no other part, from any thread."""
        self._stopping = True

    def _run(self, part: parts.Part, out: TextIO) -> None:
        """Run a part, and keep how it ended."""
        began = time.monotonic()
        print(f'\n=== {part.name}: {part.text}', file=out, flush=True)
        totals: stestr.Totals | None = None
        if part.needs_lab and self._lab is None:
            result = 'FAILED, there is no lab'
        elif lacking := self._lacking(part):
            result = f'NOT RUN, without {", ".join(lacking)}'
        elif part.checks:
            result = self._check(part, out)
        else:
            code, totals = self._test(part, out)
            if code or not totals.ran:
                # Not a single test may have been found or loaded.
                totals.failed = max(totals.failed, 1)
            result = 'FAILED' if totals.all_failed else 'passed'
        seconds = time.monotonic() - began
        self.rows.append(table.Row(part.name, seconds, result, totals))
        if result.startswith('FAILED'):
            failed = totals.names if totals else []
            self.problems.append(
                '\n  '.join([f'{part.name} failed.', *failed])
            )

    def _lacking(self, part: parts.Part) -> list[str]:
        """Name what a part needs and cannot be had here."""
        return [n.name for n in part.needs if n.name in self._missing]

    def _check(self, part: parts.Part, out: TextIO) -> str:
        failed = []
        for command in part.checks:
            print(f'$ {" ".join(command)}', file=out, flush=True)
            code, _output = stestr.run(
                [VENV / 'bin' / command[0], *command[1:]],
                checkout.ROOT,
                self._env(),
                out,
            )
            if code:
                failed.append(command[0])
        return f'FAILED: {", ".join(failed)}' if failed else 'passed'

    def _test(
        self, part: parts.Part, out: TextIO
    ) -> tuple[int, stestr.Totals]:
        if part.gate:
            self._installed[TEMPEST].result()
            return self._gate(out)
        if part.panels:
            self._installed[HORIZON].result()
            return panels.run(HORIZON, part.panels, self._env(), VENV, out)
        workers = 1 if part.serial else self._workers
        if part.waits:
            workers = max(workers, 2)
        code, output = stestr.run(
            [
                *(VENV / 'bin' / 'stestr', 'run', f'--concurrency={workers}'),
                *part.options,
            ],
            checkout.ROOT / part.folder,
            self._env() | {'OS_TEST_PATH': part.tests},
            out,
        )
        return code, stestr.Totals.read(output)

    def _gate(self, out: TextIO) -> tuple[int, stestr.Totals]:
        assert self._lab
        try:
            return gate.run(GATE, self._lab, (VENV, TEMPEST), self._env(), out)
        except exception.LabError as error:
            self.problems.append(str(error))
            return 1, stestr.Totals()

    def _env(self) -> dict[str, str]:
        env = {
            'LC_ALL': 'C.UTF-8',
            'OS_STDERR_CAPTURE': '1',
            'OS_STDOUT_CAPTURE': '1',
            **os.environ,
            **testlab.mark(LABS),
            'TOX_CONSTRAINTS_FILE': checkout.constraints(),
        }
        env['PATH'] = f'{VENV / "bin"}:{env.get("PATH", os.defpath)}'
        env.pop('GLINT_LAB', None)
        if self._lab:
            env['GLINT_LAB'] = str(self._lab)
        return env
