# SPDX-License-Identifier: Apache-2.0

"""Virtual environments, and what pip installs in them."""

from collections.abc import Mapping
import importlib
import importlib.util
import pathlib
import sys

from cloudlab import command
from cloudlab import packages

CONSTRAINTS = pathlib.Path(__file__).parents[1] / 'constraints.txt'


def make(venv: pathlib.Path) -> None:
    """Make an empty environment.

    :raises LabError: when it cannot be made.
    """
    if not _can_make():
        python = f'python{sys.version_info.major}.{sys.version_info.minor}'
        need = packages.Need(
            f'{python} -m venv',
            (f'{python}-venv',),
            _can_make,
        )
        packages.require([need], print)
    command.run('venv', [sys.executable, '-m', 'venv', venv])


def _can_make() -> bool:
    """Ask this Python, which need not be the one of the system."""
    importlib.invalidate_caches()
    return importlib.util.find_spec('ensurepip') is not None


def install(
    venv: pathlib.Path,
    what: str,
    *requirements: str | pathlib.Path,
    env: Mapping[str, str] | None = None,
    constraints: str | pathlib.Path = CONSTRAINTS,
) -> None:
    """Install something with the versions that work together.

    :param what: names it, for messages.
    :param requirements: as pip takes them, with its options.
    :param env: variables for the environment of pip.
    :param constraints: the file, or its URL, that fixes the versions.
    :raises LabError: when it cannot be installed.
    """
    command.run(
        f'Installing {what} with pip, which needs an index,',
        [
            *(venv / 'bin' / 'python', '-m', 'pip', 'install', '--quiet'),
            '--disable-pip-version-check',
            *('--constraint', constraints, *requirements),
        ],
        env,
    )
