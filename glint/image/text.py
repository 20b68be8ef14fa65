# SPDX-License-Identifier: Apache-2.0

"""What text of a site is let in."""

import re
from typing import Any

#: Half a character, which JSON can name, cannot be written anywhere; and no
#: database but SQLite and MariaDB keeps the character 0.
_HALVES = re.compile('[\ud800-\udfff]')
_UNFIT = re.compile('[\x00\ud800-\udfff]')


def fits(value: Any, most: int) -> bool:
    """Say whether a value is text that can be kept.

    :param most: how many characters it may have
    """
    return (
        isinstance(value, str)
        and len(value) <= most
        and not _UNFIT.search(value)
    )


def is_whole(value: str) -> bool:
    """Say whether a text can be sent to another site."""
    return not _HALVES.search(value)


def printable(value: str) -> str:
    """Write what a terminal or a log could take for a command as an escape."""
    return ''.join(
        c if c.isprintable() else c.encode('unicode_escape').decode()
        for c in value
    )


def mended(value: str) -> str:
    """Replace by a question mark what cannot be kept."""
    return _UNFIT.sub('?', value)
