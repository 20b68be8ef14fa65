# SPDX-License-Identifier: Apache-2.0

"""What all lists have in common: their options, and how they are made."""

import argparse
from collections.abc import Callable
from collections.abc import Iterable
from collections.abc import Sequence
from typing import Any
import uuid

from glintclient.i18n import _

#: Headers, each with what takes its value out of an item.
Columns = Sequence[tuple[str, Callable[[Any], Any]]]


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add --long, --limit and --marker.

    :param parser: of a command that lists.
    """
    parser.add_argument(
        '--long', action='store_true', help=_('List more fields')
    )
    parser.add_argument(
        '--limit',
        metavar='<number>',
        type=int,
        help=_('List that many at most (default: all)'),
    )
    parser.add_argument(
        '--marker',
        metavar='<id>',
        help=_('List what comes after the one with this ID'),
    )


def query(parsed_args: argparse.Namespace) -> dict[str, Any]:
    """Make the arguments for the proxy.

    :param parsed_args: with the options above.
    """
    found = {'max_items': parsed_args.limit, 'marker': parsed_args.marker}
    return {key: value for key, value in found.items() if value is not None}


def table(
    parsed_args: argparse.Namespace,
    items: Iterable[Any],
    columns: Columns,
    more: Columns,
) -> tuple[Sequence[str], Iterable[Any]]:
    """Make what cliff shows as a list.

    :param parsed_args: with the options above.
    :param items: what is listed.
    :param columns: what is shown of each.
    :param more: what --long shows beside that.
    :returns: the headers, and the rows.
    """
    chosen = [*columns, *(more if parsed_args.long else ())]
    return [header for header, _value in chosen], (
        tuple(value(item) for _header, value in chosen) for item in items
    )


def is_id(text: str) -> bool:
    """Tell whether a text has the form of an id."""
    try:
        return str(uuid.UUID(text)) == text
    except ValueError:
        return False
