# SPDX-License-Identifier: Apache-2.0

"""What the options of "rule create" and "rule set" say of a rule."""

import argparse
from collections.abc import Mapping
from typing import Any

from osc_lib import exceptions
from osc_lib.cli import parseractions

from glintclient.i18n import _
from glintclient.osc.v1 import span


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add them.

    :param parser: of a command that makes or changes a rule.
    """
    parser.add_argument(
        '--file',
        metavar='<file>',
        help=_(
            'File that has the rule as "rule show -f yaml" writes it; other '
            'options come before it'
        ),
    )
    parser.add_argument(
        '--description', metavar='<text>', help=_('Text for people')
    )
    parser.add_argument(
        '--priority',
        metavar='<priority>',
        choices=['high', 'normal', 'low'],
        help=_('Of its replications: high, normal or low (admin only)'),
    )
    _add_selection(parser)
    _add_trigger(parser)
    parser.add_argument(
        '--on-removed',
        metavar='<what>',
        choices=['keep', 'hide', 'deactivate', 'delete'],
        help=_(
            'What becomes of a replica whose image was deleted at the '
            'source: keep, hide, deactivate or delete it (default: keep)'
        ),
    )
    parser.add_argument(
        '--grace',
        metavar='<time>',
        type=span.read,
        help=_(
            'How long the image has to be gone before its replica is '
            'deleted, as 12h or 7d (default: 7d)'
        ),
    )
    parser.add_argument(
        '--visibility',
        metavar='<visibility>',
        choices=['private', 'shared', 'community', 'public'],
        help=_(
            'Of the replicas: private, shared, community or public (default: '
            'as it is)'
        ),
    )


def _add_selection(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        '--name-glob',
        metavar='<pattern>',
        action='append',
        help=_(
            "Only images of such names, as 'debian-1?', and none of such "
            "names, as '!debian-10', in quotation marks; the last pattern "
            'that matches decides (repeat for several patterns)'
        ),
    )
    parser.add_argument(
        '--tag',
        metavar='<tag>',
        action='append',
        dest='tags',
        help=_('Only images with this tag (repeat for several tags)'),
    )
    parser.add_argument(
        '--property',
        metavar='<key=value>',
        dest='properties',
        action=parseractions.KeyValueAppendAction,
        help=_(
            'Only images with this property (repeat for several properties, '
            'and for several values of one, any of which will do)'
        ),
    )
    parser.add_argument(
        '--newest',
        metavar='<number>',
        type=int,
        help=_('Only so many images of each family, the newest ones'),
    )
    parser.add_argument(
        '--family',
        metavar='<key>',
        action='append',
        help=_(
            'Property that all images of a family have the same value of '
            '(repeat for several properties) (default: all are one family)'
        ),
    )


def _add_trigger(parser: argparse.ArgumentParser) -> None:
    when = parser.add_mutually_exclusive_group()
    when.add_argument(
        '--every',
        metavar='<time>',
        type=span.read,
        help=_('Execute it so often, as 30m, 6h or 1d'),
    )
    when.add_argument(
        '--cron',
        metavar='<times>',
        help=_(
            'Execute it at these times, as cron has them, in quotation '
            'marks: minute, hour, day of the month, month and day of the week'
        ),
    )
    when.add_argument(
        '--no-schedule',
        action='store_true',
        help=_('Execute it only when it is run by hand (the default)'),
    )
    parser.add_argument(
        '--timezone',
        metavar='<zone>',
        help=_('Time zone of --cron, as Europe/Zurich (default: UTC)'),
    )


def given(
    parsed_args: argparse.Namespace, known: Mapping[str, Any]
) -> dict[str, Any]:
    """Return the fields that the options change, as the API wants them.

    :param parsed_args: with the options above.
    :param known: what the rule says without them; the service replaces each
        field as a whole.
    :raises CommandError: if an option lacks another one.
    """
    found = {
        key: getattr(parsed_args, key)
        for key in ('description', 'priority')
        if getattr(parsed_args, key) is not None
    }
    parts = {
        'select': _selection(parsed_args, known.get('select') or {}),
        'trigger': _trigger(parsed_args),
        'options': _said(visibility=parsed_args.visibility),
        'on_removed': _said(
            action=parsed_args.on_removed, grace=parsed_args.grace
        ),
    }
    return found | {
        key: {**(known.get(key) or {}), **part}
        for key, part in parts.items()
        if part
    }


def _said(**values: Any) -> dict[str, Any]:
    return {key: value for key, value in values.items() if value is not None}


def _selection(
    parsed_args: argparse.Namespace, known: Mapping[str, Any]
) -> dict[str, Any]:
    found = _said(
        names=parsed_args.name_glob, properties=parsed_args.properties
    )
    if parsed_args.tags:
        found['tags'] = {
            **(known.get('tags') or {}),
            'all': parsed_args.tags,
        }
    newest = {
        **(known.get('newest') or {}),
        **_said(count=parsed_args.newest, family=parsed_args.family),
    }
    if parsed_args.family and 'count' not in newest:
        raise exceptions.CommandError(
            _('Say with --newest how many images of each family.')
        )
    if parsed_args.newest is not None or parsed_args.family:
        found['newest'] = newest
    return found


def _trigger(parsed_args: argparse.Namespace) -> dict[str, Any]:
    found: dict[str, Any] = _said(timezone=parsed_args.timezone)
    schedule = (parsed_args.every, parsed_args.cron)
    if parsed_args.no_schedule or schedule != (None, None):
        # Of both, a rule has one or none.
        found |= {'every': parsed_args.every, 'cron': parsed_args.cron}
    return found
