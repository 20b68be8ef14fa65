# SPDX-License-Identifier: Apache-2.0

"""What a Glance with MariaDB or MySQL cannot keep of a record.

Most sites have one. It answers such a record with 500, whatever it is.
"""

from collections.abc import Iterator
from collections.abc import Mapping
from typing import Any
import unicodedata

from glint.i18n import _
from glint.image import record as records

#: Bytes of a column of the type TEXT.
MAX_VALUE = 65_535
#: How much of a name is shown.
_SHOWN = 40
#: How many names are shown.
_FEW = 4


def faults(body: Mapping[str, Any]) -> Iterator[str]:
    """Say what of a record does not go into such a database.

    :param body: the record to create
    :returns: sentences for people
    """
    names = records.properties(body)
    alike: dict[str, list[str]] = {}
    for name in names:
        alike.setdefault(_key(name), []).append(name)
    for same in alike.values():
        if len(same) > 1:
            yield _(
                'These property names are one to MariaDB and MySQL, which '
                'tell no case, accents or blanks at the end: %s.'
            ) % _listed(same)
    long = [
        name for name in names if len(str(body[name]).encode()) > MAX_VALUE
    ]
    if long:
        yield _(
            'MariaDB and MySQL take at most 65,535 bytes, and these '
            'properties have more: %s.'
        ) % _listed(long)


def _key(name: str) -> str:
    """Reduce a name to what the usual collations compare."""
    letters = unicodedata.normalize('NFD', name.casefold())
    return ''.join(c for c in letters if not unicodedata.combining(c)).rstrip(
        ' '
    )


def _listed(names: list[str]) -> str:
    shown = [f'"{name[:_SHOWN]}"' for name in names[:_FEW]]
    return ', '.join(shown) + (', ...' if len(names) > _FEW else '')
