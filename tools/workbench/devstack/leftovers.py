# SPDX-License-Identifier: Apache-2.0

"""What a DevStack is like after clean: as it was before."""

import os
import pathlib
import shutil
import subprocess

from cloudlab import exception
from workbench import checkout
from workbench import testlab
from workbench.devstack import variables

#: What may differ: outputs, and what the check itself or pip has made.
_IGNORED = {
    *('logs', 'output.log', 'error.log', '__pycache__'),
    *('requirements', 'tempest'),
}
#: Where a plugin would write that did not respect the variables.
_SYSTEM = ('/etc/glint', '/etc/glint-remote', '/var/lib/glint')


def files(setting: variables.Setting) -> set[str]:
    """List all files that a plugin may make."""
    found = {path for path in _SYSTEM if os.path.exists(path)}
    for folder, names, leaves in os.walk(setting.root):
        names[:] = [name for name in names if name not in _IGNORED]
        found |= {
            os.path.join(folder, name)
            for name in (*names, *leaves)
            # Django locks a file for its key.
            if name not in _IGNORED and '.secret_key_store' not in name
        }
    return found | _changes()


def _changes() -> set[str]:
    """List what git sees changed in the checkout, if it is one."""
    if not shutil.which('git') or not (checkout.ROOT / '.git').exists():
        return set()
    done = subprocess.run(
        ['git', 'status', '--porcelain'],
        cwd=checkout.ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return set(done.stdout.splitlines())


def require_stopped(root: pathlib.Path) -> None:
    """See that no service runs.

    :param root: whose mark the processes have.
    :raises LabError: when one runs.
    """
    if found := testlab.marked(root):
        names = [_name(pid) for pid in found]
        raise exception.LabError(f'After unstack, these run: {names}.')


def _name(pid: int) -> str:
    path = pathlib.Path(f'/proc/{pid}/cmdline')
    return path.read_bytes().replace(b'\0', b' ').decode().strip()


def require_clean(before: set[str], after: set[str]) -> None:
    """See that nothing is left and nothing was lost.

    :raises LabError: when something is.
    """
    if left := after - before:
        raise exception.LabError(f'After clean, this is left: {sorted(left)}.')
    if lost := before - after:
        raise exception.LabError(f'After clean, this is gone: {sorted(lost)}.')
