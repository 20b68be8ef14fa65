# SPDX-License-Identifier: Apache-2.0

"""What gates a change: Tempest, against Glint as operators deploy it."""

import argparse
from collections.abc import Mapping
import concurrent.futures
import os
import pathlib
import shlex
import sys
import time
from typing import TextIO

from cloudlab import environment
from cloudlab import exception
from cloudlab import folder
from cloudlab import lab as cloudlab
from cloudlab import plan
from cloudlab import process
from cloudlab import program
from workbench import checkout
from workbench import glint
from workbench import needs
from workbench import parts
from workbench import stestr
from workbench import table
from workbench import tempest
from workbench import testlab

ROOT = checkout.ROOT / '.gate'

#: Tempest's own tests of what Glint stands on come first: when they fail,
#: it is the lab that is broken.
_RUNS = (
    ('identity smoke', r'^tempest\.api\.identity\..*\[.*smoke'),
    ('image smoke', r'^tempest\.api\.image\..*\[.*smoke'),
    ('image replication', r'^glint_tempest_plugin\.'),
)
_CLOUDS = 3


def run(
    root: pathlib.Path,
    lab_file: pathlib.Path,
    venvs: tuple[pathlib.Path, pathlib.Path],
    env: Mapping[str, str],
    out: TextIO,
    regex: str = '',
) -> tuple[int, stestr.Totals]:
    """Deploy Glint in a lab, run Tempest, and stop Glint again.

    :param root: the folder for configurations and logs.
    :param lab_file: the lab.json of the lab, which runs.
    :param venvs: where Glint is installed, and where Tempest is.
    :param env: the environment of Tempest.
    :param out: where it says what it does.
    :param regex: which tests to run instead of those of the gate.
    :returns: the exit code, and how the tests ended.
    :raises LabError: when Glint does not come up.
    """

    def say(text: str) -> None:
        print(text, file=out, flush=True)

    lab = _load(lab_file)
    root.mkdir(mode=0o700, exist_ok=True)
    runs = [('chosen', regex)] if regex else _RUNS
    glint_venv, tempest_venv = venvs
    totals = stestr.Totals()
    rows: list[table.Row] = []
    workspace = root / 'tempest'
    try:
        tempest.check_ids(tempest_venv)
        say('Starting glint-api and glint-conductor.')
        glint.deploy(root, glint_venv, lab)
        tempest.prepare(workspace, tempest_venv, tempest.of_lab(lab))
        for name, chosen in runs:
            say(f'\n--- {name}: tempest run --regex {shlex.quote(chosen)}')
            began = time.monotonic()
            failed, found = tempest.run(
                workspace, tempest_venv, chosen, env, out
            )
            seconds = time.monotonic() - began
            if failed or not found.ran:
                found.failed = max(found.failed, 1)
            totals.add(found)
            result = 'FAILED' if found.all_failed else 'passed'
            rows.append(table.Row(name, seconds, result, found))
    finally:
        process.stop(root, process.known(root))
    say(f'\n{table.text(rows)}')
    if totals.all_failed:
        say(f'The logs are in {root} and {workspace}/workspace/logs.')
    return int(totals.all_failed > 0), totals


def _load(lab_file: pathlib.Path) -> plan.Lab:
    lab = plan.Lab.load(lab_file.parent)
    if lab is None:
        raise exception.LabError(f'{lab_file} is not there.')
    missing = set(needs.DEPLOYED) - lab.services.keys()
    if missing or len(lab.clouds) < _CLOUDS:
        raise exception.LabError(
            f'The gate needs a lab with {_CLOUDS} clouds and the services '
            f'{", ".join(needs.DEPLOYED)}; start what is missing with '
            '"tools/lab start".'
        )
    return lab


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='tools/gate',
        description='Start real clouds and, beside them, Glint as operators '
        'deploy it; run Tempest there: its own smoke tests of identity and '
        'image, then the tests of the plugin; stop everything. With '
        f'$GLINT_LAB, that lab is used, else one in {ROOT}.',
    )
    parser.add_argument(
        'regex', nargs='?', default='', help='run these tests instead'
    )
    return parser


def _venvs() -> tuple[pathlib.Path, pathlib.Path]:
    """Return where Glint and Tempest are installed."""
    return ROOT / 'venv', ROOT / 'tempest-venv'


def _install() -> None:
    glint_venv, tempest_venv = _venvs()
    requirements = checkout.ROOT / 'test-requirements.txt'
    checkout.install(glint_venv, (*parts.REQUIREMENTS, '-r', requirements))
    tempest.install(tempest_venv)


def _lab() -> pathlib.Path:
    """Return the lab.json of a lab that runs."""
    if known := os.environ.get('GLINT_LAB'):
        return pathlib.Path(known)
    root = ROOT / 'lab'
    root.mkdir()
    return testlab.start(root, ROOT, list(needs.DEPLOYED)).path / 'lab.json'


def _clean() -> None:
    """Stop and remove the lab, and stop Glint."""
    process.stop(ROOT, process.known(ROOT))
    if (ROOT / 'lab').exists():
        cloudlab.clean(ROOT / 'lab')


def _run(regex: str) -> int:
    with (
        folder.cleaned(ROOT, _clean),
        concurrent.futures.ThreadPoolExecutor() as pool,
    ):
        installed = pool.submit(_install)
        lab_file = _lab()
        installed.result()
        code, totals = run(
            ROOT, lab_file, _venvs(), environment.clean(), sys.stdout, regex
        )
    if os.environ.get('CI') == 'true' and totals.skipped:
        program.say('Failed: in CI, no test may be skipped.')
        return 1
    return code


def main() -> int:
    """Run the command.

    :returns: the exit code.
    """
    regex: str = _parser().parse_args().regex
    return program.run('tools/gate', lambda: _run(regex))
