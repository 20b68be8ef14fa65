# SPDX-License-Identifier: Apache-2.0

"""Builds a distribution, and compares it with the tree."""

import pathlib
import shutil
import sys
import tarfile

from cloudlab import command
from cloudlab import exception
from workbench import checkout
from workbench.packages import distributions

#: What an sdist has beside the package, to be built again.
_NEEDED = {'LICENSE', 'README.rst', 'pyproject.toml', 'requirements.txt'}


def clone(folder: pathlib.Path) -> None:
    """Copy what git knows, as it is in the tree, into a repository.

    Only so are changes that are not committed yet built as well, and nothing
    else that lies about.

    :raises LabError: when the tree is no checkout.
    """
    for name in _tracked(checkout.ROOT):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(checkout.ROOT / name, folder / name)
    git = ('git', '-C', folder, '-c', 'user.name=-', '-c', 'user.email=-')
    for arguments in (
        ('init', '--quiet'),
        ('add', '--all', '--force'),
        ('commit', '--quiet', '--message', 'The tree'),
    ):
        command.run(f'git {arguments[0]}', [*git, *arguments])


def _tracked(folder: pathlib.Path) -> list[str]:
    """List the files that git knows.

    :raises LabError: when the folder is no checkout.
    """
    listed = command.run(
        'What belongs into the packages is what git knows. Asking git',
        ['git', '-C', folder, 'ls-files'],
    )
    # A file may have been removed and this not be committed.
    return [name for name in listed.splitlines() if (folder / name).exists()]


def build(
    distribution: distributions.Distribution,
    source: pathlib.Path,
    folder: pathlib.Path,
) -> pathlib.Path:
    """Build wheel and sdist of what git knows, and see that they are whole.

    :param source: the root of the repository.
    :param folder: a new one.
    :returns: the wheel.
    :raises LabError: when they do not build, or something is not as it
        should be.
    """
    tree = source / distribution.folder
    python = (sys.executable, '-m')
    command.run(
        f'Building {distribution.name}',
        [*python, 'build', '--no-isolation', '--outdir', folder, tree],
        {
            **checkout.pbr_environment(distribution.path),
            'SKIP_GENERATE_RENO': '1',
        },
    )
    [sdist] = folder.glob('*.tar.gz')
    [wheel] = folder.glob('*.whl')
    command.run(
        f'check-wheel-contents of {distribution.name}',
        [
            *(*python, 'check_wheel_contents', '--no-config'),
            # Packages without code may say the same, and what is found by
            # its path need not have the name of a module.
            *('--ignore', 'W002,W004', '--package'),
            *(tree / distribution.package, wheel),
        ],
    )
    prefix = f'{distribution.package}/'
    package = {name for name in _tracked(tree) if name.startswith(prefix)}
    _compare_sdist(sdist, prefix, package)
    return wheel


def _compare_sdist(
    sdist: pathlib.Path, prefix: str, package: set[str]
) -> None:
    """See that an sdist has the package as git knows it, and what it needs.

    :raises LabError: when something is missing, or too much.
    """
    top = sdist.name.removesuffix('.tar.gz')
    with tarfile.open(sdist) as archive:
        names = {
            member.name.removeprefix(f'{top}/')
            for member in archive.getmembers()
            if member.isfile()
        }
    if lacking := (package | _NEEDED) - names:
        raise exception.LabError(f'{sdist.name} lacks {sorted(lacking)}.')
    inside = {name for name in names if name.startswith(prefix)}
    if more := inside - package:
        raise exception.LabError(f'{sdist.name} has also {sorted(more)}.')
