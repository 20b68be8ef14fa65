# SPDX-License-Identifier: Apache-2.0

"""The virtual environment with Keystone, Glance and uWSGI."""

import pathlib
import shutil
import tempfile

from cloudlab import glance
from cloudlab import keystone
from cloudlab import pip
from cloudlab import program

REQUIREMENTS = ('keystone', 'glance', 'pyuwsgi')


def templates(venv: pathlib.Path) -> pathlib.Path:
    """Return the folder with the empty databases that clouds start from."""
    return venv / 'share' / 'glint-lab'


def install(venv: pathlib.Path) -> None:
    """Make the environment, unless it is there and up to date.

    :raises LabError: when it cannot be made.
    """
    pip.environment(
        venv,
        'Keystone and Glance',
        REQUIREMENTS,
        then=lambda: _make_databases(venv),
        # Other labs may run in it.
        anew=False,
    )


def add_barbican(venv: pathlib.Path) -> None:
    """Install Barbican as well, unless it is there and up to date.

    :raises LabError: when it cannot be installed.
    """
    mark = venv / 'barbican-from'
    wanted = (venv / 'made-from').read_text()
    with pip.lock(venv):
        if not pip.is_marked(mark, wanted):
            program.say(f'Installing Barbican in {venv}.')
            pip.install(venv, 'Barbican', 'barbican')
            mark.write_text(wanted)


def _make_databases(venv: pathlib.Path) -> None:
    shutil.rmtree(templates(venv), ignore_errors=True)
    templates(venv).mkdir(parents=True)
    with tempfile.TemporaryDirectory() as scratch:
        for maker in (keystone, glance):
            name = maker.__name__.rpartition('.')[2]
            database = templates(venv) / f'{name}.db'
            maker.make_database(venv, pathlib.Path(scratch), database)
