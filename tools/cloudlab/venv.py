# SPDX-License-Identifier: Apache-2.0

"""The virtual environment with Keystone, Glance and uWSGI."""

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import fcntl
import hashlib
import pathlib
import shutil
import sys
import tempfile

from cloudlab import glance
from cloudlab import keystone
from cloudlab import pip

REQUIREMENTS = ('keystone', 'glance', 'pyuwsgi')


def templates(venv: pathlib.Path) -> pathlib.Path:
    """Return the folder with the empty databases that clouds start from."""
    return venv / 'share' / 'glint-lab'


def install(venv: pathlib.Path, say: Callable[[str], None]) -> None:
    """Make the environment, unless it is there and up to date.

    :param say: is called with the news that there is something to do.
    :raises LabError: when it cannot be made.
    """
    wanted = hashlib.sha256(
        pip.CONSTRAINTS.read_bytes()
        + repr((REQUIREMENTS, sys.version)).encode()
    ).hexdigest()
    mark = templates(venv) / 'made-from'
    if _says(mark, wanted):
        return
    with _lock(venv):
        # Someone else may have made it meanwhile.
        if _says(mark, wanted):
            return
        say(f'Installing Keystone and Glance in {venv}.')
        shutil.rmtree(templates(venv), ignore_errors=True)
        _make(venv)
        templates(venv).mkdir(parents=True)
        _make_databases(venv)
        mark.write_text(wanted)


def add_barbican(venv: pathlib.Path, say: Callable[[str], None]) -> None:
    """Install Barbican as well, unless it is there and up to date.

    :param say: is called with the news that there is something to do.
    :raises LabError: when it cannot be installed.
    """
    mark = templates(venv) / 'barbican-from'
    wanted = (templates(venv) / 'made-from').read_text()
    if _says(mark, wanted):
        return
    with _lock(venv):
        if _says(mark, wanted):
            return
        say(f'Installing Barbican in {venv}.')
        pip.install(venv, 'Barbican', 'barbican')
        mark.write_text(wanted)


def _says(mark: pathlib.Path, wanted: str) -> bool:
    return mark.exists() and mark.read_text() == wanted


@contextlib.contextmanager
def _lock(venv: pathlib.Path) -> Iterator[None]:
    """Let one process at a time work on an environment."""
    venv.parent.mkdir(parents=True, exist_ok=True)
    with open(venv.with_name(f'.{venv.name}.lock'), 'w') as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _make(venv: pathlib.Path) -> None:
    if not (venv / 'bin' / 'python').exists():
        pip.make(venv)
    pip.install(venv, 'Keystone and Glance', *REQUIREMENTS)


def _make_databases(venv: pathlib.Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        for maker in (keystone, glance):
            name = maker.__name__.rpartition('.')[2]
            database = templates(venv) / f'{name}.db'
            maker.make_database(venv, pathlib.Path(scratch), database)
