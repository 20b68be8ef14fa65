# SPDX-License-Identifier: Apache-2.0

"""Builds a distribution, and compares it with the tree."""

import configparser
import pathlib
import shutil
import subprocess
import sys
import tarfile
import zipfile

from cloudlab import command
from cloudlab import exception
from workbench import checkout
from workbench.packages import distributions


def clone(folder: pathlib.Path) -> None:
    """Copy what git knows, as it is in the tree, into a repository.

    Only so are changes that are not committed yet built as well, and nothing
    else that lies about.

    :raises LabError: when the tree is no checkout.
    """
    for name in _tracked(checkout.ROOT):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(checkout.ROOT / name, folder / name)
    git = ['git', '-C', folder, '-c', 'user.name=-', '-c', 'user.email=-']
    for arguments in (
        ('init', '--quiet'),
        ('add', '--all', '--force'),
        ('commit', '--quiet', '--message', 'The tree'),
    ):
        command.run(f'git {arguments[0]}', [*git, *arguments])


def _tracked(folder: pathlib.Path) -> list[str]:
    done = subprocess.run(
        ['git', 'ls-files'],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise exception.LabError(
            'What belongs into the packages is what git knows, so this check '
            'needs git and a clone of the repository.'
        )
    # A file may have been removed and this not be committed.
    names = done.stdout.splitlines()
    return [name for name in names if (folder / name).exists()]


def build(
    distribution: distributions.Distribution,
    source: pathlib.Path,
    folder: pathlib.Path,
) -> pathlib.Path:
    """Build wheel and sdist of what git knows, and see that they are whole.

    :param source: the root of the repository.
    :param folder: an empty one.
    :returns: the wheel.
    :raises LabError: when they do not build, or something is not as it
        should be.
    """
    command.run(
        f'Building {distribution.name}',
        [
            *(sys.executable, '-m', 'build', '--no-isolation', '--outdir'),
            *(str(folder / 'dist'), str(source / distribution.folder)),
        ],
        {
            **checkout.pbr_environment(distribution.path),
            'SKIP_GENERATE_RENO': '1',
        },
    )
    [sdist] = (folder / 'dist').glob('*.tar.gz')
    [wheel] = (folder / 'dist').glob('*.whl')
    prefix = f'{distribution.package}/'
    package = {
        name
        for name in _tracked(source / distribution.folder)
        if name.startswith(prefix)
    }
    _compare_wheel(distribution, wheel, package)
    _compare_sdist(sdist, package)
    return wheel


def _compare_wheel(
    distribution: distributions.Distribution,
    wheel: pathlib.Path,
    package: set[str],
) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
        [info] = [n for n in names if n.endswith('.dist-info/METADATA')]
        points = info.replace('METADATA', 'entry_points.txt')
        text = archive.read(points).decode() if points in names else ''
    meta = info.rpartition('/')[0].removesuffix('.dist-info')
    found = {
        name
        for name in names
        if not name.startswith((f'{meta}.dist-info/', f'{meta}.data/'))
    }
    _require_same(wheel.name, found, package)
    ini = configparser.RawConfigParser(delimiters=('=',))
    ini.read_string(text)
    if lacking := set(distribution.entry_points) - set(ini.sections()):
        raise exception.LabError(
            f'{wheel.name} has no entry points of {sorted(lacking)}.'
        )


def _compare_sdist(sdist: pathlib.Path, package: set[str]) -> None:
    top = sdist.name.removesuffix('.tar.gz')
    with tarfile.open(sdist) as archive:
        names = {
            member.name.removeprefix(f'{top}/')
            for member in archive.getmembers()
            if member.isfile()
        }
    # Beside the package, an sdist has what is needed to build it again.
    prefix = min(package).partition('/')[0] + '/'
    inside = {name for name in names if name.startswith(prefix)}
    _require_same(sdist.name, inside, package)
    needed = {'LICENSE', 'README.rst', 'pyproject.toml', 'requirements.txt'}
    if lacking := needed - names:
        raise exception.LabError(f'{sdist.name} lacks {sorted(lacking)}.')


def _require_same(what: str, found: set[str], wanted: set[str]) -> None:
    if lacking := wanted - found:
        raise exception.LabError(f'{what} lacks {sorted(lacking)}.')
    if more := found - wanted:
        raise exception.LabError(f'{what} has also {sorted(more)}.')
