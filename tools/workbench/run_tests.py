# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""All checks and tests, with all that they need."""

import argparse
from collections.abc import Iterator
from collections.abc import Sequence
import concurrent.futures
import contextlib
import io
import os
import pathlib
import signal
import sys
import threading
import time
from typing import TextIO

from cloudlab import exception
from cloudlab import folder
from cloudlab import lab as cloudlab
from cloudlab import process
from cloudlab import services
from workbench import checkout
from workbench import chromium
from workbench import deployment
from workbench import gate
from workbench import panels
from workbench import parts
from workbench import stestr
from workbench import table
from workbench import tempest
from workbench import testlab

ROOT = checkout.ROOT / '.run-tests'
VENV = ROOT / 'venv'
LAB = ROOT / 'lab'
HORIZON = ROOT / 'horizon-venv'
GATE = ROOT / 'gate'
TEMPEST = ROOT / 'tempest-venv'


def _say(text: str) -> None:
    print(text, flush=True)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='tools/run-tests',
        description='Run all checks and tests, or some parts of them, in an '
        f'environment of their own in {ROOT}.',
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

    :ivar problems: why the run has failed, beside failed tests.
    :ivar missing: services that cannot be had here, and why.
    """

    def __init__(self) -> None:
        self.totals = stestr.Totals()
        self.problems: list[str] = []
        self.missing: dict[str, str] = {}
        self._lab: pathlib.Path | None = None
        self._rows: dict[str, table.Row] = {}
        # Guards the totals.
        self._lock = threading.Lock()
        self._stopping = threading.Event()

    def prepare(self, chosen: Sequence[parts.Part]) -> None:
        """Install what the parts need, and start the lab."""
        with concurrent.futures.ThreadPoolExecutor() as pool:
            installed = pool.submit(
                checkout.install,
                VENV,
                (
                    *parts.REQUIREMENTS,
                    '-r',
                    checkout.ROOT / 'test-requirements.txt',
                    '-r',
                    checkout.ROOT / 'doc' / 'requirements.txt',
                    '-r',
                    checkout.ROOT / parts.CLIENT / 'test-requirements.txt',
                    '--editable',
                    checkout.ROOT / parts.CLIENT,
                ),
                _say,
            )
            if any(part.panels for part in chosen):
                with_panels = pool.submit(panels.install, HORIZON, _say)
            if any(part.gate for part in chosen):
                with_tempest = pool.submit(tempest.install, TEMPEST, _say)
            if any(part.needs_browser for part in chosen):
                self._install_browser()
            if any(part.needs_lab for part in chosen):
                self._start_lab(any(part.needs_services for part in chosen))
            installed.result()
            if any(part.panels for part in chosen):
                with_panels.result()
            if any(part.gate for part in chosen):
                with_tempest.result()

    def _install_browser(self) -> None:
        try:
            chromium.install(_say)
        except exception.LabError as error:
            self.missing[chromium.NAME] = str(error)

    def _start_lab(self, with_services: bool) -> None:
        names = []
        if with_services:
            self.missing |= testlab.install_services(_say)
            names = [n for n in services.NAMES if n not in self.missing]
        venv = os.environ.get('GLINT_LAB_VENV') or ROOT / 'lab-venv'
        try:
            self._lab = testlab.start(LAB, pathlib.Path(venv), names, _say)
        except exception.LabError as error:
            self.problems.append(f'The lab could not be started: {error}')

    def run(self, chosen: Sequence[parts.Part]) -> None:
        """Run the parts that use the lab, and beside them the others.

        The output of those is shown when they have ended.
        """
        beside = [part for part in chosen if not part.needs_lab]
        with_lab = [part for part in chosen if part.needs_lab]
        if not with_lab:
            for part in beside:
                self._run(part)
            return
        lane = threading.Thread(
            target=self._run_beside, args=(beside,), daemon=True
        )
        lane.start()
        try:
            for part in with_lab:
                self._run(part)
            lane.join()
        finally:
            self._stopping.set()

    def _run_beside(self, chosen: Sequence[parts.Part]) -> None:
        for part in chosen:
            if self._stopping.is_set():
                return
            out = io.StringIO()
            try:
                self._run(part, out)
            except Exception as error:
                self.problems.append(f'{part.name} was not run: {error!r}')
            _say(out.getvalue())

    def _run(self, part: parts.Part, out: TextIO | None = None) -> None:
        """Run a part, and keep how it ended.

        :param out: where it says what it does, None for standard output.
        """
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
            totals = self._count(*self._test(part, out))
            result = 'FAILED' if totals.all_failed else 'passed'
        seconds = time.monotonic() - began
        self._rows[part.name] = table.Row(part.name, seconds, result, totals)
        if result.startswith('FAILED'):
            names = totals.names if totals else []
            self.problems.append('\n  '.join([f'{part.name} failed.', *names]))

    def _lacking(self, part: parts.Part) -> list[str]:
        """Name what a part needs and cannot be had here."""
        needed: list[str] = []
        if part.gate:
            needed += deployment.SERVICES
        elif part.needs_services:
            needed += parts.SERVICES
        if part.needs_browser:
            needed.append(chromium.NAME)
        return [name for name in needed if name in self.missing]

    def _check(self, part: parts.Part, out: TextIO | None) -> str:
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
        self, part: parts.Part, out: TextIO | None
    ) -> tuple[int, stestr.Totals]:
        if part.gate:
            return self._gate()
        if part.panels:
            return panels.run(HORIZON, part.panels, self._env(), VENV, out)
        options = ['--serial'] if part.serial else []
        code, output = stestr.run(
            [VENV / 'bin' / 'stestr', 'run', *options],
            checkout.ROOT / part.folder,
            self._env() | {'OS_TEST_PATH': part.tests},
            out,
        )
        return code, stestr.Totals.read(output)

    def _gate(self) -> tuple[int, stestr.Totals]:
        assert self._lab
        try:
            return gate.run(
                GATE, self._lab, (VENV, TEMPEST), self._env(), _say
            )
        except exception.LabError as error:
            self.problems.append(str(error))
            return 1, stestr.Totals()

    def _count(self, code: int, totals: stestr.Totals) -> stestr.Totals:
        if code or not totals.ran:
            # Not a single test may have been found or loaded.
            totals.failed = max(totals.failed, 1)
        with self._lock:
            self.totals.add(totals)
        return totals

    def _env(self) -> dict[str, str]:
        env = {
            'LC_ALL': 'C.UTF-8',
            'OS_STDERR_CAPTURE': '1',
            'OS_STDOUT_CAPTURE': '1',
            **os.environ,
            **testlab.mark(LAB),
        }
        env['PATH'] = f'{VENV / "bin"}:{env.get("PATH", os.defpath)}'
        env.pop('GLINT_LAB', None)
        if self._lab:
            env['GLINT_LAB'] = str(self._lab)
        return env

    def report(self) -> int:
        """Say how all ended.

        :returns: the exit code.
        """
        _say('\n=== Result')
        in_order = [part.name for part in parts.ALL if part.name in self._rows]
        _say(table.text([self._rows[name] for name in in_order]))
        for reason in self.missing.values():
            _say(f'Not run: {reason}')
        if os.environ.get('CI') == 'true':
            if self.missing:
                self.problems.append('In CI, everything has to run.')
            if self.totals.skipped:
                self.problems.append('In CI, no test may be skipped.')
        for problem in self.problems:
            _say(f'Failed: {problem}')
        if self.totals.ran or self.totals.failed:
            self.totals.show()
            _say(self.totals.summary)
        return 1 if self.problems else 0


@contextlib.contextmanager
def _alone() -> Iterator[None]:
    """Let one run at a time use the folder, and leave no lab behind."""
    with folder.lock(ROOT):
        # An earlier run may have been killed.
        _clean()
        LAB.mkdir()
        try:
            yield
        finally:
            _clean()


def _clean() -> None:
    testlab.end_marked(LAB)
    process.stop(GATE, process.known(GATE))
    if LAB.exists():
        cloudlab.clean(LAB)


def _run(chosen: Sequence[parts.Part]) -> int:
    run = _Run()
    with _alone():
        run.prepare(chosen)
        run.run(chosen)
    return run.report()


def _terminate(_signal: int, _frame: object) -> None:
    raise SystemExit('tools/run-tests: terminated.')


def main() -> int:
    """Run the command.

    :returns: the exit code.
    """
    arguments = _parser().parse_args()
    if arguments.list:
        for part in parts.ALL:
            _say(f'{part.name:<12} {part.text}')
        return 0
    signal.signal(signal.SIGTERM, _terminate)
    try:
        return _run(_choose(arguments.parts))
    except (exception.LabError, OSError) as error:
        print(f'tools/run-tests: {error}', file=sys.stderr)
    except KeyboardInterrupt:
        print('\ntools/run-tests: interrupted.', file=sys.stderr)
    return 1
