# SPDX-License-Identifier: Apache-2.0

"""The lab that tests and benchmarks run with."""

import contextlib
import os
import pathlib
import signal
import time

from cloudlab import lab as cloudlab
from cloudlab import plan
from cloudlab import ports
from cloudlab import services

_CLOUDS = 3
_BASE_PORT = 25600
_PATIENCE_SECONDS = 10
_MARK = 'GLINT_TEST_RUN'


def venv(home: pathlib.Path) -> pathlib.Path:
    """Say where Keystone and Glance are installed.

    Several checkouts may share an environment, which $GLINT_LAB_VENV names.

    :param home: the folder of the one that belongs to this checkout.
    """
    return pathlib.Path(os.environ.get('GLINT_LAB_VENV') or home / 'lab-venv')


def start(
    root: pathlib.Path,
    home: pathlib.Path,
    names: list[str],
    clouds: int = _CLOUDS,
) -> plan.Lab:
    """Start a new lab.

    :param root: the folder for it.
    :param home: see :func:`venv`.
    :param names: of the services to run.
    :param clouds: how many.
    :raises LabError: when it does not come up.
    """
    cloud_names = list(plan.CLOUD_NAMES[:clouds])
    lab = plan.Lab.new(root, venv(home), cloud_names, ports.claim(_BASE_PORT))
    for name in names:
        lab.services[name] = services.new(root, name, lab.base_port)
    cloudlab.start(lab)
    return lab


def mark(root: pathlib.Path) -> dict[str, str]:
    """Return variables for the environment of all that a run starts.

    :param root: the folder of the lab.
    """
    # A conductor names its processes by setproctitle, which would write over
    # the environment that the mark is looked for in.
    return {_MARK: str(root), 'SPT_NOENV': '1'}


def end_marked(root: pathlib.Path) -> None:
    """End the processes that interrupted tests have left running.

    :param root: the folder of the lab.
    """
    deadline = time.monotonic() + _PATIENCE_SECONDS
    number = signal.SIGTERM
    while found := marked(root):
        if time.monotonic() > deadline:
            number = signal.SIGKILL
        for pid in found:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        time.sleep(0.2)


def marked(root: pathlib.Path) -> list[int]:
    """List the processes that bear the mark.

    :param root: the folder of the lab.
    """
    wanted = f'{_MARK}={root}'.encode()
    found = []
    for path in pathlib.Path('/proc').glob('[0-9]*/environ'):
        # Others' processes cannot be read, and each may end at any time.
        with contextlib.suppress(OSError):
            if wanted in path.read_bytes().split(b'\0'):
                found.append(int(path.parent.name))
    return found
