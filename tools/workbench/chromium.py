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

"""The browser that the panels are tested in."""

from collections.abc import Callable
import os
import pathlib
import shutil

from cloudlab import command
from cloudlab import exception

NAME = 'chromium'
PROGRAM = pathlib.Path('/usr/bin/chromium')
_PACKAGES = ('chromium', 'fonts-dejavu-core')


def install(say: Callable[[str], None]) -> None:
    """Install the package where it is missing.

    :raises LabError: when that cannot be done here.
    """
    if PROGRAM.exists():
        return
    if os.geteuid() or not shutil.which('apt-get'):
        raise exception.LabError(
            f'{NAME} is not installed: install the package {NAME}, as root.'
        )
    say(f'Installing the package {NAME}.')
    env = {'DEBIAN_FRONTEND': 'noninteractive'}
    apt = ['apt-get', '-o', 'DPkg::Lock::Timeout=300']
    command.run('apt-get update', [*apt, 'update'], env)
    command.run(
        'apt-get install',
        [*apt, 'install', '-y', '--no-install-recommends', *_PACKAGES],
        env,
    )
