# SPDX-License-Identifier: Apache-2.0

"""Shows how far the copies of a replication are."""

from collections.abc import Sequence
import shutil
import textwrap
from typing import Protocol
from typing import TextIO

from glintclient.i18n import _
from glintclient.osc import formats
from glintclient.osc import printable
from glintclient.osc.v1 import site_names
from glintclient.v1 import image_copy as _image_copy
from glintclient.v1 import replication as _replication

ImageCopy = _image_copy.ImageCopy
Replication = _replication.Replication

_BAR = 20
_STEP = 10
#: What is taken for the width of a terminal that has less columns, or none.
_NARROWEST = 20


class View(Protocol):
    """Is shown replications again and again."""

    def show(self, *replications: Replication) -> None: ...


def view(stream: TextIO, names: site_names.SiteNames) -> View:
    """Choose between bars that move and plain lines.

    :param stream: where to write.
    :param names: the names of the sites.
    """
    if stream.isatty():
        return Bars(stream, names)
    return Lines(stream, names)


def _named(
    replications: Sequence[Replication], names: site_names.SiteNames
) -> list[tuple[str, ImageCopy]]:
    """Name each copy: by its site, and by its image if there are several."""
    return [
        (
            names.name(copy.target_site_id)
            if len(replications) == 1
            else '{}: {}'.format(
                replication.image_name or replication.image_id,
                names.name(copy.target_site_id),
            ),
            copy,
        )
        for replication in replications
        for copy in replication.copies or []
    ]


class Lines:
    """Writes a line whenever there is something to tell of a copy."""

    def __init__(self, stream: TextIO, names: site_names.SiteNames) -> None:
        self._stream = stream
        self._names = names
        self._told: dict[str, tuple[object, ...]] = {}

    def show(self, *replications: Replication) -> None:
        for name, copy in _named(replications, self._names):
            done = formats.percent(copy.bytes_sent, copy.bytes_total) or 0
            waits = tuple(item['reason'] for item in copy.waits_for or [])
            news = (
                copy.state,
                copy.phase,
                copy.attempts,
                done // _STEP,
                waits,
            )
            if self._told.get(copy.id) != news:
                self._told[copy.id] = news
                told = printable.line(f'{name}: {describe(copy)}')
                self._stream.write(f'{told}\n')
        self._stream.flush()


class Bars:
    """Keeps a bar for each copy up to date, on a terminal."""

    def __init__(self, stream: TextIO, names: site_names.SiteNames) -> None:
        self._stream = stream
        self._names = names
        self._height = 0
        encoding = (stream.encoding or '').lower().replace('-', '')
        self._marks = '█░' if encoding == 'utf8' else '#.'

    def show(self, *replications: Replication) -> None:
        named = _named(replications, self._names)
        longest = max((len(name) for name, _copy in named), default=0)
        columns, rows = shutil.get_terminal_size()
        columns = max(columns - 1, _NARROWEST)
        lines = _cut(
            [
                (
                    copy.state in _replication.FINAL,
                    self._fit(f'{name:<{longest}}  ', copy, columns),
                )
                for name, copy in named
            ],
            rows - 1,
        )
        # In one piece, so that nothing flickers.
        text = f'\x1b[{self._height}A' if self._height else ''
        text += ''.join(f'\r\x1b[K{line}\n' for line in lines)
        if len(lines) < self._height:
            text += '\x1b[J'
        self._stream.write(text)
        self._stream.flush()
        self._height = len(lines)

    def _fit(self, name: str, copy: ImageCopy, columns: int) -> list[str]:
        """Write a copy in one line: the bar goes first, then the rate.

        Nobody can do without the time left and the reason. They take more
        lines if they have to.
        """
        for start, with_rate in (
            (f'{name}{self._bar(copy)}  ', True),
            (name, True),
            (name, False),
        ):
            line = printable.line(start + describe(copy, with_rate))
            if len(line) <= columns:
                return [line]
        return textwrap.wrap(line, columns, subsequent_indent='  ')

    def _bar(self, copy: ImageCopy) -> str:
        share = formats.percent(copy.bytes_sent, copy.bytes_total) or 0
        done = _BAR if copy.state == 'completed' else share * _BAR // 100
        return self._marks[0] * done + self._marks[1] * (_BAR - done)


def _cut(shown: list[tuple[bool, list[str]]], rows: int) -> list[str]:
    """Fit copies into the height: those that have ended go first.

    :param shown: of each copy, whether it has ended, and its lines.
    """
    if sum(len(lines) for _ended, lines in shown) <= rows:
        return [line for _ended, lines in shown for line in lines]
    kept: list[str] = []
    left = len(shown)
    for _ended, lines in sorted(shown, key=lambda item: item[0]):
        if len(kept) + len(lines) >= rows:
            break
        kept += lines
        left -= 1
    return [*kept, _('... and %d more') % left]


def describe(copy: ImageCopy, with_rate: bool = True) -> str:
    """Say in one line how far a copy is.

    :param copy: the copy.
    :param with_rate: whether to say how fast it is, if that is known.
    """
    words = [copy.state]
    if copy.state == 'completed':
        words = [_('%s, verified') % (copy.outcome or copy.state)]
    if copy.outcome == 'skipped':
        words = [copy.outcome, *(copy.notes or [])]
    if copy.state == 'copying':
        words = [copy.phase or copy.state]
        if copy.bytes_sent and copy.bytes_total:
            words += _moving(copy, with_rate)
    if copy.error and copy.state != 'completed':
        words.append(copy.error['detail'])
    waits = [item['detail'] for item in copy.waits_for or []]
    # The error may tell one of them already.
    words += [detail for detail in waits if detail not in words]
    # Some of them are sentences.
    return ', '.join(words).replace('., ', '. ')


def _moving(copy: ImageCopy, with_rate: bool) -> list[str]:
    words = [
        _('%(percent)d %%, %(sent)s of %(total)s')
        % {
            'percent': formats.percent(copy.bytes_sent, copy.bytes_total),
            'sent': formats.size(copy.bytes_sent),
            'total': formats.size(copy.bytes_total),
        }
    ]
    if with_rate and copy.rate is not None:
        words.append(formats.rate(copy.rate))
    if copy.eta is not None:
        words.append(_('%s left') % formats.duration(copy.eta))
    return words
