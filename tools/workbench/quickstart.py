# SPDX-License-Identifier: Apache-2.0

"""Three clouds, Glint, and one image in all of them."""

import argparse
import concurrent.futures
import shutil
import subprocess
import time

from cloudlab import environment
from cloudlab import exception
from cloudlab import folder
from cloudlab import lab as cloudlab
from cloudlab import plan
from cloudlab import ports
from cloudlab import process
from cloudlab import program
from workbench import checkout
from workbench import glint
from workbench import horizon
from workbench import testlab

ROOT = checkout.ROOT / '.quickstart'
BASE_PORT = 25500
CLOUDS = 3
REQUIREMENTS = (
    # They write the CD image and the bars.
    'pycdlib',
    'rich',
    '--editable',
    checkout.ROOT / 'python-glintclient',
)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog='tools/quickstart',
        description='Start three clouds and Glint on this machine, and '
        'replicate an image from the first cloud to the two others. '
        f'Everything is kept in {ROOT}: 1.3 GB, and each further run adds '
        'half of that.',
    )
    action = parser.add_mutually_exclusive_group()
    action.add_argument(
        '--stop', action='store_true', help='stop all servers, keep the data'
    )
    action.add_argument(
        '--clean',
        action='store_true',
        help='stop all servers and remove everything',
    )
    parser.add_argument(
        '--with-dashboard',
        action='store_true',
        help='start Horizon with the panels as well: another half gigabyte '
        'and two minutes',
    )
    parser.add_argument(
        '--base-port',
        type=int,
        help='the first of 100 ports to use (the first of a free hundred, '
        f'from {BASE_PORT} on)',
    )
    return parser


def _plan(base_port: int | None) -> plan.Lab:
    """Describe the lab that is there, or a new one.

    :raises LabError: when the port asked for is not that of the lab.
    """
    root = ROOT / 'lab'
    known = plan.Lab.load(root)
    if known:
        if base_port not in (None, known.base_port):
            raise exception.LabError(
                f'There are clouds at the base port {known.base_port} '
                'already. Run "tools/quickstart --clean" first.'
            )
        return known
    port = ports.claim(BASE_PORT) if base_port is None else base_port
    if not 1024 <= port <= 65000:
        raise exception.LabError('--base-port must be from 1024 to 65000.')
    names = list(plan.CLOUD_NAMES[:CLOUDS])
    return plan.Lab.new(root, testlab.venv(root), names, port)


def _require_ports(lab: plan.Lab) -> None:
    """Find a taken port now and not after the installation."""
    running = {i.name for i in process.known(lab.path) if i.alive}
    for name, port in lab.ports.items():
        if name not in running:
            process.require_free(port, name)
    if not glint.is_alone_alive(ROOT):
        process.require_free(lab.glint.port, glint.ALONE)


def _start(lab: plan.Lab) -> None:
    """Bring up the clouds and Glint."""
    venv = ROOT / 'venv'
    with concurrent.futures.ThreadPoolExecutor() as pool:
        installed = pool.submit(checkout.install, venv, REQUIREMENTS)
        cloudlab.start(lab)
        installed.result()
    # The bars are to move smoothly.
    more = {'conductor': {'progress_interval': '0.2'}}
    glint.start_alone(ROOT, venv, lab, more)
    program.say(
        f'Glint: {lab.glint.endpoint}, image-replication in the catalog of '
        f'{lab.clouds[0].name}.'
    )


def _run(base_port: int | None, with_dashboard: bool) -> None:
    began = time.monotonic()
    lab = _plan(base_port)
    _require_ports(lab)
    print('[1/5] Starting three clouds and Glint', flush=True)
    _start(lab)
    python = ROOT / 'venv' / 'bin' / 'python'
    names = [cloud.name for cloud in lab.clouds]
    done = subprocess.run(
        [python, '-m', 'workbench.demo', ROOT, *names],
        env=environment.clean(
            {
                'OS_CLIENT_CONFIG_FILE': f'{lab.dir}/clouds.yaml',
                'PYTHONPATH': str(checkout.TOOLS),
            }
        ),
        check=False,
    )
    if done.returncode:
        raise exception.LabError(
            f'The demonstration failed, see above and {ROOT}/glint.log. '
            'The servers still run; "tools/quickstart --stop" ends them.'
        )
    if with_dashboard:
        _start_dashboard(lab)
    seconds = time.monotonic() - began
    print(f'\nAll of it took {seconds:.0f} s.')


def _start_dashboard(lab: plan.Lab) -> None:
    """Bring up Horizon, and say how to log in."""
    print('\nStarting Horizon with the panels', flush=True)
    venv = ROOT / 'horizon-venv'
    horizon.install(venv, ())
    home = lab.clouds[0]
    port = lab.base_port + horizon.PORT_OFFSET
    url = horizon.start(ROOT, venv, home.auth_url, port)
    print(f"""
  Project > Compute > Image Replication:
    {url}/project/image_replication/
  User {home.member.username}, password {home.member.password}
  As operator: user {home.admin.username}, password {home.admin.password}""")


def _stop() -> None:
    known = process.known(ROOT)
    count = sum(item.alive for item in known)
    process.stop(ROOT, known)
    count += cloudlab.stop(ROOT / 'lab')
    print(f'{count} servers stopped.')


def _clean() -> None:
    process.stop(ROOT, process.known(ROOT))
    cloudlab.clean(ROOT / 'lab')
    shutil.rmtree(ROOT)
    print(f'{ROOT} is removed.')


def _command(arguments: argparse.Namespace) -> None:
    if arguments.stop or arguments.clean:
        if not ROOT.exists():
            print('There is nothing to stop or remove.')
            return
    else:
        ROOT.mkdir(mode=0o700, exist_ok=True)
    # One tools/quickstart at a time works on the folder.
    with folder.lock(ROOT):
        (ROOT / 'lab').mkdir(exist_ok=True)
        if arguments.clean:
            _clean()
        elif arguments.stop:
            _stop()
        else:
            _run(arguments.base_port, arguments.with_dashboard)


def main() -> int:
    """Run the command.

    :returns: the exit code.
    """
    arguments = _parser().parse_args()
    program.margin = 6 * ' '
    return program.run(
        'tools/quickstart',
        lambda: _command(arguments),
        '"tools/quickstart" goes on, "tools/quickstart --stop" stops what '
        'runs.',
    )
