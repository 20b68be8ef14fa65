# SPDX-License-Identifier: Apache-2.0

"""Compares the configuration files with the options that there are."""

from collections.abc import Iterator
from importlib import metadata
import os
from typing import NamedTuple

from keystoneauth1 import exceptions as ksa_exceptions
from keystoneauth1 import loading
from oslo_config import cfg

from glint import conf

#: Whose options may be in Glint's files.
_NAMESPACES = ('castellan.config', 'glint', 'keystonemiddleware.', 'oslo.')

#: A group and an option in it.
Name = tuple[str, str]


class Findings(NamedTuple):
    """What is wrong with the files, each as "option in [group]".

    :ivar unknown: what nobody reads.
    :ivar deprecated: what will not be read for ever.
    """

    unknown: list[str]
    deprecated: list[str]


def check() -> Findings:
    """Look at all files that the configuration was read from."""
    configured = _configured()
    known: dict[Name, str] = {}
    for group, option in _options(configured):
        _learn(known, group, option)
    findings = Findings([], [])
    for group, name in sorted(configured):
        state = known.get((group, name))
        if state is None:
            findings.unknown.append(f'{name} in [{group}]')
        elif state:
            findings.deprecated.append(f'{name} in [{group}] ({state})')
    return findings


def _configured() -> dict[Name, str]:
    """:returns: what the files set, with the last value."""
    found: dict[Name, str] = {}
    for path in _files():
        sections: dict[str, dict[str, list[str]]] = {}
        cfg.ConfigParser(path, sections).parse()
        for group, options in sections.items():
            for name, values in options.items():
                found[group, _plain(name)] = values[-1]
    return found


def _files() -> Iterator[str]:
    yield from conf.CONF.config_file or ()
    for folder in conf.CONF.config_dir or ():
        for name in sorted(os.listdir(folder)):
            if name.endswith('.conf'):
                yield os.path.join(folder, name)


def _options(configured: dict[Name, str]) -> Iterator[tuple[str, cfg.Opt]]:
    """Find all options that something installed here reads."""
    for point in metadata.entry_points(group='oslo.config.opts'):
        if point.name.startswith(_NAMESPACES):
            for group, options in point.load()():
                for option in options:
                    yield str(group or 'DEFAULT'), option
    # How services log in depends on the plugin.
    for (group, name), value in configured.items():
        if name in ('auth_type', 'auth_plugin'):
            try:
                options = loading.get_auth_plugin_conf_options(value)
            except ksa_exceptions.NoMatchingPlugin:
                continue
            for option in options:
                yield group, option


def _learn(known: dict[Name, str], group: str, option: cfg.Opt) -> None:
    """Note what an option is called, and was called once.

    An empty text says that nothing is wrong with a name.
    """
    removed = option.deprecated_for_removal
    known[group, _plain(option.name)] = 'it will be removed' if removed else ''
    for old in option.deprecated_opts:
        name = old.group or group, _plain(old.name or option.name)
        known.setdefault(name, f'now {option.name} in [{group}]')


def _plain(name: str) -> str:
    return name.replace('-', '_')
