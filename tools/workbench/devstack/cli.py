# SPDX-License-Identifier: Apache-2.0

"""The command tools/devstack-check."""

import argparse

from cloudlab import lab as cloudlab
from cloudlab import packages
from cloudlab import program
from cloudlab import services
from workbench import checkout
from workbench import needs
from workbench import tempest
from workbench import testlab
from workbench.devstack import check
from workbench.devstack import environment

ROOT = checkout.ROOT / '.run-tests'
#: Where the DevStack of the check has Keystone, Glance and Horizon.
VENV = ROOT / 'devstack-venv'
_TEMPEST_VENV = ROOT / 'devstack-tempest-venv'
_LAB = ROOT / 'devstack-lab'
_FILES = ROOT / 'devstack'


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='tools/devstack-check',
        description="Run Glint's plugin for DevStack through all phases, with "
        'a real Keystone, Glance, MariaDB, RabbitMQ and Apache, and see what '
        'it did and that nothing is left. This is not a run of DevStack: its '
        'functions are stand-ins.',
    )
    parser.add_argument('--tls', action='store_true', help='enable tls-proxy')
    parser.add_argument(
        '--backend',
        choices=('fernet', 'barbican'),
        default='fernet',
        help='what keeps secrets',
    )
    return parser


def _run(arguments: argparse.Namespace) -> None:
    packages.require(needs.DEVSTACK_CHECK)
    environment.install(VENV)
    environment.remove_glint(VENV)
    names = [*needs.CHECKED]
    if arguments.backend == 'barbican':
        names.append(services.BARBICAN)
    tempest.install(_TEMPEST_VENV)
    _clean()
    _LAB.mkdir(parents=True)
    try:
        lab = testlab.start(_LAB, ROOT, names, clouds=1)
        check.run(
            _FILES,
            lab,
            (VENV, _TEMPEST_VENV),
            arguments.tls,
            arguments.backend,
        )
    finally:
        _clean()


def _clean() -> None:
    if _LAB.exists():
        cloudlab.clean(_LAB)


def main() -> int:
    """Run the command.

    :returns: the exit code.
    """
    arguments = _parser().parse_args()
    return program.run('tools/devstack-check', lambda: _run(arguments))
