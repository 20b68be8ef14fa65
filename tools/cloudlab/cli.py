# SPDX-License-Identifier: Apache-2.0

"""The commands of tools/lab."""

import argparse
import os
import pathlib
import time

from cloudlab import exception
from cloudlab import folder
from cloudlab import lab
from cloudlab import plan
from cloudlab import process
from cloudlab import program
from cloudlab import services

CHECKOUT = pathlib.Path(__file__).parents[2]


def _services(text: str) -> list[str]:
    names = [name for name in text.split(',') if name]
    if unknown := set(names) - set(services.NAMES):
        raise argparse.ArgumentTypeError(
            f'{", ".join(sorted(unknown))}: there are '
            f'{", ".join(services.NAMES)}'
        )
    return names


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='tools/lab',
        description='Run several real clouds, each a Keystone and a Glance, '
        'on 127.0.0.1.',
    )
    commands = parser.add_subparsers(dest='command', required=True)
    for name, text in (
        ('start', 'make the lab if it is not there, and start it'),
        ('status', 'tell what runs'),
        ('stop', 'stop all servers and keep the data'),
        ('clean', 'stop all servers and remove everything'),
    ):
        command = commands.add_parser(name, help=text, description=text)
        command.add_argument(
            '--dir',
            type=pathlib.Path,
            default=CHECKOUT / '.lab',
            help='folder of the lab (%(default)s)',
        )
        if name == 'start':
            _add_start_options(command)
    return parser


def _add_start_options(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        '--venv',
        type=pathlib.Path,
        default=os.environ.get('GLINT_LAB_VENV'),
        help='virtual environment, which several labs can share '
        '($GLINT_LAB_VENV, or "venv" in the folder of the lab)',
    )
    command.add_argument(
        '--clouds',
        type=int,
        choices=range(1, len(plan.CLOUD_NAMES) + 1),
        help='how many (3)',
    )
    command.add_argument(
        '--base-port', type=int, help=f'({plan.DEFAULT_BASE_PORT})'
    )
    command.add_argument(
        '--services',
        type=_services,
        default=[],
        help=f'with commas: {",".join(services.NAMES)}',
    )


def _new(arguments: argparse.Namespace, root: pathlib.Path) -> plan.Lab:
    names = list(plan.CLOUD_NAMES[: arguments.clouds or 3])
    base_port = arguments.base_port or plan.DEFAULT_BASE_PORT
    if not 1024 <= base_port <= 65000:
        raise exception.LabError('--base-port must be from 1024 to 65000.')
    return plan.Lab.new(root, root / 'venv', names, base_port)


def _require_same(
    arguments: argparse.Namespace, root: pathlib.Path, known: plan.Lab
) -> None:
    """Refuse to make another lab of one that is there."""
    names = [cloud.name for cloud in known.clouds]
    if arguments.clouds not in (
        None,
        len(names),
    ) or arguments.base_port not in (None, known.base_port):
        raise exception.LabError(
            f'The lab in {root} has the clouds {",".join(names)} and the '
            f'base port {known.base_port}. Leave these options out, or run '
            f'"tools/lab clean --dir {root}" first.'
        )


def _start(arguments: argparse.Namespace, root: pathlib.Path) -> int:
    began = time.monotonic()
    known = plan.Lab.load(root)
    if known:
        _require_same(arguments, root, known)
    wanted = known or _new(arguments, root)
    if arguments.venv:
        wanted.venv = str(arguments.venv.absolute())
    for name in arguments.services:
        if name not in wanted.services:
            wanted.services[name] = services.new(root, name, wanted.base_port)
    lab.start(wanted)
    seconds = time.monotonic() - began
    program.say(
        f'The lab is up ({seconds:.0f} s). Its accounts are in '
        f'{root}/lab.json; try\n'
        f'  OS_CLIENT_CONFIG_FILE={root}/clouds.yaml '
        f'openstack --os-cloud {wanted.clouds[0].name} image list'
    )
    return 0


def _status(root: pathlib.Path) -> int:
    known = plan.Lab.load(root)
    if known is None:
        program.say(
            f'There is no lab in {root}. Make one with "tools/lab start".'
        )
        return 1
    running = {item.name: item for item in process.known(root)}
    complete = True
    program.say(f'{"SERVER":<20} {"PORT":>5} {"PID":>8} STATE')
    for name, port in known.ports.items():
        item = running.get(name)
        alive = item is not None and item.alive
        complete = complete and alive
        pid = item.pid if item and alive else '-'
        program.say(
            f'{name:<20} {port:>5} {pid:>8} {"up" if alive else "down"}'
        )
    return 0 if complete else 1


def _run(arguments: argparse.Namespace) -> int:
    root = arguments.dir.absolute()
    if arguments.command == 'status':
        return _status(root)
    folder.require_own(root)
    if arguments.command != 'start' and not root.exists():
        program.say(f'There is no lab in {root}.')
        return 0
    with folder.lock(root):
        if arguments.command == 'start':
            return _start(arguments, root)
        if arguments.command == 'stop':
            program.say(f'{lab.stop(root)} servers stopped.')
        else:
            lab.clean(root)
            program.say(f'{root} is removed.')
    return 0


def main() -> int:
    """Run a command.

    :returns: the exit code.
    """
    arguments = _parser().parse_args()
    return program.run('tools/lab', lambda: _run(arguments))
