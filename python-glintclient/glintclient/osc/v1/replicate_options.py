# SPDX-License-Identifier: Apache-2.0

"""The options of "openstack image replicate" that change what arrives."""

import argparse
from typing import Any

from osc_lib.cli import parseractions

from glintclient.i18n import _


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add them.

    :param parser: of a command that replicates.
    """
    parser.add_argument(
        '--name',
        metavar='<name>',
        help=_('Another name for the copies'),
    )
    parser.add_argument(
        '--visibility',
        metavar='<visibility>',
        choices=['private', 'shared', 'community', 'public'],
        help=_('private, shared, community or public (default: as it is)'),
    )
    parser.add_argument(
        '--preserve-id',
        action='store_true',
        help=_('Give the copies the ID of the image, where it is free'),
    )
    parser.add_argument(
        '--property',
        metavar='<key=value>',
        dest='properties',
        action=parseractions.KeyValueAction,
        help=_('Property for the copies (repeat for several properties)'),
    )
    parser.add_argument(
        '--remove-property',
        metavar='<key>',
        action='append',
        help=_(
            'Property that the copies do not get (repeat for several '
            'properties)'
        ),
    )
    parser.add_argument(
        '--member-copy',
        action='store_true',
        help=_('Share the copies with the same projects'),
    )
    parser.add_argument(
        '--on-conflict',
        metavar='<what>',
        choices=['skip', 'rename', 'fail'],
        help=_(
            'What to do if a site has another image of the same name: skip '
            'that site, rename the copy, or fail (default: have both)'
        ),
    )
    parser.add_argument(
        '--on-difference',
        metavar='<what>',
        choices=['copy', 'amend', 'adopt'],
        help=_(
            'What to do if a site has the same bytes as another image, by '
            'its formats, its properties, the name or the visibility that '
            'are asked for: make a copy beside it, amend that image if it '
            'is your own, or adopt it as it is (default: copy)'
        ),
    )
    parser.add_argument(
        '--client-token',
        metavar='<word>',
        help=_(
            'A word by which a repeated command does not copy twice; it '
            'belongs to this image, these sites and these options. Of several '
            'images, each has the word <word>-<ID of the image>'
        ),
    )


def given(parsed_args: argparse.Namespace) -> dict[str, Any]:
    """Return those that were given, as the API wants them.

    :param parsed_args: with the options above.
    """
    options: dict[str, Any] = {
        'image_name': parsed_args.name,
        'visibility': parsed_args.visibility,
        'preserve_id': parsed_args.preserve_id,
        'members': parsed_args.member_copy,
        'on_conflict': parsed_args.on_conflict,
        'on_difference': parsed_args.on_difference,
        'properties': {
            key: value
            for key, value in (
                ('set', parsed_args.properties),
                ('remove', parsed_args.remove_property),
            )
            if value
        },
    }
    return {key: value for key, value in options.items() if value}
