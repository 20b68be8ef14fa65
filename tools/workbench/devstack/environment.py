# SPDX-License-Identifier: Apache-2.0

"""The virtual environment of a DevStack without Glint."""

import pathlib

from cloudlab import command
from cloudlab import pip

#: What DevStack has installed by the time at which it calls a plugin.
_REQUIREMENTS = (
    'PyMySQL',
    'glance',
    'horizon',
    'keystone',
    'python-memcached',
    'python-openstackclient',
    'pyuwsgi',
    # A dependency of Horizon needs what later ones have no more.
    'setuptools<82',
)
_PLUGIN = ('openstack-glint', 'python-glintclient', 'glint-dashboard')


def install(venv: pathlib.Path) -> None:
    """Make it, unless it is there.

    :raises LabError: when it cannot be made.
    """
    pip.environment(venv, 'Keystone, Glance and Horizon', _REQUIREMENTS)


def remove_glint(venv: pathlib.Path) -> None:
    """Remove what an earlier run has left, as DevStack leaves it.

    :raises LabError: when that fails.
    """
    command.run(
        'pip uninstall',
        [
            *(venv / 'bin' / 'python', '-m', 'pip', 'uninstall', '--quiet'),
            *('--disable-pip-version-check', '--yes', *_PLUGIN),
        ],
    )
