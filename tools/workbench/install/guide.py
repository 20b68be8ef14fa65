# SPDX-License-Identifier: Apache-2.0

"""Reads the commands of a page of the documentation."""

from collections.abc import Iterator
import dataclasses
import pathlib
import re
import textwrap

_BLOCK = re.compile(r'^( *)\.\. code-block:: (console|ini)\n\n', re.M)
_PATH = re.compile(r'``(/etc/[\w./-]+)``')
_PROMPT = re.compile(r'^[#$] ')


@dataclasses.dataclass(frozen=True)
class Command:
    """A command, with the lines that continue it.

    :ivar root: whether it has the prompt of root.
    """

    text: str
    root: bool


@dataclasses.dataclass(frozen=True)
class File:
    """A file that the page shows."""

    path: str
    text: str


def read(page: pathlib.Path, section: str = '') -> list[Command | File]:
    """List what the page has its reader do, in its order.

    :param section: the title of the only section to read; all, if empty.
    :raises ValueError: when there is a block of which nothing is known.
    """
    text = page.read_text()
    if section:
        text = _section(text, section)
    steps: list[Command | File] = []
    for found in _BLOCK.finditer(text):
        body = _body(text[found.end() :], found[1])
        if found[2] == 'console':
            steps += _commands(body)
        elif path := _path_before(text[: found.start()]):
            steps.append(File(path, body))
    return steps


def _section(text: str, title: str) -> str:
    pattern = rf'^{re.escape(title)}\n=+\n(.*?)(?=^\S[^\n]*\n=+\n|\Z)'
    found = re.search(pattern, text, re.M | re.S)
    if not found:
        raise ValueError(f'There is no section {title}.')
    return found[1]


def _body(text: str, indentation: str) -> str:
    """Return the indented lines that a text begins with."""
    lines = []
    for line in text.splitlines():
        if line and not line.startswith(f'{indentation} '):
            break
        lines.append(line)
    return textwrap.dedent('\n'.join(lines)).strip('\n') + '\n'


def _path_before(text: str) -> str:
    """Return the file that the paragraph before a block names, if any."""
    paragraph = text.rstrip().rpartition('\n\n')[2]
    found = _PATH.match(paragraph)
    return found[1] if found else ''


def _commands(body: str) -> Iterator[Command]:
    lines: list[str] = []
    for line in body.splitlines():
        if _PROMPT.match(line):
            if lines:
                yield _command(lines)
            lines = []
        lines.append(line)
    if lines:
        yield _command(lines)


def _command(lines: list[str]) -> Command:
    first, *rest = lines
    if not _PROMPT.match(first):
        raise ValueError(f'Not a command: {first}')
    return Command(
        '\n'.join([first[2:], *map(_outdent, rest)]), first[0] == '#'
    )


def _outdent(line: str) -> str:
    """Remove the width of the prompt, as here-documents end without it."""
    return line.removeprefix('  ')
