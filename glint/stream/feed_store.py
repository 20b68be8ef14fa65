# SPDX-License-Identifier: Apache-2.0

"""All feeds of a conductor, so that no image is read twice at a time."""

from collections.abc import Callable
from collections.abc import Iterator
import contextlib
import dataclasses
import os
import threading

from oslo_log import log

from glint import conf
from glint.stream import feed as feeds
from glint.stream import ring
from glint.stream import spool
from glint.stream import store as stores

LOG = log.getLogger(__name__)


@dataclasses.dataclass(frozen=True)
class Key:
    """What the bytes of an image are the same by, and as free to be read.

    :ivar site_id: the source.
    :ivar credential_id: the one that they are read with.
    :ivar size: by the image's record, in bytes; None if not known.
    :ivar hashes: algorithms and digests by the image's record.
    """

    site_id: str
    image_id: str
    credential_id: str
    size: int | None
    hashes: frozenset[tuple[str, str]]


@dataclasses.dataclass(eq=False)
class _Entry:
    """A feed with the number of those who use it.

    :ivar limit: bytes of the spool that it may take.
    :ivar timer: ends a feed that nobody uses.
    """

    feed: feeds.Feed
    store: stores.Store
    limit: int
    users: int = 0
    timer: threading.Timer | None = None

    @property
    def space(self) -> int:
        """Bytes that it takes, or may yet take, of the spool."""
        size = self.feed.size
        return self.limit if size is None else min(self.limit, size)


class FeedStore:
    """Gives one feed to all who need the same bytes.

    A feed that is complete and right stays for a while after its last user,
    for copies that are tried again and for further replications, as long as
    no other needs its room.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        #: Those in the spool; of those not used, the oldest comes first.
        self._entries: dict[Key, _Entry] = {}
        #: Those in memory, each of one user.
        self._single: dict[_Entry, Key] = {}

    @contextlib.contextmanager
    def use(
        self,
        key: Key,
        site: str,
        make: Callable[[Key, stores.Store], feeds.Feed],
        alone: bool = False,
    ) -> Iterator[feeds.Feed]:
        """Take part in a feed for the time of the block.

        Where the spool has no room, or nobody else is to come, the feed is in
        memory and this user's alone: so one that is slow never slows another.

        :param key: says which bytes.
        :param site: the source's name, for messages.
        :param make: makes the feed if there is none, not yet started.
        :param alone: whether no other user is known of.
        :raises SiteFailure: if there is nowhere to keep the bytes.
        """
        entry = self._enter(key, site, make, alone)
        try:
            yield entry.feed
        finally:
            self._leave(key, entry)

    def spooled(self) -> int:
        """:returns: how many bytes are in the spool."""
        with self._lock:
            return sum(entry.store.spooled for entry in self._all())

    def close(self) -> None:
        """End all feeds."""
        with self._lock:
            for key in list(self._entries):
                self._drop(key)
            for entry in self._single:
                entry.feed.close()

    def _all(self) -> list[_Entry]:
        return [*self._entries.values(), *self._single]

    def _enter(
        self,
        key: Key,
        site: str,
        make: Callable[[Key, stores.Store], feeds.Feed],
        alone: bool,
    ) -> _Entry:
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None and entry.feed.failed:
                # Its users have all they can get of it, which is why.
                self._drop(key)
                entry = None
            if entry is None:
                try:
                    entry = self._start(key, make, alone)
                except OSError as e:
                    raise feeds.no_space(site, e) from e
            if entry.timer is not None:
                entry.timer.cancel()
            entry.users += 1
            return entry

    def _start(
        self,
        key: Key,
        make: Callable[[Key, stores.Store], feeds.Feed],
        alone: bool,
    ) -> _Entry:
        # Who comes second may not be the last, so that one is joined.
        alone = alone and key not in self._single.values()
        limit, store = self._make_store(key, alone)
        entry = _Entry(make(key, store), store, limit)
        entry.feed.start()
        if store.whole:
            self._entries[key] = entry
        else:
            self._single[entry] = key
        return entry

    def _make_store(self, key: Key, alone: bool) -> tuple[int, stores.Store]:
        """Choose where to keep the bytes.

        :returns: how many may get into the spool, and the store.
        """
        directory = conf.CONF.conductor.spool_dir
        memory = conf.CONF.conductor.memory_per_feed
        size = key.size
        room = self._make_room(size)
        if size is None:
            # It may take all there is, until its size is known.
            return room, spool.Spool(directory, room)
        if size <= room:
            if alone:
                return size, ring.Ring(
                    memory,
                    lambda offset: spool.Spool(directory, size - offset),
                )
            return size, spool.Spool(directory, size)
        LOG.warning(
            'There is no room in %s for the %d bytes of image %s, so each of '
            'its copies reads the source for itself',
            directory,
            size,
            key.image_id,
        )
        return 0, ring.Ring(memory)

    def _make_room(self, size: int | None) -> int:
        """End feeds that nobody uses, as far as their room is needed.

        :param size: the bytes needed; None for all there can be.
        :returns: how many there are.
        """
        unused = [key for key, e in self._entries.items() if not e.users]
        room = self._room()
        for key in unused:
            if size is not None and size <= room:
                break
            self._drop(key)
            room = self._room()
        return room

    def _room(self) -> int:
        """Say how much the spool can take beside what it is to take."""
        space = sum(entry.space for entry in self._all())
        promised = sum(
            max(entry.space - entry.feed.available, 0) for entry in self._all()
        )
        found = os.statvfs(conf.CONF.conductor.spool_dir)
        room = found.f_bavail * found.f_frsize - promised
        cap = conf.CONF.conductor.spool_max_size
        return max(min(room, cap - space) if cap else room, 0)

    def _leave(self, key: Key, entry: _Entry) -> None:
        linger = conf.CONF.conductor.spool_linger
        with self._lock:
            entry.users -= 1
            if entry.users:
                return
            if self._entries.get(key) is not entry:
                entry.feed.close()
                self._single.pop(entry, None)
            elif linger and entry.feed.confirmed:
                self._entries[key] = self._entries.pop(key)
                entry.timer = threading.Timer(
                    linger, self._expire, (key, entry)
                )
                entry.timer.daemon = True
                entry.timer.start()
            else:
                self._drop(key)

    def _expire(self, key: Key, entry: _Entry) -> None:
        with self._lock:
            if not entry.users and self._entries.get(key) is entry:
                self._drop(key)

    def _drop(self, key: Key) -> None:
        entry = self._entries.pop(key)
        if entry.timer is not None:
            entry.timer.cancel()
        entry.feed.close()
