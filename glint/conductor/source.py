# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

"""The image that a batch of copies is made from."""

import concurrent.futures
import threading

from glint import conf
from glint.conductor import access
from glint.conductor import feed as feeds
from glint.db import engine
from glint.db import replication as db_replication
from glint.image import download
from glint.image import images
from glint.image import interrupt as interrupts
from glint.image import record as records
from glint.image import session as sessions

#: How often a copy that waits for the source looks whether it is wanted.
_PATIENCE = 0.2


class Source:
    """The source's record, and its bytes once a copy asks for them.

    One thread calls :meth:`open`; all others get what came out of it.
    """

    def __init__(
        self, context: engine.Context, replication: db_replication.Replication
    ) -> None:
        self.replication = replication
        self.interrupt = interrupts.Interrupt()
        self._context = context
        self._record: concurrent.futures.Future[images.Record]
        self._record = concurrent.futures.Future()
        self._session: sessions.SiteSession | None = None
        self._feed: feeds.Feed | None = None
        self._lock = threading.Lock()

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
            self.interrupt,
        )
        record = images.get(self._session, self.replication.image_id)
        refusal = records.refusal(record, self._session.site.name)
        if refusal is not None:
            raise refusal
        db_replication.set_image(
            self._context,
            self.replication.id,
            name=record.get('name'),
            size=record.get('size'),
        )
        return record

    def record(self, interrupt: interrupts.Interrupt) -> images.Record:
        """Wait for the source's record.

        :param interrupt: ends the wait.
        :raises SiteFailure: if the image cannot be replicated.
        :raises Interrupted: if the interrupt was set.
        """
        while True:
            interrupt.check()
            try:
                return self._record.result(_PATIENCE)
            except concurrent.futures.TimeoutError:
                # Either the wait ended or the source itself timed out.
                if self._record.done():
                    raise

    @property
    def session(self) -> sessions.SiteSession:
        """The session at the source, once its record is there."""
        if self._session is None:
            raise RuntimeError('The source is not open.')
        return self._session

    def feed(self) -> feeds.Feed:
        """Start to read the bytes, or join who does already."""
        with self._lock:
            if self._feed is None:
                self._feed = self._start_feed()
            return self._feed

    def _start_feed(self) -> feeds.Feed:
        record = self._record.result()
        feed = feeds.Feed(
            self._read_from,
            site=self.session.site.name,
            # Some stores leave 0 where the size is not known.
            size=record.get('size') or None,
            expected=records.hashes(record),
            # With no hash to expect, ours is what the targets must match.
            algorithms=() if records.hashes(record) else ('sha512',),
            spool_dir=conf.CONF.conductor.spool_dir,
            interrupt=self.interrupt,
        )
        feed.start()
        return feed

    def _read_from(self, offset: int) -> feeds.Source:
        return download.open_source(
            self.session,
            self.replication.image_id,
            offset,
            interrupt=self.interrupt,
            timeout=conf.CONF.network.stall_timeout,
        )

    def digest(self, algorithm: str) -> str | None:
        """Say what the hash of the right bytes is.

        :param algorithm: such as ``sha512``.
        :returns: the digest in hexadecimal; None if it is not known without
            reading the bytes.
        :raises SiteFailure: if the bytes were read and are wrong.
        """
        if self._feed is not None:
            return self._feed.digest(algorithm)
        return records.hashes(self._record.result()).get(algorithm)

    def close(self) -> None:
        """Free the bytes and the connections."""
        self.interrupt.set('the copies are done')
        with self._lock:
            if self._feed is not None:
                self._feed.close()
        if self._session is not None:
            self._session.close()
