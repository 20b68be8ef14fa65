# SPDX-License-Identifier: Apache-2.0

"""Text of other people, so written that a terminal only shows it.

Images are called what their owners like, in any cloud. A control character in
a name could move the cursor, hide a line, or make the eye read another name.
"""

import logging
import re

#: Control characters, line separators, the controls of direction, and halves
#: of characters.
_UNFIT = re.compile(
    r'[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]'
)
#: What is written where the terminal lacks the character.
_PLAIN = {'✓': 'yes'}


def line(value: str, encoding: str | None = None) -> str:
    """Write a text in one line.

    :param value: the text.
    :param encoding: of the terminal, if it is known; characters that it does
        not have are escaped.
    :returns: it with escapes, such as ``\\x1b``.
    """
    found = _UNFIT.sub(_escaped, value)
    try:
        found.encode(encoding or 'utf-8')
    except UnicodeEncodeError:
        for character, word in _PLAIN.items():
            found = found.replace(character, word)
        name = encoding or 'utf-8'
        found = found.encode(name, 'backslashreplace').decode(name)
    return found


def lines(value: str, encoding: str | None = None) -> str:
    """Write a text whose lines are meant to be lines.

    :param value: the text.
    :param encoding: as for :func:`line`.
    """
    return '\n'.join(line(part, encoding) for part in value.split('\n'))


def _escaped(found: re.Match[str]) -> str:
    return found[0].encode('unicode_escape', 'surrogatepass').decode()


class Filter(logging.Filter):
    """Makes what is logged printable; errors and warnings are shown."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = lines(record.getMessage()), ()
        return True


#: The one that all commands use.
FILTER = Filter()
