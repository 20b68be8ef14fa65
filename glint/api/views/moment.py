# SPDX-License-Identifier: Apache-2.0

"""How moments look in answers."""

from datetime import datetime


def view(moment: datetime | None) -> str | None:
    """Write a moment in ISO 8601.

    :param moment: naive UTC, or None.
    """
    if moment is None:
        return None
    return moment.isoformat(timespec='microseconds') + 'Z'
