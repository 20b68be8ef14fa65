# SPDX-License-Identifier: Apache-2.0

"""Makes one image at a target: its record, then its data."""

from collections.abc import Container
from collections.abc import Mapping
import contextlib
from typing import Any

from oslo_log import log

from glint.conductor.copy import creation
from glint.conductor.copy import leftover
from glint.conductor.copy import run as runs
from glint.conductor.copy import sending
from glint.conductor.copy import source as sources
from glint.image import failure
from glint.image import images
from glint.image import session as sessions
from glint.image.refusal import row as failure_row
from glint.stream import feed as feeds

LOG = log.getLogger(__name__)

Action = failure_row.Action

#: After these the data are sent again within the attempt, once for each.
_AGAIN = (Action.RESEND, Action.FRESH_TOKEN, Action.RECREATE)


class Making:
    """One image at the target of a copy: the one asked for, or a part of it.

    :param source: the image at the source, open.
    :param session: at the target.
    :param body: the record to create; where it has no id, the one that is
        noted is used, or a new one.
    :param fixed: the properties that must not be left out.
    :param part: whether it is made for another image.
    """

    def __init__(
        self,
        run: runs.CopyRun,
        source: sources.Source,
        session: sessions.SiteSession,
        body: Mapping[str, Any],
        *,
        fixed: Container[str] = (),
        part: bool = False,
    ) -> None:
        self._run = run
        self._source = source
        self._session = session
        self._part = part
        self._creation = creation.Creation(
            run, source, session, body, fixed, part
        )

    @property
    def image_id(self) -> str:
        """The image at the target; empty until its id is chosen."""
        return self._creation.image_id

    def make(self) -> images.Record | None:
        """Make the record and then send the data, as the two below.

        The source is opened while the target makes the record.

        :returns: the target's record; None if the image is there already.
        :raises SiteFailure: if the source or the target fails.
        """
        with self._source.feed() as feed:
            return self._send_all(feed) if self._creation.create() else None

    def send(self) -> images.Record:
        """Send the data until the target has them, verified.

        :returns: the target's record.
        :raises SiteFailure: if the source or the target fails.
        """
        with self._source.feed() as feed:
            return self._send_all(feed)

    def _send_all(self, feed: feeds.Feed) -> images.Record:
        spent: set[Action | None] = set()
        with contextlib.ExitStack() as held:
            while True:
                try:
                    return self._send(feed)
                except failure.SiteFailure as e:
                    # The source's failures are not the target's to mend.
                    mine = e.call in ('upload', 'verify')
                    if not mine or e.action not in _AGAIN or e.action in spent:
                        raise
                    LOG.info(
                        'Image %s is sent again: %s', self.image_id, e.detail
                    )
                    spent.add(e.action)
                    usable = e.action != Action.RECREATE and self._takes_data()
                if not usable:
                    self._creation.recreate()
                # The feed of the try before is held, so that its bytes are
                # still there.
                feed = held.enter_context(self._source.feed())

    def _send(self, feed: feeds.Feed) -> images.Record:
        found = sending.send(self._run, self._session, self.image_id, feed)
        if not self._part:
            self._source.note_size(found['size'], self._run.interrupt)
        return found

    def _takes_data(self) -> bool:
        found = images.find(self._session, self.image_id)
        return found is not None and leftover.takes_data(found)
