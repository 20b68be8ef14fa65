# SPDX-License-Identifier: Apache-2.0

"""The command tools/packages-check."""

import concurrent.futures
import os
import pathlib
import sys
import tempfile

from cloudlab import command
from cloudlab import exception
from cloudlab import packages
from cloudlab import pip
from cloudlab import program
from workbench import checkout
from workbench import needs
from workbench.packages import build
from workbench.packages import distributions
from workbench.packages import pins

#: Names the groups of entry points that a distribution lacks.
_ENTRY_POINTS = """\
import sys
from importlib import metadata
_, name, *wanted = sys.argv
found = {point.group for point in metadata.distribution(name).entry_points}
sys.exit(', '.join(sorted(set(wanted) - found)) or 0)
"""


def _install(
    distribution: distributions.Distribution,
    wheel: pathlib.Path,
    folder: pathlib.Path,
) -> list[str]:
    """Install a wheel alone, and run its script.

    :param folder: an empty one.
    :returns: what came along, as name==version.
    """
    venv = folder / 'venv'
    pip.make(venv)
    # Compiling takes more time than it saves one command.
    pip.install(
        venv,
        wheel.name,
        '--no-compile',
        wheel,
        constraints=checkout.constraints(),
    )
    command.run(
        f'Looking for entry points of {distribution.name}',
        [
            *(venv / 'bin' / 'python', '-c', _ENTRY_POINTS),
            *(distribution.name, *distribution.entry_points),
        ],
    )
    of_venv = (venv / 'bin' / 'pip', '--disable-pip-version-check', '--quiet')
    command.run(f'pip check of {distribution.name}', [*of_venv, 'check'])
    work = folder / 'work'
    work.mkdir()
    command.run(
        f'Using {distribution.name}',
        ['bash', '-c', f'cd "$WORK"\n{distribution.script}'],
        {
            'HOME': str(folder),
            'PATH': f'{venv}/bin:{os.defpath}',
            'TREE': str(checkout.ROOT),
            'WORK': str(work),
        },
    )
    listed = command.run(
        'pip freeze', [*of_venv, 'freeze', '--exclude', distribution.name]
    )
    return [line for line in listed.splitlines() if '==' in line]


def _check(
    distribution: distributions.Distribution, source: pathlib.Path
) -> str:
    """Check one distribution.

    :param source: the root of the repository.
    :returns: the news.
    """
    with tempfile.TemporaryDirectory(prefix='glint-packages-') as name:
        folder = pathlib.Path(name)
        wheel = build.build(distribution, source, folder / 'dist')
        along = _install(distribution, wheel, folder)
    names = {line.partition('==')[0].lower() for line in along}
    if found := names & {name.lower() for name in distribution.unwanted}:
        raise exception.LabError(
            f'{distribution.name} brings {sorted(found)}.'
        )
    return (
        f'{distribution.name} is whole and works alone; with it came '
        f'{len(along)}:\n  ' + '\n  '.join(along)
    )


def main() -> int:
    """Run the command.

    :returns: the exit code.
    """
    return program.run('tools/packages-check', _run)


def _run() -> int:
    packages.require(needs.PACKAGES_CHECK)
    with tempfile.TemporaryDirectory(prefix='glint-packages-') as name:
        source = pathlib.Path(name)
        build.clone(source)
        return _check_all(source)


def _check_all(source: pathlib.Path) -> int:
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        running = [
            pool.submit(pins.check_bounds),
            pool.submit(pins.check_interpreters),
            *(pool.submit(_check, i, source) for i in distributions.ALL),
        ]
        for done in concurrent.futures.as_completed(running):
            try:
                program.say(done.result())
            except exception.LabError as error:
                print(f'tools/packages-check: {error}', file=sys.stderr)
                failed = 1
    return failed
