# SPDX-License-Identifier: Apache-2.0

"""Glint at real clouds while everything around it goes wrong."""

import argparse
import os
import random
import shutil
import subprocess

from cloudlab import environment
from cloudlab import folder
from cloudlab import lab as cloudlab
from cloudlab import program
from workbench import checkout
from workbench import testlab

ROOT = checkout.ROOT / '.chaos'
VENV = ROOT / 'venv'
LAB = ROOT / 'lab'
#: What Glint wrote in the last run.
LOGS = ROOT / 'logs'

_DATABASES = ('mariadb', 'postgresql')


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='tools/chaos',
        description='Copy images between three real clouds, with three '
        'conductors, while processes, servers and networks fail at random; '
        'then look at each cloud whether every copy is there exactly once, '
        'or nothing of it. Exits with 1 if anything is not as it must be.',
    )
    parser.add_argument(
        '--seed',
        type=int,
        help='decides what goes wrong when, and what is copied (at random)',
    )
    for name, default, text in (
        ('faults', 200, 'how many'),
        ('copies', 300, 'how many, at least'),
        ('seconds', 900, 'over what time faults and copies are spread'),
    ):
        parser.add_argument(
            f'--{name}',
            type=program.positive,
            default=default,
            help=f'{text} (%(default)s)',
        )
    parser.add_argument(
        '--database', choices=_DATABASES, default='mariadb', help='(mariadb)'
    )
    return parser


def _clean() -> None:
    testlab.end_marked(LAB)
    if LAB.exists():
        cloudlab.clean(LAB)


def _run(arguments: argparse.Namespace) -> int:
    shutil.rmtree(LOGS, ignore_errors=True)
    LAB.mkdir()
    seed = arguments.seed
    if seed is None:
        seed = random.randrange(10**6)
    checkout.install(VENV, ('-r', checkout.ROOT / 'test-requirements.txt'))
    services = ['rabbitmq', arguments.database]
    lab = testlab.start(LAB, ROOT, services)
    return subprocess.run(
        [
            *(VENV / 'bin' / 'python', '-m', 'glint.tests.chaos'),
            *('--seed', str(seed)),
            *('--faults', str(arguments.faults)),
            *('--copies', str(arguments.copies)),
            *('--seconds', str(arguments.seconds)),
            *('--database', arguments.database),
            *('--logs', LOGS),
        ],
        env=environment.clean(
            {
                'GLINT_LAB': f'{lab.dir}/lab.json',
                'PATH': f'{VENV / "bin"}:{os.environ.get("PATH", os.defpath)}',
                **testlab.mark(LAB),
            }
        ),
        cwd=checkout.ROOT,
        check=False,
    ).returncode


def main() -> int:
    """Run the command.

    :returns: the exit code.
    """
    arguments = _parser().parse_args()
    program.margin = 6 * ' '

    def work() -> int:
        ROOT.mkdir(mode=0o700, exist_ok=True)
        with folder.cleaned(ROOT, _clean):
            return _run(arguments)

    return program.run('tools/chaos', work)
