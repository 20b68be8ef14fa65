# SPDX-License-Identifier: Apache-2.0

"""Secrets, which come from anywhere but the command line.

A process list, the history of a shell and the debug log show what is on it.
"""

import argparse
import getpass
import os
import sys

from osc_lib import exceptions

from glintclient.i18n import _
from glintclient.osc.v1 import cloud


def add_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that say where a secret is.

    :param parser: of a command that wants one.
    """
    places = parser.add_mutually_exclusive_group()
    places.add_argument(
        '--secret-file',
        metavar='<file>',
        help=_(
            'File with the secret, - for the standard input (default: ask '
            'for it, without echo)'
        ),
    )
    places.add_argument(
        '--secret-env',
        metavar='<variable>',
        help=_('Environment variable with the secret'),
    )


def read(parsed_args: argparse.Namespace, prompt: str) -> str:
    """Get a secret from where the options say that it is.

    :param parsed_args: with the options above.
    :param prompt: what to ask for, where it has to be asked for.
    :raises CommandError: if there is none.
    """
    if parsed_args.secret_file == '-':  # noqa: S105
        found = sys.stdin.read()
    elif parsed_args.secret_file:
        found = cloud.read_file(parsed_args.secret_file)
    elif parsed_args.secret_env:
        found = os.environ.get(parsed_args.secret_env, '')
    elif sys.stdin.isatty():
        found = getpass.getpass(prompt)
    else:
        raise exceptions.CommandError(
            _(
                'There is no terminal to ask for the secret at; say where it '
                'is with --secret-file or --secret-env.'
            )
        )
    # Editors and echo end a file with a new line.
    found = found.rstrip('\r\n')
    if not found:
        raise exceptions.CommandError(_('The secret is empty.'))
    return found
