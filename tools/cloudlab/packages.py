# SPDX-License-Identifier: Apache-2.0

"""Packages of the operating system, and whether they are installed."""

from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
import dataclasses
import os
import pathlib
import shutil
import subprocess
import threading
import time

from cloudlab import command
from cloudlab import exception
from cloudlab import program

_PATH = f'{os.environ.get("PATH", os.defpath)}:/usr/sbin:/usr/local/sbin:/sbin'
#: How long another program may use apt or dpkg, in seconds: a new machine
#: often looks for updates by itself.
_PATIENCE = 300
_APT = ('apt-get', '-o', f'DPkg::Lock::Timeout={_PATIENCE}')
_PAUSE = 1.0
#: Of apt-get, of which one runs at a time.
_lock = threading.Lock()


@dataclasses.dataclass(frozen=True)
class Need:
    """Something that packages of the operating system bring.

    Where there is dpkg, dpkg alone says whether these are installed: a file
    of one package does not tell that another one is there.

    :ivar name: what it is.
    :ivar packages: of Debian, all of them.
    :ivar find: looks for what they bring, and returns something false where
        that is not there.
    """

    name: str
    packages: tuple[str, ...]
    find: Callable[[], object]


def which(name: str) -> pathlib.Path | None:
    """Return where a program is, also one that only root has in its PATH."""
    found = shutil.which(name, path=_PATH)
    return pathlib.Path(found) if found else None


def of_program(name: str, package: str = '') -> Need:
    """Describe a program that one package brings.

    :param package: the name of the package; that of the program, if empty.
    """
    return Need(name, (package or name,), lambda: which(name))


def install(needs: Iterable[Need]) -> dict[str, str]:
    """Install what is missing, in one step.

    :returns: why some needs are not met, by their names.
    """
    with _lock:
        return _install(list(dict.fromkeys(needs)))


def _install(known: Sequence[Need]) -> dict[str, str]:
    if not (shutil.which('dpkg-query') and shutil.which('apt-get')):
        return {need.name: _ask(need) for need in known if not need.find()}
    missing = _missing(known)
    failures = _apt_install(missing) if not os.geteuid() else {}
    return {
        need.name: reason
        for need in known
        if (reason := _reason(need, _missing([need]), failures))
    }


def require(needs: Iterable[Need]) -> None:
    """Install what is missing.

    :raises LabError: when something cannot be had here.
    """
    if reasons := install(needs):
        raise exception.LabError(' '.join(reasons.values()))


def _ask(need: Need) -> str:
    return (
        f'{need.name} is not installed: install what Debian has in '
        f'{_named(need.packages)}, as root.'
    )


def _reason(
    need: Need, missing: Sequence[str], failures: dict[str, str]
) -> str:
    """Say why a need is not met; nothing, if it is."""
    if missing:
        text = (
            f'{need.name} is not installed: install {_named(missing)}, as '
            'root.'
        )
        why = [failures[name] for name in missing if name in failures]
        return ' '.join([text, *dict.fromkeys(why)])
    if need.find():
        return ''
    return (
        f'{_named(need.packages)} is installed, but what is needed of '
        f'{need.name} is not where it is expected.'
    )


def _named(packages: Sequence[str]) -> str:
    plural = 's' if len(packages) > 1 else ''
    return f'the package{plural} {", ".join(packages)}'


def _missing(needs: Iterable[Need]) -> list[str]:
    """Ask dpkg which packages are not installed."""
    wanted = list(dict.fromkeys(p for need in needs for p in need.packages))
    if not wanted:
        return []
    # It exits with 1 when it does not know one of them.
    listed = subprocess.run(
        [
            *('dpkg-query', '--show'),
            *('--showformat', '${Package} ${db:Status-Status}\n'),
            *wanted,
        ],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    ).stdout.splitlines()
    return [name for name in wanted if f'{name} installed' not in listed]


def _apt_install(packages: Sequence[str]) -> dict[str, str]:
    """Install packages.

    :returns: what apt-get said of those that it could not install.
    """
    if not packages:
        return {}
    program.say(f'Installing {_named(packages)}.')
    try:
        _run('update')
    except exception.LabError as error:
        return dict.fromkeys(packages, str(error))
    try:
        _run('install', *packages)
    except exception.LabError as error:
        if len(packages) == 1:
            return {packages[0]: str(error)}
        # One that cannot be had must not keep the others away.
        return _install_each(packages)
    return {}


def _install_each(packages: Sequence[str]) -> dict[str, str]:
    failures = {}
    for name in packages:
        try:
            _run('install', name)
        except exception.LabError as error:
            failures[name] = str(error)
    return failures


def _run(verb: str, *packages: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while True:
        try:
            return _run_once(verb, *packages)
        except exception.LabError as error:
            # apt-get itself does not wait for the lock on its lists.
            locked = 'Could not get lock' in str(error)
            if not locked or time.monotonic() > deadline:
                raise
        time.sleep(_PAUSE)


def _run_once(verb: str, *packages: str) -> None:
    options = ('-y', '--no-install-recommends') if packages else ()
    command.run(
        f'apt-get {verb}',
        [*_APT, verb, *options, *packages],
        {'DEBIAN_FRONTEND': 'noninteractive', 'LC_ALL': 'C'},
    )
