# SPDX-License-Identifier: Apache-2.0

"""Runs the tests of the panels, where Horizon is installed."""

from collections.abc import Mapping
from collections.abc import Sequence
import pathlib
import re
from typing import TextIO

from workbench import checkout
from workbench import horizon
from workbench import stestr

#: A test that failed, and what unittest says of it before the next one.
_FAILED = re.compile(
    r'^(?:FAIL|ERROR): \w+ \((\S+)\)$(.*?)(?=^={70}$|^Ran \d|\Z)', re.M | re.S
)


def install(venv: pathlib.Path) -> None:
    """Install Horizon and what the tests need, unless they are there."""
    requirements = horizon.PLUGIN / 'test-requirements.txt'
    horizon.install(venv, ['--requirement', str(requirements)])


def run(
    venv: pathlib.Path,
    command: Sequence[str],
    env: Mapping[str, str],
    glint: pathlib.Path,
    out: TextIO | None = None,
) -> tuple[int, stestr.Totals]:
    """Run tests of unittest, and count how they ended.

    :param venv: where Horizon is installed.
    :param glint: where Glint is installed.
    :param out: where the output is shown, None for standard output.
    :returns: the exit code, and the counts.
    """
    paths = (horizon.PLUGIN, checkout.TOOLS, checkout.ROOT)
    code, output = stestr.run(
        [venv / 'bin' / command[0], *command[1:]],
        checkout.ROOT,
        {
            **env,
            'DJANGO_SETTINGS_MODULE': 'glint_dashboard.tests.settings',
            'GLINT_VENV': str(glint),
            'PYTHONPATH': ':'.join(map(str, paths)),
            'PYTHONWARNINGS': 'ignore',
        },
        out,
    )
    return code, _totals(output)


def _totals(output: str) -> stestr.Totals:
    """Find the totals in the output of unittest."""
    totals = stestr.Totals()
    ran = re.findall(r'^Ran (\d+) tests? in ([\d.]+)s', output, re.M)
    if ran:
        totals.ran, totals.seconds = int(ran[-1][0]), float(ran[-1][1])
    words = dict(re.findall(r'(failures|errors|skipped)=(\d+)', output))
    totals.skipped = int(words.get('skipped', 0))
    totals.failed = int(words.get('failures', 0)) + int(words.get('errors', 0))
    totals.names = [stestr.named(*found) for found in _FAILED.findall(output)]
    totals.passed = max(totals.ran - totals.failed - totals.skipped, 0)
    return totals
