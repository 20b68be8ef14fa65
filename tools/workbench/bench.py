# SPDX-License-Identifier: Apache-2.0

"""Glint measured beside what people use without it."""

import argparse
from collections.abc import Set
import datetime
import os
import shutil
import subprocess

from cloudlab import environment
from cloudlab import folder
from cloudlab import lab as cloudlab
from cloudlab import packages
from cloudlab import process
from cloudlab import program
from workbench import checkout
from workbench import glint
from workbench import needs
from workbench import testlab

ROOT = checkout.ROOT / '.bench'
VENV = ROOT / 'venv'
RESULTS = ROOT / 'results'
#: Removed after each run: clouds, Glint, images.
WORK = ROOT / 'work'

REQUIREMENTS = (
    'psutil',
    'py-spy',
    'PyMySQL',
    'pyuwsgi',
    'python-openstackclient',
    '--editable',
    checkout.ROOT / 'python-glintclient',
)
_CLOUDS = 4
_NAMES = {
    'one-target': 'one image to one cloud, beside "curl | curl" and '
    '"openstack image save" with "openstack image create"',
    'three-targets': 'one image to three clouds, beside three "curl -T" from '
    'a local file',
    'latency': 'the time to the first byte, and to adopt an image',
    'engine': 'the feed and the senders alone, to 1, 2, 4 and 8 sinks',
    'matrix': 'the list of the images at 50 sites, out of the database',
    'scale': 'lists of 100,000 replications, and POST, beside those of '
    'images, and claims',
    'client': 'the start of "openstack image replicate", beside that of '
    '"openstack image create"',
}
#: Only on demand: the recorder must be allowed to look into a process.
_PROFILES = ('profile-one', 'profile-three')
#: They need no clouds.
_ALONE = {'client', 'engine', 'matrix'}
#: It needs a Keystone, a database and a broker.
_SCALE = 'scale'


def _parser() -> argparse.ArgumentParser:
    names = '\n'.join(f'  {key:<14} {text}' for key, text in _NAMES.items())
    parser = argparse.ArgumentParser(
        prog='tools/bench',
        formatter_class=argparse.RawDescriptionHelpFormatter,
        description='Measure Glint beside what people use without it, with '
        f'four real clouds on this\nmachine:\n\n{names}\n\n'
        f'Everything is kept in {ROOT};\nthe clouds and the images are '
        'removed at the end. It takes ten times --size of disk.',
    )
    parser.add_argument(
        '--runs', type=program.positive, default=5, help='of each way (5)'
    )
    parser.add_argument(
        '--size',
        type=program.positive,
        default=1024,
        metavar='MIB',
        help='of the image (1024); the engine gets a quarter of it and four '
        'times as much',
    )
    parser.add_argument(
        '--only',
        action='append',
        choices=list(_NAMES),
        metavar='NAME',
        help='measure this one; can be repeated',
    )
    parser.add_argument(
        '--profile',
        action='store_true',
        help="and tell where Glint's processor time goes; needs root, or 0 "
        'in /proc/sys/kernel/yama/ptrace_scope',
    )
    return parser


def _start_clouds(names: Set[str]) -> None:
    root = WORK / 'lab'
    root.mkdir()
    alone = names == {_SCALE}
    services = ['rabbitmq', 'mariadb'] if _SCALE in names else []
    clouds = 1 if alone else _CLOUDS
    lab = testlab.start(root, ROOT, services, clouds)
    if alone:
        return
    # Each run is to read the source, also shortly after another one.
    more = {'conductor': {'spool_linger': '0'}}
    glint.start_alone(WORK, VENV, lab, more)


def _clean() -> None:
    """Remove what this run, or one that was killed, has made."""
    process.stop(WORK, process.known(WORK))
    if (WORK / 'lab').exists():
        cloudlab.clean(WORK / 'lab')
    shutil.rmtree(WORK, ignore_errors=True)


def _run(arguments: argparse.Namespace) -> int:
    names = arguments.only or list(_NAMES)
    if arguments.profile:
        names = [*names, *_PROFILES]
    RESULTS.mkdir(exist_ok=True)
    WORK.mkdir()
    now = datetime.datetime.now(datetime.UTC)
    checkout.install(VENV, REQUIREMENTS)
    with_clouds = {*names} - _ALONE
    if with_clouds:
        _start_clouds(with_clouds)
    return subprocess.run(
        [
            *(VENV / 'bin' / 'python', '-m', 'benchmarks'),
            *('--root', WORK),
            *('--json', RESULTS / f'{now:%Y%m%dT%H%M%SZ}.json'),
            *('--size', str(arguments.size)),
            *('--runs', str(arguments.runs)),
            *names,
        ],
        env=environment.clean(
            {
                'PATH': f'{VENV / "bin"}:{os.environ.get("PATH", os.defpath)}',
                'OS_CLIENT_CONFIG_FILE': f'{WORK}/lab/clouds.yaml',
                'PYTHONPATH': str(checkout.TOOLS),
            }
        ),
        check=False,
    ).returncode


def main() -> int:
    """Run the command.

    :returns: the exit code.
    """
    arguments = _parser().parse_args()
    program.margin = 6 * ' '

    def work() -> int:
        packages.require(needs.BENCH)
        ROOT.mkdir(mode=0o700, exist_ok=True)
        with folder.cleaned(ROOT, _clean):
            return _run(arguments)

    return program.run('tools/bench', work)
