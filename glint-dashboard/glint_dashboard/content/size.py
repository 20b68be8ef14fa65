# SPDX-License-Identifier: Apache-2.0

"""Numbers of bytes as people read them, in the units of the other clients."""

from django.utils import formats

_UNITS = ('B', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB')
#: Number and unit stay in one line.
_SPACE = '\xa0'


def text(count: int | None) -> str:
    """Write a number of bytes as "360.0 MiB", a dash where it is unknown."""
    if count is None:
        return '–'
    value, unit = float(count), 0
    while value >= 1000 and unit < len(_UNITS) - 1:
        value /= 1024
        unit += 1
    # Django cuts decimals off, it does not round.
    number = formats.number_format(round(value, 1), 1) if unit else count
    return f'{number}{_SPACE}{_UNITS[unit]}'
