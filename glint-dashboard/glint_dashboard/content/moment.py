# SPDX-License-Identifier: Apache-2.0

"""Times and durations in answers of the service."""

import datetime

from django.utils import dateformat
from django.utils import dateparse
from django.utils import timezone

_FORMAT = 'Y-m-d H:i:s T'


def parse(text: str | None) -> datetime.datetime | None:
    """Read a time of an answer, None where there is none."""
    return dateparse.parse_datetime(text) if text else None


def text(moment: datetime.datetime | None) -> str:
    """Write a time as "2026-10-07 09:30:43 UTC", nothing where there is none.

    The time zone is the one that the user has chosen in Horizon.
    """
    if moment is None:
        return ''
    return str(dateformat.format(timezone.localtime(moment), _FORMAT))


def duration(seconds: int | None) -> str:
    """Write a duration as "1:02:03" or "2:03", nothing where there is none."""
    if seconds is None:
        return ''
    minutes, rest = divmod(seconds, 60)
    hours, minutes = divmod(minutes, 60)
    if hours:
        return f'{hours}:{minutes:02}:{rest:02}'
    return f'{minutes}:{rest:02}'
