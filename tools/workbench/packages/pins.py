# SPDX-License-Identifier: Apache-2.0

"""Sees that versions fit: pins to interpreters, bounds to constraints."""

from collections.abc import Iterator
import json
import pathlib
import sys
import tomllib

from packaging import requirements
from packaging import specifiers
from packaging import utils

from cloudlab import command
from cloudlab import exception
from cloudlab import pip
from workbench import checkout
from workbench.packages import distributions

_LANGUAGE = 'Programming Language :: Python :: '


def check_interpreters() -> str:
    """See that each pin of tools/constraints.txt fits each interpreter.

    These are the first release of each series that the classifiers name, as
    a distribution of Linux may have it.

    :returns: the news.
    :raises LabError: when one does not, or was withdrawn by its authors.
    """
    versions = _interpreters()
    pinned = _pinned()
    complaints = []
    for item in pinned:
        metadata = item['metadata']
        name = f'{metadata["name"]}=={metadata["version"]}'
        wanted = specifiers.SpecifierSet(metadata.get('requires_python', ''))
        if excluded := [v for v in versions if v not in wanted]:
            complaints.append(
                f'{name} needs Python {wanted}, which Python '
                f'{", ".join(excluded)} is not.'
            )
        if item.get('is_yanked'):
            complaints.append(f'{name} was withdrawn by its authors.')
    if complaints:
        raise exception.LabError(
            f'In {pip.CONSTRAINTS}:\n  ' + '\n  '.join(complaints)
        )
    return f'{len(pinned)} pins fit Python {", ".join(versions)}.'


def _pinned() -> list[dict[str, dict[str, str]]]:
    """Ask the index for what pip would install.

    What was withdrawn is told by pip 23.3 and later.
    """
    report = command.run(
        'Asking an index for the pins',
        [
            *(sys.executable, '-m', 'pip', 'install', '--dry-run'),
            *('--quiet', '--quiet', '--disable-pip-version-check'),
            *('--no-deps', '--ignore-installed', '--ignore-requires-python'),
            *('--report', '-', '--requirement', pip.CONSTRAINTS),
        ],
    )
    found: list[dict[str, dict[str, str]]] = json.loads(report)['install']
    return found


def _interpreters() -> list[str]:
    """List the first release of each series that is supported.

    :raises LabError: when the distributions do not say the same.
    """
    found = {
        item.name: tuple(
            classifier.removeprefix(_LANGUAGE)
            for classifier in _project(item)['classifiers']
            if classifier.startswith(f'{_LANGUAGE}3.')
        )
        for item in distributions.ALL
    }
    if len(set(found.values())) != 1:
        raise exception.LabError(
            f'The distributions name different interpreters: {found}.'
        )
    return [f'{series}.0' for series in next(iter(found.values()))]


def _project(
    distribution: distributions.Distribution,
) -> dict[str, dict[str, list[str]]]:
    text = (distribution.path / 'pyproject.toml').read_text()
    project: dict[str, dict[str, list[str]]] = tomllib.loads(text)['project']
    return project


def check_bounds() -> str:
    """See that no requirement is above the constraints that are used.

    :returns: the news.
    :raises LabError: when one is.
    """
    path = pathlib.Path(checkout.constraints())
    if not path.exists():
        return f'{path} is not a file: the bounds were not compared with it.'
    pinned = {
        utils.canonicalize_name(item.name): item.specifier
        for item in _parse(path)
        if not item.marker or item.marker.evaluate()
    }
    complaints = []
    count = 0
    for where, item in _required():
        specifier = pinned.get(utils.canonicalize_name(item.name))
        for pin in specifier or ():
            count += 1
            if not item.specifier.contains(pin.version, prereleases=True):
                complaints.append(
                    f'{where} asks for {item}, constrained is {pin.version}.'
                )
    if complaints:
        raise exception.LabError(
            f'Against {path}:\n  ' + '\n  '.join(complaints)
        )
    return f'{count} requirements fit {path}.'


def _required() -> Iterator[tuple[str, requirements.Requirement]]:
    """Give what all distributions require, and where they say so."""
    for item in distributions.ALL:
        for path in sorted(item.path.glob('*requirements.txt')):
            for requirement in _parse(path):
                yield str(path.relative_to(checkout.ROOT)), requirement
        optional = _project(item).get('optional-dependencies', {})
        for name, texts in optional.items():
            for text in texts:
                where = f'{item.folder}/pyproject.toml[{name}]'
                yield where, requirements.Requirement(text)
    for requirement in _parse(checkout.ROOT / 'doc' / 'requirements.txt'):
        yield 'doc/requirements.txt', requirement


def _parse(path: pathlib.Path) -> Iterator[requirements.Requirement]:
    for line in path.read_text().splitlines():
        if text := line.partition('#')[0].strip():
            yield requirements.Requirement(text)
