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


def add_options(
    parser: argparse.ArgumentParser, sort_keys: Sequence[str]
) -> None:
    """Add --long, --sort, --limit and --marker.

    :param parser: of a command that lists.
    :param sort_keys: what the service sorts the list by.
    """
    parser.add_argument(
        '--long', action='store_true', help=_('List more fields')
    )
    add_sort_option(parser, sort_keys)
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


def add_sort_option(
    parser: argparse.ArgumentParser, sort_keys: Sequence[str]
) -> None:
    """Add --sort, as openstackclient has it.

    :param parser: of a command that lists.
    :param sort_keys: what the service sorts the list by.
    """
    parser.add_argument(
        '--sort',
        metavar='<key>[:<direction>]',
        type=_order(sort_keys),
        default={},
        help=_(
            'Sort the list by this key, asc (the default) or desc: %s. One '
            'key only; --sort-column sorts what is listed by several columns'
        )
        % ', '.join(sort_keys),
    )


def query(parsed_args: argparse.Namespace) -> dict[str, Any]:
    """Make the arguments for the proxy.

    :param parsed_args: with the options above.
    """
    found = {'max_items': parsed_args.limit, 'marker': parsed_args.marker}
    order: dict[str, Any] = parsed_args.sort
    return order | {
        key: value for key, value in found.items() if value is not None
    }


def _order(sort_keys: Sequence[str]) -> Callable[[str], dict[str, str]]:
    """Make what reads the value of --sort."""

    def read(text: str) -> dict[str, str]:
        key, colon, direction = text.partition(':')
        if ',' in text:
            fault = _('The service sorts by one key: give one of %s.')
            raise argparse.ArgumentTypeError(fault % ', '.join(sort_keys))
        if key not in sort_keys:
            fault = _('This list is sorted by %s.')
            raise argparse.ArgumentTypeError(fault % ', '.join(sort_keys))
        if colon and direction not in ('asc', 'desc'):
            raise argparse.ArgumentTypeError(
                _('The direction is asc or desc.')
            )
        return {'sort_key': key, 'sort_dir': direction or 'asc'}

    return read


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
