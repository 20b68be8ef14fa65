# SPDX-License-Identifier: Apache-2.0

"""Bytes, times and shares as people read them."""

import re
from typing import Any

from cliff import columns

from glintclient.osc import printable

#: What nobody wants to read of a time.
_FRACTION = re.compile(r'\.\d+(?=Z$)')
_UNITS = ('B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB')


def size(count: int | None) -> str:
    """Write a number of bytes.

    :param count: of bytes; None if nobody knows.
    :returns: as "360.0 MiB".
    """
    if count is None:
        return '?'
    value, unit = float(count), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value /= 1024
        unit += 1
    return f'{value:.1f} {_UNITS[unit]}' if unit else f'{count} B'


def rate(count: int | None) -> str:
    """Write bytes per second.

    :param count: of bytes; None if nobody knows.
    :returns: as "50.2 MiB/s", nothing if nobody knows.
    """
    return '' if count is None else f'{size(count)}/s'


def duration(seconds: int | None) -> str:
    """Write a time.

    :param seconds: how long it is; None if nobody knows.
    :returns: as "1:02:03" or "2:03", nothing if nobody knows.
    """
    if seconds is None:
        return ''
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f'{hours}:{minutes:02}:{rest:02}'
    return f'{minutes}:{rest:02}'


def moment(text: str | None) -> str:
    """Write when something was, to the second.

    :param text: in UTC as ISO 8601; None if it never was.
    :returns: as "2026-10-07T09:30:43Z", nothing if it never was.
    """
    return _FRACTION.sub('', text) if text else ''


def percent(done: int, total: int | None) -> int | None:
    """Return a share.

    :param done: of the total.
    :param total: None if nobody knows.
    :returns: percent, None if nobody knows.
    """
    return done * 100 // total if total else None


class Size(columns.FormattableColumn[int | None]):
    """A number of bytes."""

    def human_readable(self) -> str:
        return size(self._value)


class Rate(columns.FormattableColumn[int | None]):
    """Bytes per second."""

    def human_readable(self) -> str:
        return rate(self._value)


class Duration(columns.FormattableColumn[int | None]):
    """A number of seconds."""

    def human_readable(self) -> str:
        return duration(self._value)


class Time(columns.FormattableColumn[str | None]):
    """When something was; a program gets the fractions of a second, too."""

    def human_readable(self) -> str:
        return moment(self._value)


class Percent(columns.FormattableColumn[int | None]):
    """A share of hundred."""

    def human_readable(self) -> str:
        return '' if self._value is None else f'{self._value} %'


class Text(columns.FormattableColumn[Any]):
    """Something that is nothing in a table when it is not there."""

    def human_readable(self) -> str:
        return '' if self._value is None else str(self._value)


class Block(Text):
    """A text of several lines, such as a certificate."""


class List(columns.FormattableColumn[list[str]]):
    """Short texts, in one line of a table."""

    def human_readable(self) -> str:
        return printable.line(', '.join(self._value))


class Word(columns.FormattableColumn[Any]):
    """Something that is a word where there is no room for all of it.

    That is in a table, and in CSV and plain values, too.
    """

    def word(self) -> str:
        """Return the word for programs."""
        raise NotImplementedError


class Lines(columns.FormattableColumn[list[str]]):
    """Texts, a line for each in a table."""

    def human_readable(self) -> str:
        return '\n'.join(map(printable.line, self._value))
