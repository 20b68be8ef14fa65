# SPDX-License-Identifier: Apache-2.0

"""The image that a batch of copies is made from."""

from collections.abc import Iterator
import concurrent.futures
import contextlib
import threading

from glint import conf
from glint import interrupt as interrupts
from glint.conductor import access
from glint.conductor import patience
from glint.conductor.copy import dependency
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db import replication as db_replication
from glint.db.queue import turn
from glint.image import images
from glint.image import record as records
from glint.image import session as sessions
from glint.stream import download
from glint.stream import feed as feeds
from glint.stream import feed_store
from glint.stream import store as stores

#: How often a copy that waits for the source looks whether it is wanted.
_PATIENCE = 0.2


class Overtaken(Exception):
    """The image proves to be so large that others have their turn before."""


class Source:
    """The source's record, and its bytes once a copy asks for them.

    One thread calls :meth:`open`; all others get what came out of it.

    :param store: the feeds of the conductor.
    :ivar parts: the image's kernel and ramdisk, by the property that names
        them; known once the record is.
    """

    def __init__(
        self,
        context: engine.Context,
        replication: db_replication.Replication,
        store: feed_store.FeedStore,
    ) -> None:
        self.replication = replication
        self._interrupt = interrupts.Interrupt()
        self.parts: dict[str, Source] = {}
        self._context = context
        self._store = store
        self._record: concurrent.futures.Future[images.Record]
        self._record = concurrent.futures.Future()
        self._session: sessions.SiteSession | None = None
        self._alone = False
        self._asking = threading.Lock()

    def open(self) -> None:
        """Read the image's record; :meth:`record` tells what came out."""
        try:
            self._record.set_result(self._open())
        except Exception as e:
            self._record.set_exception(e)

    def _open(self) -> images.Record:
        self._session = access.open_session(
            self._context,
            self.replication.source_site_id,
            self.replication.source_credential_id,
            self._interrupt,
        )
        record = images.get(self._session, self.replication.image_id)
        refusal = records.refusal(record, self._session.site.name)
        if refusal is not None:
            raise refusal
        self._alone = db_image_copy.is_only_try(
            self._context, self.replication.id
        )
        parts = dependency.find(
            self._session, record, self.replication.options
        )
        self.parts = {key: self._part(found) for key, found in parts.items()}
        moved = patience.patiently(
            self._interrupt,
            db_replication.set_image,
            self._context,
            self.replication.id,
            name=record.get('name'),
            size=record.get('size'),
            source_hash=records.content(record),
        )
        if moved and turn.is_overtaken(self._context, self.replication.id):
            raise Overtaken
        return record

    def _part(self, record: images.Record) -> 'Source':
        part = Source(self._context, self.replication, self._store)
        part._session = self._session
        part._alone = self._alone
        part._record.set_result(record)
        return part

    def record(self, interrupt: interrupts.Interrupt) -> images.Record:
        """Wait for the source's record.

        :param interrupt: ends the wait.
        :raises SiteFailure: if the image cannot be replicated.
        :raises Interrupted: if the interrupt was set.
        :raises Overtaken: if the replication is to go back into the queue.
        """
        while not self._record.done():
            interrupt.check()
            concurrent.futures.wait([self._record], _PATIENCE)
        interrupt.check()
        return self._record.result()

    @contextlib.contextmanager
    def asking(self, interrupt: interrupts.Interrupt) -> Iterator[None]:
        """Let one copy at a time find out what is wrong with the source.

        :param interrupt: ends the wait for the others.
        :raises Interrupted: if the interrupt was set.
        """
        while not self._asking.acquire(timeout=_PATIENCE):
            interrupt.check()
        try:
            yield
        finally:
            self._asking.release()

    @property
    def session(self) -> sessions.SiteSession:
        """The session at the source, once its record is there."""
        if self._session is None:
            raise RuntimeError('The source is not open.')
        return self._session

    def feed(self) -> contextlib.AbstractContextManager[feeds.Feed]:
        """Start to read the bytes, or join who does already.

        :returns: gives the feed, for one copy; it raises SiteFailure when
            there is nowhere to keep the bytes.
        """
        record = self._record.result()
        replication = self.replication
        key = feed_store.Key(
            site_id=replication.source_site_id,
            image_id=record['id'],
            credential_id=replication.source_credential_id,
            # Some stores leave 0 where the size is not known.
            size=record.get('size') or None,
            hashes=frozenset(records.hashes(record).items()),
        )
        return self._store.use(
            key, self.session.site.name, self._make_feed, self._alone
        )

    def _make_feed(
        self, key: feed_store.Key, store: stores.Store
    ) -> feeds.Feed:
        # Not that of the replication: others may read on when it has ended.
        interrupt = interrupts.Interrupt()
        session = self.session

        def read_from(offset: int) -> download.Download:
            return download.open_source(
                session,
                key.image_id,
                offset,
                interrupt=interrupt,
                timeout=conf.CONF.network.stall_timeout,
            )

        expected = dict(key.hashes)
        return feeds.Feed(
            read_from,
            site=session.site.name,
            size=key.size,
            expected=expected,
            # With no hash to expect, ours is what the targets must match.
            algorithms=() if expected else ('sha512',),
            store=store,
            interrupt=interrupt,
        )

    def note_size(self, size: int, interrupt: interrupts.Interrupt) -> None:
        """Write down the size that the record did not tell.

        :param size: in bytes.
        :param interrupt: ends the wait for a row that is locked.
        :raises Interrupted: if the interrupt was set.
        """
        record = self._record.result()
        if size != record.get('size'):
            patience.patiently(
                interrupt,
                db_replication.set_image,
                self._context,
                self.replication.id,
                name=record.get('name'),
                size=size,
                source_hash=records.content(record),
            )

    def close(self) -> None:
        """Free the connections, and end what is still under way."""
        # A feed that others use goes on with this session.
        if not self._record.done():
            self._interrupt.set('the copies are done')
        if self._session is not None:
            self._session.close()
