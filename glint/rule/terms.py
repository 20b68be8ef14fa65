# SPDX-License-Identifier: Apache-2.0

"""What a rule says, and what a site has: what a comparison begins with."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
import dataclasses
from datetime import datetime
from datetime import timedelta
from typing import Any
from typing import NamedTuple

from glint.image import record as records

Record = records.Record

RESTORE = 'restore'
REPORT = 'report'

KEEP = 'keep'
HIDE = 'hide'
DEACTIVATE = 'deactivate'
DELETE = 'delete'
#: What ``deselected`` may say: the same as for what is deleted.
SAME = 'same'


@dataclasses.dataclass(frozen=True)
class Removal:
    """What becomes of replicas whose source is not there any more.

    :ivar action: for those whose source is deleted.
    :ivar deselected: for those whose source is not selected any more.
    :ivar grace: how long the source has to be gone before data is removed.
    :ivar max_count: how many of a target one execution takes away.
    :ivar max_percent: the same, of all replicas at the target.
    """

    action: str = KEEP
    deselected: str = KEEP
    grace: timedelta = timedelta(days=7)
    max_count: int = 10
    max_percent: int = 20


@dataclasses.dataclass(frozen=True)
class Terms:
    """What a rule wants.

    :ivar project_id: of the rule's credential at the source.
    """

    project_id: str | None
    target_site_ids: Sequence[str]
    select: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    options: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    follow: Collection[str] = ()
    on_drift: str = RESTORE
    on_missing: str = RESTORE
    on_removed: Removal = Removal()


@dataclasses.dataclass(frozen=True)
class Listing:
    """All images that a site shows, by their ids.

    :ivar complete: whether the site has no others.
    """

    images: Mapping[str, Record]
    complete: bool = True


@dataclasses.dataclass(frozen=True)
class Facts:
    """What is known beside the listings.

    :ivar now: when they were asked for.
    :ivar same_project: whether the source is still asked as the project that
        the rule was made for.
    :ivar answers: the HTTP status with which the source answered for each
        image that it does not list any more.
    :ivar others: what other rules and replications hold, as pairs of the
        site and the image there.
    :ivar approved: what a user let go, as pairs of the image at the source
        and the site.
    """

    now: datetime
    same_project: bool = True
    answers: Mapping[str, int] = dataclasses.field(default_factory=dict)
    others: Collection[tuple[str, str]] = ()
    approved: Collection[tuple[str, str]] = ()


class Item(NamedTuple):
    """What a pass does with one image at one target.

    :ivar action: one of :data:`ACTIONS`.
    :ivar changes: pairs of the value there and the new one, by field.
    :ivar size: bytes to copy.
    :ivar reason: why, for people.
    :ivar becomes: the state of the replica when it is done; None if that
        stays.
    :ivar asks: whether a user has to let it go.
    """

    action: str
    source_image_id: str
    name: str | None
    site_id: str
    image_id: str | None = None
    changes: Mapping[str, tuple[Any, Any]] = {}
    size: int = 0
    reason: str | None = None
    becomes: str | None = None
    asks: bool = False


COPY = 'copy'
ADOPT = 'adopt'
AMEND = 'amend'
SHOW = 'show'
REACTIVATE = 'reactivate'
SKIP = 'skip'
CONFLICT = 'conflict'
WAIT = 'wait'
#: In the order in which they are done at a target: first of all fewer people
#: see what they are not to see, and nothing goes before all else is done.
ACTIONS = (
    DEACTIVATE,
    HIDE,
    AMEND,
    REACTIVATE,
    SHOW,
    ADOPT,
    COPY,
    DELETE,
    CONFLICT,
    WAIT,
    SKIP,
    KEEP,
)


def read(
    said: Mapping[str, Any],
    target_site_ids: Sequence[str],
    project_id: str | None,
) -> Terms:
    """Make the terms of what a rule says.

    :param said: select, options, follow, on_drift, on_missing, on_removed, as
        the API has them.
    :param project_id: of the rule's credential at the source.
    """
    removed = dict(said['on_removed'])
    grace = timedelta(seconds=removed.pop('grace'))
    return Terms(
        project_id=project_id,
        target_site_ids=target_site_ids,
        select=said['select'],
        options=said['options'],
        follow=said['follow'],
        on_drift=said['on_drift'],
        on_missing=said['on_missing'],
        on_removed=Removal(grace=grace, **removed),
    )
