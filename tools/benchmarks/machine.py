# SPDX-License-Identifier: Apache-2.0

"""Where and with what was measured."""

from importlib import metadata
import os
import pathlib
import platform
import re
import subprocess

_PACKAGES = (
    'openstack-glint',
    'keystoneauth1',
    'openstacksdk',
    'python-openstackclient',
)
_LAB_PACKAGES = ('glance', 'keystone', 'pyuwsgi')


def describe(lab_venv: pathlib.Path | None) -> dict[str, str]:
    """Describe the machine and the programs.

    :param lab_venv: where Keystone and Glance are installed, if they are
        used.
    """
    memory = os.sysconf('SC_PAGE_SIZE') * os.sysconf('SC_PHYS_PAGES')
    found = {
        'cpu': f'{os.cpu_count()} x {_processor()}',
        'memory': f'{memory / 2**30:.0f} GiB',
        'kernel': platform.release(),
        'python': platform.python_version(),
        'curl': _curl(),
    }
    for name in _PACKAGES:
        found[name] = metadata.version(name)
    if lab_venv:
        found |= _lab_versions(lab_venv)
    return found


def _processor() -> str:
    text = pathlib.Path('/proc/cpuinfo').read_text()
    name = re.search(r'^model name\s*: (.*)$', text, re.MULTILINE)
    return name[1] if name else platform.machine()


def _curl() -> str:
    done = subprocess.run(
        ['curl', '--version'], check=True, capture_output=True, text=True
    )
    return done.stdout.split()[1]


def _lab_versions(venv: pathlib.Path) -> dict[str, str]:
    folders = [str(path) for path in venv.glob('lib/python*/site-packages')]
    return {
        item.name: item.version
        for item in metadata.distributions(path=folders)
        if item.name in _LAB_PACKAGES
    }
