# SPDX-License-Identifier: Apache-2.0

"""The folder of a lab: whose it is, and who works on it."""

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import fcntl
import pathlib

from cloudlab import exception

# What may be there before the first start.
_BEFORE = {'lock', 'run', 'venv', '.venv.lock'}


def require_own(root: pathlib.Path) -> None:
    """Refuse a folder with other things, which ``clean`` would remove.

    :raises LabError: when it holds something and no lab.
    """
    if root.exists() and not root.is_dir():
        raise exception.LabError(f'{root} is not a folder.')
    if not root.exists() or (root / 'lab.json').exists():
        return
    if {path.name for path in root.iterdir()} - _BEFORE:
        raise exception.LabError(
            f'{root} holds something else than a lab. Choose another folder '
            'with --dir.'
        )


@contextlib.contextmanager
def lock(root: pathlib.Path) -> Iterator[None]:
    """Let one command at a time work on a lab.

    :raises LabError: when another one does.
    """
    root.mkdir(parents=True, exist_ok=True)
    with open(root / 'lock', 'w') as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise exception.LabError(
                f'Another tools/lab works on {root}: wait for it.'
            ) from error
        yield


@contextlib.contextmanager
def cleaned(root: pathlib.Path, clean: Callable[[], None]) -> Iterator[None]:
    """Let one command at a time work on a folder, and leave nothing behind.

    :param clean: removes what a command has made; it is called before as
        well, for an earlier command may have been killed.
    :raises LabError: when another one works there.
    """
    with lock(root):
        clean()
        try:
            yield
        finally:
            clean()
