# SPDX-License-Identifier: Apache-2.0

"""What a tick stands for: an image that is to go to a site."""

from typing import NamedTuple
from typing import Self
import uuid


class Tick(NamedTuple):
    """One cell of the matrix.

    :ivar source_site_id: where the image is read.
    :ivar image_id: its id there.
    :ivar target_site_id: where it is to go.
    """

    source_site_id: str
    image_id: str
    target_site_id: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read the value of a checkbox.

        :raises ValueError: when it is none of ours.
        """
        tick = cls(*text.split('/'))
        for part in tick:
            uuid.UUID(part)
        return tick

    def __str__(self) -> str:
        return '/'.join(self)


def group(ticks: list[Tick]) -> dict[tuple[str, str], list[str]]:
    """Make one replication of all ticks of an image.

    :returns: the sites that it is to go to, by source site and image.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for tick in dict.fromkeys(ticks):
        source = (tick.source_site_id, tick.image_id)
        groups.setdefault(source, []).append(tick.target_site_id)
    return groups
