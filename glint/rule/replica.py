# SPDX-License-Identifier: Apache-2.0

"""An image at a target that a rule keeps like its source."""

from collections.abc import Mapping
import dataclasses
from datetime import datetime
from typing import Any


@dataclasses.dataclass(frozen=True)
class Replica:
    """What is known of it since the last execution.

    :ivar state: one of ``states.REPLICA_STATES``.
    :ivar image_id: at the target; None before there is one.
    :ivar content: of the image, see :func:`glint.image.record.content`.
    :ivar adopted: whether it was there before the rule; nothing of it is
        ever changed.
    :ivar written: the values that Glint wrote last, by field or property.
    :ivar refused: the fields that the target does not let be set.
    :ivar withdrawn: what Glint did to it because its source was deactivated
        or went away: :data:`HIDDEN`, :data:`DEACTIVATED`.
    :ivar gone_at: when the source was first not found any more.
    :ivar gone_count: in how many executions in a row it was not found.
    :ivar restored: how often it had to be made anew, as it was missing.
    :ivar tries: how many replications of it failed in a row.
    :ivar next_try_at: before this moment a failed copy is not tried again.
    """

    source_image_id: str
    site_id: str
    name: str | None
    state: str
    image_id: str | None = None
    content: str | None = None
    adopted: bool = False
    written: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    withdrawn: frozenset[str] = frozenset()
    gone_at: datetime | None = None
    gone_count: int = 0
    restored: int = 0
    tries: int = 0
    next_try_at: datetime | None = None


HIDDEN = 'hidden'
DEACTIVATED = 'deactivated'
