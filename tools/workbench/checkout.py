# SPDX-License-Identifier: Apache-2.0

"""The checkout that the scripts belong to, installed where they need it."""

from collections.abc import Sequence
import os
import pathlib
import re

from cloudlab import command
from cloudlab import exception
from cloudlab import pip

ROOT = pathlib.Path(__file__).parents[2]
TOOLS = ROOT / 'tools'

#: What an environment depends on; when one of them changes, it is made anew.
_INPUTS = (
    'doc/requirements.txt',
    'pyproject.toml',
    'python-glintclient/pyproject.toml',
    'python-glintclient/requirements.txt',
    'python-glintclient/test-requirements.txt',
    'requirements.txt',
    'setup.cfg',
    'test-requirements.txt',
)

_PACKAGES = (
    ROOT / 'glint',
    ROOT / 'python-glintclient' / 'glintclient',
    TOOLS / 'cloudlab',
)


def constraints() -> str:
    """Say which file, or URL, fixes the versions of what Glint runs with.

    The clouds of a lab are always those of tools/constraints.txt.
    """
    chosen = os.environ.get('TOX_CONSTRAINTS_FILE')
    if chosen and '://' in chosen:
        return chosen
    return str(pathlib.Path(chosen or pip.CONSTRAINTS).absolute())


def install(
    venv: pathlib.Path,
    requirements: Sequence[str | pathlib.Path],
) -> None:
    """Make an environment with the checkout in it, unless it is there.

    :param requirements: what else pip is to install.
    :raises LabError: when it cannot be made.
    """
    pip.environment(
        venv,
        'Glint',
        ('--editable', ROOT, *requirements),
        inputs=b''.join((ROOT / name).read_bytes() for name in _INPUTS),
        env=pbr_environment(ROOT),
        constraints=constraints(),
        # What is edited later, and what this misses, Python compiles each
        # time where it is told to write no bytecode.
        then=lambda: command.run(
            'compileall',
            [venv / 'bin' / 'python', '-m', 'compileall', '-q', *_PACKAGES],
        ),
    )


def pbr_environment(folder: pathlib.Path) -> dict[str, str]:
    """Tell pbr the version, so that neither git nor a history is needed.

    :param folder: of the distribution.
    :returns: variables for the environment of pip.
    """
    text = (folder / 'setup.cfg').read_text()
    found = re.search(r'^version = (\S+)$', text, re.MULTILINE)
    if not found:
        raise exception.LabError(f'{folder}/setup.cfg names no version.')
    return {
        'PBR_VERSION': found[1],
        'SKIP_GENERATE_AUTHORS': '1',
        'SKIP_WRITE_GIT_CHANGELOG': '1',
    }
