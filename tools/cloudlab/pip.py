# SPDX-License-Identifier: Apache-2.0

"""Virtual environments, and what pip installs in them."""

from collections.abc import Callable
from collections.abc import Iterator
from collections.abc import Mapping
from collections.abc import Sequence
import contextlib
import fcntl
import hashlib
import importlib
import importlib.util
import pathlib
import shutil
import sys

from cloudlab import command
from cloudlab import exception
from cloudlab import packages
from cloudlab import program

CONSTRAINTS = pathlib.Path(__file__).parents[1] / 'constraints.txt'


def environment(
    venv: pathlib.Path,
    what: str,
    requirements: Sequence[str | pathlib.Path],
    *,
    inputs: bytes = b'',
    env: Mapping[str, str] | None = None,
    constraints: str | pathlib.Path = CONSTRAINTS,
    then: Callable[[], object] | None = None,
    anew: bool = True,
) -> None:
    """Make an environment, unless it is there and made from the same.

    :param what: names what is installed, for messages.
    :param requirements: as pip takes them, with its options.
    :param inputs: what it depends on besides.
    :param env: variables for the environment of pip.
    :param constraints: the file, or its URL, that fixes the versions.
    :param then: what is to be done after the installation.
    :param anew: whether one that is out of date is removed first.
    :raises LabError: when it cannot be made.
    """
    parts = (sys.version, str(venv), *map(str, requirements))
    wanted = hashlib.sha256(
        repr(parts).encode() + _content(constraints) + inputs
    ).hexdigest()
    mark = venv / 'made-from'
    if is_marked(mark, wanted):
        return
    with lock(venv):
        # Another process may have made it meanwhile.
        if is_marked(mark, wanted):
            return
        program.say(f'Installing {what} in {venv}.')
        if anew:
            shutil.rmtree(venv, ignore_errors=True)
        mark.unlink(missing_ok=True)
        if not (venv / 'bin' / 'python').exists():
            make(venv)
        install(venv, what, *requirements, env=env, constraints=constraints)
        if then:
            then()
        mark.write_text(wanted)


def is_marked(mark: pathlib.Path, wanted: str) -> bool:
    """Tell whether a file is there and says what is wanted."""
    return mark.exists() and mark.read_text() == wanted


@contextlib.contextmanager
def lock(venv: pathlib.Path) -> Iterator[None]:
    """Let one process at a time work on an environment."""
    venv.parent.mkdir(parents=True, exist_ok=True)
    with open(venv.with_name(f'.{venv.name}.lock'), 'w') as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield


def _content(constraints: str | pathlib.Path) -> bytes:
    """Return what the constraints say, or the URL that says so."""
    if '://' in str(constraints):
        return str(constraints).encode()
    try:
        return pathlib.Path(constraints).read_bytes()
    except OSError as error:
        raise exception.LabError(
            f'The constraints cannot be read: {error}. TOX_CONSTRAINTS_FILE '
            'names the file.'
        ) from error


def make(venv: pathlib.Path) -> None:
    """Make an empty environment.

    :raises LabError: when it cannot be made.
    """
    if not _can_make():
        python = f'python{sys.version_info.major}.{sys.version_info.minor}'
        need = packages.Need(
            f'{python} -m venv',
            (f'{python}-venv',),
            _can_make,
        )
        packages.require([need])
    command.run('venv', [sys.executable, '-m', 'venv', venv])


def _can_make() -> bool:
    """Ask this Python, which need not be the one of the system."""
    importlib.invalidate_caches()
    return importlib.util.find_spec('ensurepip') is not None


def install(
    venv: pathlib.Path,
    what: str,
    *requirements: str | pathlib.Path,
    env: Mapping[str, str] | None = None,
    constraints: str | pathlib.Path = CONSTRAINTS,
) -> None:
    """Install something with the versions that work together.

    :param what: names it, for messages.
    :param requirements: as pip takes them, with its options.
    :param env: variables for the environment of pip.
    :param constraints: the file, or its URL, that fixes the versions.
    :raises LabError: when it cannot be installed.
    """
    with program.still(f'Still installing {what}'):
        command.run(
            f'Installing {what} with pip, which needs an index,',
            [
                *(venv / 'bin' / 'python', '-m', 'pip', 'install', '--quiet'),
                '--disable-pip-version-check',
                *('--constraint', constraints, *requirements),
            ],
            env,
        )
