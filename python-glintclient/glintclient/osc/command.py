# SPDX-License-Identifier: Apache-2.0

"""What all commands have in common: how they show things and errors."""

import argparse
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any

from cliff import columns
from cliff.formatters import base as formatters
from osc_lib import exceptions
from osc_lib.command import command

from glintclient.i18n import _
from glintclient.osc import errors
from glintclient.osc import formats
from glintclient.osc import printable

#: Formats that write any character in a way of their own.
_ESCAPING = ('json', 'yaml')


class Command(command.Command):
    """A command that says what is wrong in words for people.

    :ivar exit_code: for a command that has something to show, and yet did
        not do what it was asked for.
    """

    exit_code = 0

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.log.addFilter(printable.FILTER)

    @property
    def client(self) -> Any:
        """The proxy of the image replication service."""
        manager: Any = self.app.client_manager
        return manager.image_replication

    def run(self, parsed_args: argparse.Namespace) -> int:
        try:
            return super().run(parsed_args) or self.exit_code
        except Exception as e:
            words = errors.explain(e, self.app.client_manager)
            shown = printable.lines(str(e) if words is None else words)
            if shown == str(e):
                raise
            raise exceptions.CommandError(shown) from e

    def fit(
        self, parsed_args: argparse.Namespace, values: Iterable[Any]
    ) -> list[Any]:
        """Make values fit for where they are written.

        :param parsed_args: with the format.
        :param values: a row, or headers.
        """
        if parsed_args.formatter in _ESCAPING:
            return list(values)
        encoding = getattr(self.app.stdout, 'encoding', None)
        return [
            _Fit(value, encoding)
            if isinstance(value, columns.FormattableColumn)
            else printable.line(value, encoding)
            if isinstance(value, str)
            else value
            for value in values
        ]


class _Fit(columns.FormattableColumn[Any]):
    """A column that writes nothing but what the terminal can show."""

    def __init__(
        self, column: columns.FormattableColumn[Any], encoding: str | None
    ) -> None:
        super().__init__(column)
        self._encoding = encoding

    def human_readable(self) -> str:
        return printable.lines(self._value.human_readable(), self._encoding)

    def machine_readable(self) -> str:
        if isinstance(self._value, formats.Word):
            found = self._value.word()
        else:
            found = self._value.machine_readable()
        block = isinstance(self._value, formats.Block)
        write = printable.lines if block else printable.line
        return write(str(found), self._encoding)


class Lister(Command, command.Lister):
    """A command that shows a list."""

    def produce_output(
        self,
        parsed_args: argparse.Namespace,
        column_names: Sequence[str],
        data: Iterable[Sequence[Any]],
    ) -> int:
        return super().produce_output(
            parsed_args,
            self.fit(parsed_args, column_names),
            [self.fit(parsed_args, row) for row in data],
        )


class ShowOne(Command, command.ShowOne):
    """A command that shows one thing."""

    def produce_output(
        self,
        parsed_args: argparse.Namespace,
        column_names: Sequence[str],
        data: Any,
    ) -> int:
        return super().produce_output(
            parsed_args,
            self.fit(parsed_args, column_names),
            self.fit(parsed_args, data),
        )


class ShowOneOrList(ShowOne):
    """A command that shows one thing, or a list of what it would do.

    :ivar is_list: whether it is the list.
    """

    is_list = False

    def check_format(self) -> None:
        """Refuse a format that has no lists, before anything is asked for.

        :raises CommandError: if the format is one of those.
        """
        if self.is_list and not isinstance(
            self.formatter, formatters.ListFormatter
        ):
            raise exceptions.CommandError(
                _(
                    'What is shown of several images, and a plan, is a list: '
                    'choose another format for it.'
                )
            )

    def produce_output(
        self,
        parsed_args: argparse.Namespace,
        column_names: Sequence[str],
        data: Any,
    ) -> int:
        if not self.is_list:
            return super().produce_output(parsed_args, column_names, data)
        formatter: Any = self.formatter
        shown, selector = self._generate_columns_and_selector(
            parsed_args, column_names
        )
        if selector:
            data = [list(self._compress_iterable(i, selector)) for i in data]
        formatter.emit_list(
            self.fit(parsed_args, shown),
            [self.fit(parsed_args, row) for row in data],
            self.app.stdout,
            parsed_args,
        )
        return 0
