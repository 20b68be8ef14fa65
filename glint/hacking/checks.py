# SPDX-License-Identifier: Apache-2.0

"""The flake8 plugin with the checks of this project, GL301 to GL306."""

import ast
from collections.abc import Callable
from collections.abc import Iterator
import pathlib
from typing import Any

from glint.hacking import layers

_LOGGERS = {'LOG', 'LOGGER', 'log', 'logger', 'logging'}
_LOG_METHODS = {
    'critical',
    'debug',
    'error',
    'exception',
    'info',
    'log',
    'trace',
    'warning',
}
_BANNED_MODULES = {'asyncio', 'eventlet', 'greenlet'}
# Makers of a datetime and the number of arguments from which on they are
# given a time zone; None where they take none.
_DATETIME_MAKERS = {
    'fromtimestamp': 2,
    'now': 1,
    'today': None,
    'utcfromtimestamp': None,
    'utcnow': None,
}


def module_of(filename: str) -> str:
    """Tell the full name of the module that a file below ``glint/`` holds.

    :param filename: path of the file, with ``/``, absolute or relative
    :returns: the name, empty for a file of no package of Glint; a package's
        ``__init__.py`` has ``__init__`` at the end
    """
    parts = pathlib.PurePath(filename).with_suffix('').parts
    if 'glint' not in parts:
        return ''
    start = len(parts) - 1 - parts[::-1].index('glint')
    return '.'.join(parts[start:])


def imports_of(node: ast.AST, module: str) -> list[str]:
    """List the full names that an import statement binds.

    :param node: any node of a syntax tree
    :param module: full name of the module that the node is in
    :returns: the names, ``glint.db.site`` for ``from glint.db import site``;
        empty for other nodes
    """
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if not isinstance(node, ast.ImportFrom):
        return []
    source = [node.module] if node.module else []
    if node.level:
        source = module.split('.')[: -node.level] + source
    return ['.'.join([*source, alias.name]) for alias in node.names]


def check_layers(node: ast.AST, module: str) -> Iterator[str]:
    """GL301: import only what the table of the layers allows."""
    importer = module.removesuffix('.__init__')
    for name in imports_of(node, module):
        if importer and not layers.may_import(importer, name):
            yield f'GL301 {importer} must not import {name}'


def check_native_threads(node: ast.AST, module: str) -> Iterator[str]:
    """GL302: use native threads, neither eventlet nor asyncio."""
    for name in imports_of(node, module):
        if name.partition('.')[0] in _BANNED_MODULES:
            yield f'GL302 native threads only, {name} must not be imported'


def check_authorize(node: ast.AST, module: str) -> Iterator[str]:
    """GL303: authorize() fails on an unknown rule, enforce() allows it."""
    match node:
        case ast.Call(func=ast.Attribute(attr='enforce', value=enforcer)):
            name = ast.unparse(enforcer).lower()
            is_policy = 'policy' in name or 'enforcer' in name
            # The enforcer of oslo.limit has no authorize().
            if is_policy and 'limit' not in name:
                yield 'GL303 call authorize() of the policy, not enforce()'


def check_untranslated_log(node: ast.AST, module: str) -> Iterator[str]:
    """GL304: logs are read by operators and searched for, in English."""
    for argument in _log_arguments(node):
        for part in ast.walk(argument):
            match part:
                case ast.Call(func=ast.Name(id='_') | ast.Attribute(attr='_')):
                    yield 'GL304 log messages must not be translated'


def check_lazy_log(node: ast.AST, module: str) -> Iterator[str]:
    """GL305: leave the formatting of a message to the logger."""
    for argument in _log_arguments(node)[:1]:
        match argument:
            case (
                ast.JoinedStr()
                | ast.BinOp(op=ast.Mod() | ast.Add())
                | ast.Call(func=ast.Attribute(attr='format'))
            ):
                yield 'GL305 pass the values as arguments of the log call'


def check_aware_datetime(node: ast.AST, module: str) -> Iterator[str]:
    """GL306: a time without a time zone is read wrongly sooner or later."""
    match node:
        case ast.Call(func=ast.Attribute(attr=method, value=maker)):
            if ast.unparse(maker).rpartition('.')[2] != 'datetime':
                return
            with_zone = _DATETIME_MAKERS.get(method, 0)
            given = len(node.args) + len(node.keywords)
            if with_zone is None or given < with_zone:
                yield (
                    f'GL306 datetime.{method}() has no time zone, use '
                    f'oslo_utils.timeutils'
                )


CHECKS: tuple[Callable[[ast.AST, str], Iterator[str]], ...] = (
    check_layers,
    check_native_threads,
    check_authorize,
    check_untranslated_log,
    check_lazy_log,
    check_aware_datetime,
)


class Checks:
    """The plugin that flake8 runs on each file."""

    name = 'glint'
    version = '1.0'

    def __init__(self, tree: ast.AST, filename: str) -> None:
        self.tree = tree
        self.module = module_of(filename)

    def run(self) -> Iterator[tuple[int, int, str, type[Any]]]:
        """Run all checks.

        :returns: line, column, message and origin of each finding
        """
        for node in ast.walk(self.tree):
            for check in CHECKS:
                for message in check(node, self.module):
                    yield (
                        getattr(node, 'lineno', 1),
                        getattr(node, 'col_offset', 0),
                        message,
                        type(self),
                    )


def _log_arguments(node: ast.AST) -> list[ast.expr]:
    """List the message of a log call and what is filled into it."""
    match node:
        case ast.Call(
            func=ast.Attribute(attr=method, value=ast.Name(id=name))
        ):
            if name in _LOGGERS and method in _LOG_METHODS:
                return node.args[1:] if method == 'log' else node.args
    return []
