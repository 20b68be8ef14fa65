# SPDX-License-Identifier: Apache-2.0

"""What sites answered when they were asked for their images.

A row holds all images of one answer, packed: a few rows are read and written
in a fraction of the time that a row for each image takes.
"""

from collections.abc import Collection
from collections.abc import Iterable
from collections.abc import Iterator
from collections.abc import Mapping
from datetime import datetime
from datetime import timedelta
import functools
import json
from typing import Any
from typing import NamedTuple
import uuid
import zlib

from oslo_db import exception as db_exception
import sqlalchemy as sa

from glint import states
from glint.db import clock
from glint.db import engine
from glint.db import locking
from glint.db import models
from glint.db import purge as purges

ImageListing = models.ImageListing

#: Higher ones take three times as long and save little: most are digests.
_LEVEL = 1


class Key(NamedTuple):
    """Who was asked for what.

    :ivar credential_id: whose view it is.
    :ivar scope: which of the images that the credential may see.
    """

    credential_id: str
    scope: str


class Listing(NamedTuple):
    """What is known of an answer but for the images.

    :ivar asked_at: when the site was last asked.
    :ivar listed_at: when it last gave the images, None for never.
    :ivar age: how long ago it was asked.
    """

    state: str
    detail: str | None
    asked_at: datetime
    listed_at: datetime | None
    age: timedelta


class Kind(NamedTuple):
    """What many images of a site have in common."""

    status: str
    visibility: str | None
    os_hidden: bool
    protected: bool
    owner: str | None
    disk_format: str | None
    container_format: str | None


class Image(NamedTuple):
    """An image that a site has.

    :ivar content: the hash of its data, with the algorithm before a colon;
        None if it is not known.
    """

    id: str
    name: str | None
    size: int | None
    checksum: str | None
    content: str | None
    updated_at: str | None
    kind: Kind


def now(context: engine.Context) -> datetime:
    """Say when an answer that is asked for now is true."""
    with engine.reader(context) as session:
        return clock.now(session)


def index(
    context: engine.Context, credential_ids: Collection[str]
) -> dict[Key, Listing]:
    """Read what is known of the answers to some credentials."""
    columns = (
        ImageListing.state,
        ImageListing.detail,
        ImageListing.asked_at,
        ImageListing.listed_at,
    )
    query = sa.select(
        ImageListing.credential_id, ImageListing.scope, *columns
    ).where(ImageListing.credential_id.in_(credential_ids))
    with engine.reader(context) as session:
        present = clock.now(session)
        return {
            Key(*row[:2]): Listing(*row[2:], age=present - row.asked_at)
            for row in session.execute(query)
        }


def images(context: engine.Context, key: Key) -> Iterator[Image]:
    """Read the images of one answer, none if there never was one."""
    query = sa.select(ImageListing.images).where(
        ImageListing.credential_id == key.credential_id,
        ImageListing.scope == key.scope,
    )
    with engine.reader(context) as session:
        packed = session.scalar(query)
    return _unpack(packed) if packed else iter(())


def image_name(
    context: engine.Context, credential_id: str, image_id: str
) -> str | None:
    """Say what an image is called, as far as its site has listed it."""
    query = sa.select(ImageListing.images).where(
        ImageListing.credential_id == credential_id,
        ImageListing.images.is_not(None),
    )
    with engine.reader(context) as session:
        answers = session.scalars(query).all()
    for packed in answers:
        for image in _unpack(packed or b''):
            if image.id == image_id:
                return image.name
    return None


def listed(
    context: engine.Context,
    key: Key,
    asked_at: datetime,
    records: Iterable[Mapping[str, Any]],
    detail: str | None = None,
) -> None:
    """Keep what a site answered.

    :param asked_at: when it was asked; a later answer is left as it is.
    :param records: the images, with the fields of :class:`Image` and
        :class:`Kind`.
    :param detail: what is to be known about them.
    """
    _write(
        context,
        key,
        asked_at,
        state=states.LISTING_OK,
        detail=detail,
        listed_at=asked_at,
        images=_pack(records),
    )


def failed(
    context: engine.Context,
    key: Key,
    asked_at: datetime,
    state: str,
    detail: str,
) -> None:
    """Note that a site gave no images; those of before are kept.

    :param asked_at: when it was asked; a later answer is left as it is.
    :param state: one of ``states.LISTING_STATES``.
    :param detail: why.
    """
    _write(context, key, asked_at, state=state, detail=detail)


def purge(context: engine.Context, age: timedelta) -> purges.Purged:
    """Remove the answers that nobody has asked for again.

    :param age: for how long at least.
    """
    with engine.reader(context) as session:
        old = ImageListing.asked_at < clock.now(session) - age
        ids = session.scalars(sa.select(ImageListing.id).where(old)).all()
    removed = _remove(context, ids, old)
    with engine.reader(context) as session:
        left = sa.select(sa.func.count(ImageListing.id)).where(
            ImageListing.id.in_(ids), old
        )
        return purges.Purged(removed, session.scalar(left) or 0)


@engine.retried
def _remove(
    context: engine.Context,
    ids: Collection[str],
    old: sa.ColumnElement[bool],
) -> int:
    """Remove those rows that are still old, and that nobody has locked."""
    with engine.writer(context) as session:
        free = locking.lock(session, ImageListing, ids, old, wait=False)
        return locking.changed(
            session, sa.delete(ImageListing).where(ImageListing.id.in_(free))
        )


def _write(
    context: engine.Context, key: Key, asked_at: datetime, **values: Any
) -> None:
    if _update(context, key, asked_at, **values):
        return
    try:
        _insert(context, key, asked_at, **values)
    except db_exception.DBDuplicateEntry:
        # Later, or written meanwhile by another conductor.
        _update(context, key, asked_at, **values)
    except db_exception.DBReferenceError:
        # The credential was deleted, and nobody may see this any more.
        return


@engine.retried
def _update(
    context: engine.Context, key: Key, asked_at: datetime, **values: Any
) -> bool:
    with engine.writer(context) as session:
        changed = locking.changed(
            session,
            sa.update(ImageListing)
            .where(
                ImageListing.credential_id == key.credential_id,
                ImageListing.scope == key.scope,
                ImageListing.asked_at <= asked_at,
            )
            .values(asked_at=asked_at, **values),
        )
        return bool(changed)


@engine.retried
def _insert(
    context: engine.Context, key: Key, asked_at: datetime, **values: Any
) -> None:
    with engine.writer(context) as session:
        session.add(
            ImageListing(
                id=str(uuid.uuid4()),
                **key._asdict(),
                asked_at=asked_at,
                **values,
            )
        )
        session.flush()


def _pack(records: Iterable[Mapping[str, Any]]) -> bytes:
    kinds: dict[Kind, int] = {}
    rows = []
    for record in records:
        kind = Kind(*(record[name] for name in Kind._fields))
        number = kinds.setdefault(kind, len(kinds))
        fields = (record[name] for name in Image._fields[:-1])
        rows.append([*fields, number])
    text = json.dumps({'kinds': list(kinds), 'images': rows})
    return zlib.compress(text.encode(), _LEVEL)


def _unpack(packed: bytes) -> Iterator[Image]:
    content = json.loads(zlib.decompress(packed))
    kinds = [Kind(*kind) for kind in content['kinds']]
    for row in content['images']:
        row[-1] = kinds[row[-1]]
    # There may be 100,000; Image._make takes three times as long.
    return map(functools.partial(tuple.__new__, Image), content['images'])
