# SPDX-License-Identifier: Apache-2.0

"""How replications and copies look."""

from collections.abc import Sequence
from typing import Any

from cliff import columns
from osc_lib.cli import format_columns

from glintclient.osc import formats
from glintclient.osc import printable
from glintclient.osc.v1 import progress
from glintclient.v1 import image_copy as _image_copy
from glintclient.v1 import replication as _replication

ImageCopy = _image_copy.ImageCopy
Replication = _replication.Replication

_COPY_FIELDS = (
    'id',
    'target_site_id',
    'target_image_id',
    'state',
    'phase',
    'outcome',
    'bytes_sent',
    'bytes_total',
    'rate',
    'eta',
    'attempts',
    'next_attempt_at',
    'error',
    'waits_for',
    'notes',
    'conductor',
    'started_at',
    'finished_at',
)


class Copies(columns.FormattableColumn[list[dict[str, Any]]]):
    """The copies of a replication: a line for each in a table."""

    def __init__(self, copies: Sequence[ImageCopy]) -> None:
        super().__init__(
            [
                {'target_site': copy.target_site_name}
                | {key: getattr(copy, key) for key in _COPY_FIELDS}
                for copy in copies
            ]
        )
        self._lines = [
            f'{copy.target_site_name}: {progress.describe(copy)}'
            + (
                f', image {copy.target_image_id}'
                if copy.outcome and copy.target_image_id
                else ''
            )
            for copy in copies
        ]

    def human_readable(self) -> str:
        return '\n'.join(map(printable.line, self._lines))


class Summary(columns.FormattableColumn[dict[str, int]]):
    """How many copies are in which state."""

    def human_readable(self) -> str:
        total = self._value.get('total', 0)
        return ', '.join(
            f'{count} of {total} {state}'
            for state, count in self._value.items()
            if state != 'total' and count
        )


class Options(format_columns.DictColumn):
    """The options, in a table those that are not the default."""

    def human_readable(self) -> str:
        found = {
            key: value
            for key, value in (self._value or {}).items()
            if value and key != 'properties'
        }
        properties = (self._value or {}).get('properties', {})
        lines = [f'{key}={value}' for key, value in sorted(found.items())]
        lines += [
            f'property {key}={value}'
            for key, value in sorted(properties.get('set', {}).items())
        ]
        lines += [f'without {key}' for key in properties.get('remove', [])]
        return '\n'.join(map(printable.line, lines))


def detail(replication: Replication) -> dict[str, Any]:
    """Make what is shown of one replication.

    :param replication: with its copies.
    :returns: the values by their names.
    """
    return {
        'id': replication.id,
        'state': replication.state,
        'image_name': replication.image_name,
        'image_id': replication.image_id,
        'source_site': replication.source_site_name,
        'copies': Copies(replication.copies or []),
        'progress': formats.Percent(replication.progress),
        'size': formats.Size(replication.size),
        'options': Options(replication.options),
        'client_token': replication.client_token,
        'user_id': replication.user_id,
        'project_id': replication.project_id,
        'created_at': formats.Time(replication.created_at),
        'started_at': formats.Time(replication.started_at),
        'finished_at': formats.Time(replication.finished_at),
    }


def copy_detail(copy: ImageCopy) -> dict[str, Any]:
    """Make what is shown of one copy.

    :param copy: with its history.
    :returns: the values by their names.
    """
    error = copy.error
    return {
        'id': copy.id,
        'target_site': copy.target_site_name,
        'target_image_id': copy.target_image_id,
        'state': copy.state,
        'phase': copy.phase,
        'outcome': copy.outcome,
        'bytes_sent': formats.Size(copy.bytes_sent),
        'bytes_total': formats.Size(copy.bytes_total),
        'rate': formats.Rate(copy.rate),
        'eta': formats.Duration(copy.eta),
        'attempts': copy.attempts,
        'next_attempt_at': formats.Time(copy.next_attempt_at),
        'error': Error(error),
        'waits_for': Waits(copy.waits_for or []),
        'notes': formats.Lines(copy.notes or []),
        'history': History(copy.history or []),
        'conductor': copy.conductor,
        'started_at': formats.Time(copy.started_at),
        'finished_at': formats.Time(copy.finished_at),
    }


class Error(columns.FormattableColumn[dict[str, Any] | None]):
    """What is wrong: the sentence of it in a table."""

    def human_readable(self) -> str:
        return str(self._value['detail']) if self._value else ''


class Waits(columns.FormattableColumn[list[dict[str, Any]]]):
    """Why a copy waits: a sentence for each reason in a table."""

    def human_readable(self) -> str:
        return '\n'.join(
            printable.line(item['detail']) for item in self._value
        )


def _why(error: dict[str, Any] | None) -> str:
    return f', {printable.line(error["detail"])}' if error else ''


class History(columns.FormattableColumn[list[dict[str, Any]]]):
    """The attempts of a copy: a line for each in a table."""

    def human_readable(self) -> str:
        return '\n'.join(
            '{number}. {began} {conductor}: {state}, {sent}{why}'.format(
                began=formats.moment(item['started_at']),
                sent=formats.size(item['bytes_sent']),
                why=_why(item['error']),
                **{key: item[key] for key in ('number', 'conductor', 'state')},
            )
            for item in self._value
        )
