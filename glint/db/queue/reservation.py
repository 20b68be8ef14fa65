# SPDX-License-Identifier: Apache-2.0

"""Who of several copies makes an image that all of them are to bring."""

from collections.abc import Collection
from collections.abc import Mapping
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm

from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import locking
from glint.db import models

ImageCopy = models.ImageCopy
Replication = models.Replication

#: In these phases a copy has made something at its target.
_BEGUN = (states.SENDING, states.VERIFYING)


class Maker(NamedTuple):
    """A copy that makes an image that another one is to bring.

    :ivar image_ids: of all that it makes, noted before that is made.
    :ivar begun: whether some of it is there already.
    """

    copy_id: str
    replication_id: str
    credential_id: str
    image_ids: tuple[str, ...]
    begun: bool


@engine.retried
def reserve(
    context: engine.Context,
    copy: ImageCopy,
    image_id: str,
    made: Mapping[str, str | None] | None = None,
    *,
    strangers: Collection[str] = (),
) -> Maker | None:
    """Note what a copy is to make, unless another one makes some of it.

    That is so for copies to one site, within a project, of one image or of
    one content, also that of a kernel or a ramdisk. All is noted or nothing,
    so that no two copies wait for each other.

    :param copy: the row as it was claimed.
    :param image_id: the id of the image.
    :param made: the contents of what is made beside it, by the ids; None for
        what is complete.
    :param strangers: ids of copies that are not to be waited for.
    :returns: who makes it, or removes it, None if it is this copy's from now
        on.
    """
    with engine.writer(context) as session:
        _lock(session, copy)
        mine = session.get_one(Replication, copy.replication_id)
        wanted = _contents(mine, image_id, made)
        query = _others(copy).where(
            sa.or_(
                ImageCopy.state.in_(states.HELD),
                _is_cleaned(clock.now(session)),
            ),
            ImageCopy.id.not_in(strangers),
            Replication.project_id == mine.project_id,
        )
        for other, theirs in session.execute(query):
            makes = _contents(
                theirs, other.target_image_id, other.made_image_ids
            )
            if not wanted.isdisjoint(makes):
                return _maker(other)
        _note(session, copy, target_image_id=image_id, made_image_ids=made)
        return None


@engine.retried
def withdraw(
    context: engine.Context,
    copy: ImageCopy,
    image_id: str,
    contents: Collection[str],
    made: Mapping[str, str | None],
) -> bool:
    """Let nobody adopt a complete image any more, as it is to be removed.

    Who comes for its content from now on finds this copy at it, and waits.

    :param copy: the row as it was claimed, or taken to be cleaned.
    :param image_id: the image.
    :param contents: its content, by each hash that is known.
    :param made: what is noted beside the copy's image from now on.
    :returns: False if a copy counts on the image, so that it has to stay, or
        if this copy is another conductor's by now.
    """
    with engine.writer(context) as session:
        _lock(session, copy)
        query = _others(copy).where(ImageCopy.state.in_(states.HELD))
        for other, theirs in session.execute(query):
            noted = other.made_image_ids or {}
            counts_on = _contents(theirs, other.target_image_id, noted)
            if image_id in noted or not counts_on.isdisjoint(contents):
                return False
        return _note(session, copy, made_image_ids=made)


def _lock(session: orm.Session, copy: ImageCopy) -> None:
    """Have one look at a site at a time: the second has to see the first."""
    session.execute(
        sa.update(models.Site)
        .where(models.Site.id == copy.target_site_id)
        .values(updated_at=models.Site.updated_at)
    )


def _others(copy: ImageCopy) -> sa.Select[ImageCopy, Replication]:
    """:returns: the query for the other copies to the same site."""
    return (
        sa.select(ImageCopy, Replication)
        .join(Replication, ImageCopy.replication_id == Replication.id)
        .where(
            ImageCopy.target_site_id == copy.target_site_id,
            ImageCopy.id != copy.id,
        )
    )


def _is_cleaned(now: datetime) -> sa.ColumnElement[bool]:
    """Say whether what a copy left behind is being removed now."""
    return sa.and_(
        ImageCopy.cleaned_at.is_not(None),
        ImageCopy.next_attempt_at > now,
        # Not one that has been tried again since.
        sa.or_(
            ImageCopy.state.in_(states.FINAL),
            sa.and_(ImageCopy.state == states.QUEUED, ImageCopy.attempts == 0),
        ),
    )


def _note(
    session: orm.Session,
    copy: ImageCopy,
    made_image_ids: Mapping[str, str | None] | None,
    **values: str,
) -> bool:
    """Note what a copy makes; return whether it is still this one's."""
    changed = locking.changed(
        session,
        sa.update(ImageCopy)
        .where(
            ImageCopy.id == copy.id,
            ImageCopy.lease == copy.lease,
            ImageCopy.cleaned_at == copy.cleaned_at,
        )
        .values(made_image_ids=made_image_ids or None, **values),
    )
    return bool(changed)


def _contents(
    replication: Replication,
    image_id: str | None,
    made: Mapping[str, str | None] | None,
) -> set[object]:
    """:returns: what tells that two copies make the same."""
    found: set[object] = set((made or {}).values())
    if image_id is not None:
        found.add((replication.source_site_id, replication.image_id))
        found.add(replication.source_hash)
    return found - {None}


def _maker(copy: ImageCopy) -> Maker:
    ids = (copy.target_image_id, *(copy.made_image_ids or ()))
    return Maker(
        copy.id,
        copy.replication_id,
        copy.credential_id,
        tuple(image_id for image_id in ids if image_id is not None),
        copy.phase in _BEGUN,
    )
