# SPDX-License-Identifier: Apache-2.0

"""Lengths of time as people type them: 6h, 7d."""

import argparse
import re

from glintclient.i18n import _

#: The seconds of each unit, the longest first.
_UNITS = {'w': 604800, 'd': 86400, 'h': 3600, 'm': 60, 's': 1}
_SPAN = re.compile(r'(\d+)([wdhms]?)', re.ASCII)


def read(text: str) -> int:
    """Read a length of time.

    :param text: a number with a unit, or of seconds.
    :returns: seconds.
    :raises argparse.ArgumentTypeError: if it is something else.
    """
    found = _SPAN.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(
            _('%s is no length of time: give one as 90s, 30m, 6h, 7d or 2w.')
            % text
        )
    return int(found[1]) * _UNITS[found[2] or 's']


def write(seconds: int) -> str:
    """Write a length of time so that :func:`read` reads it.

    :param seconds: how long it is.
    :returns: as "6h", in the longest unit up to days that it is a whole of.
    """
    for unit in 'dhm':
        if seconds and seconds % _UNITS[unit] == 0:
            return f'{seconds // _UNITS[unit]}{unit}'
    return f'{seconds}s'
