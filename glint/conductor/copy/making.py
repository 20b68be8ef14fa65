# SPDX-License-Identifier: Apache-2.0

"""Makes one image at a target: its record, then its data."""

from collections.abc import Callable
from collections.abc import Container
from collections.abc import Mapping
import contextlib
from typing import Any
import uuid

from oslo_log import log

from glint import conf
from glint import states
from glint.conductor.copy import adoption
from glint.conductor.copy import leftover
from glint.conductor.copy import preflight
from glint.conductor.copy import run as runs
from glint.conductor.copy import source as sources
from glint.conductor.copy import storing
from glint.i18n import _
from glint.image import failure
from glint.image import images
from glint.image import record as records
from glint.image import session as sessions
from glint.image.refusal import row as failure_row
from glint.stream import feed as feeds
from glint.stream import upload

LOG = log.getLogger(__name__)

Action = failure_row.Action

#: After these the data are sent again within the attempt, once for each.
_AGAIN = (Action.RESEND, Action.FRESH_TOKEN, Action.RECREATE)


class _Fenced:
    """A feed that lets its last byte go only while the copy is ours."""

    def __init__(self, feed: feeds.Feed, run: runs.CopyRun) -> None:
        self._feed = feed
        self._run = run
        self.wait = feed.wait
        self.read = feed.read
        self.send_to = feed.send_to

    @property
    def size(self) -> int | None:
        return self._feed.size

    def confirm(self, timeout: float) -> bool:
        # The target hangs up on who waits for a lock with the last byte.
        return self._feed.confirm(timeout) and self._run.is_assured()


class Making:
    """One image at the target of a copy: the one asked for, or a part of it.

    :param source: the image at the source, open.
    :param session: at the target.
    :param body: the record to create; where it has no id, the one that is
        noted is used, or a new one.
    :param fixed: the properties that must not be left out.
    :param part: whether it is made for another image.
    :ivar image_id: the image at the target.
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
        self.image_id = '' if part else run.target_image_id or ''
        self._run = run
        self._source = source
        self._session = session
        self._body = {'id': self.image_id or str(uuid.uuid4()), **body}
        self._fixed = fixed
        self._part = part
        self._record = source.record(run.interrupt)
        #: What the target does not let be set.
        self._dropped: list[str] = []

    def create(self) -> bool:
        """Make the record, after its id is noted.

        So no crash can leave an image behind that nobody knows of.

        :returns: False if the image is at the target already, complete.
        :raises SiteFailure: if the target refuses the record.
        """
        asked = self._body['id']
        made = self._create(asked)
        self._note_dropped()
        return made

    def _create(self, asked: str) -> bool:
        while True:
            self._note(self._body['id'])
            try:
                self._post()
            except failure.SiteFailure as e:
                if e.action == Action.DROP_PROPERTY:
                    self._drop(e)
                elif e.action == Action.INSPECT and self.image_id == asked:
                    if self._is_there():
                        return False
                    if self._insists(asked):
                        raise
                    # Somebody has, or had, an image of this id.
                    self._run.notes.append(
                        _('The id %s is taken at the site; a new one is used.')
                        % asked
                    )
                    self._run.note_refusal('id', asked)
                    self._body['id'] = str(uuid.uuid4())
                else:
                    raise
            else:
                return True

    def _post(self) -> None:
        # An id that is to be preserved is not to be given up for that. Nor
        # is it a proof before the target has taken it: others know it.
        chosen = self.image_id != self._record['id']
        unmarked = records.REPLICATION_ID not in self._body
        if chosen:
            self._run.unanswered.add(self.image_id)
            if unmarked:
                self._mark_in_row()
        try:
            leftover.create(self._run, self._session, self._body)
        except leftover.OtherId as e:
            raise e.cause from None
        except failure.SiteFailure as e:
            # One that makes no sense is an answer all the same.
            if not e.retryable or (e.http_status or 500) < 500:
                self._run.unanswered.discard(self.image_id)
            if (e.http_status or 500) < 500:
                self._run.unmarked -= {self.image_id}
            raise preflight.explained(e, self._body) from None
        self._run.unanswered.discard(self.image_id)
        if unmarked and not chosen:
            self._mark_in_row()

    def _mark_in_row(self) -> None:
        """Note that only the row tells that Glint made the image."""
        self._run.unmarked |= {self.image_id}
        self._run.assure()

    def _note(self, image_id: str) -> None:
        if self._part:
            self._run.forget_part(self.image_id)
            self._run.note_part(image_id, records.content(self._record))
        else:
            self._run.target_image_id = image_id
        self.image_id = image_id
        self._run.assure()

    def _drop(self, cause: failure.SiteFailure) -> None:
        """Leave out the properties that a site names in its refusal."""
        dropped = [
            key
            for key in records.properties(self._body)
            if f"'{key}'" in cause.said and key not in self._fixed
        ]
        if not dropped:
            raise cause
        for key in dropped:
            self._body.pop(key, None)
            if not self._part and key not in records.MARKERS:
                self._run.note_refusal(key)
        self._dropped += dropped

    def _note_dropped(self) -> None:
        """Tell the user what was left out."""
        if dropped := [
            key for key in self._dropped if key not in records.MARKERS
        ]:
            self._run.notes.append(
                _('Left out, as the site reserves it: %s.')
                % ', '.join(dropped)
            )
        if marks := [key for key in self._dropped if key in records.MARKERS]:
            self._run.notes.append(
                _(
                    "Glint's own marks are left out, as the site reserves "
                    'them: %s. Glint knows the image by its id.'
                )
                % ', '.join(marks)
            )
        self._dropped = []

    def _insists(self, image_id: str) -> bool:
        """Say whether the user wants this id or none."""
        options = self._source.replication.options
        return (
            image_id == self._record['id']
            and options.get('on_conflict') == 'fail'
        )

    def _is_there(self) -> bool:
        """Say whether the image of the id is the one to make."""
        found = images.find(self._session, self.image_id)
        return found is not None and adoption.is_right(
            self._session,
            self._record,
            self._source.replication.options,
            found,
            {key: [self._body.get(key, '')] for key in records.BOOT},
        )

    def make(self) -> images.Record | None:
        """Make the record and then send the data, as the two below.

        The source is opened while the target makes the record.

        :returns: the target's record; None if the image is there already.
        :raises SiteFailure: if the source or the target fails.
        """
        with self._source.feed() as feed:
            return self._send_all(feed) if self.create() else None

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
                    self._recreate()
                # The feed of the try before is held, so that its bytes are
                # still there.
                feed = held.enter_context(self._source.feed())

    def _takes_data(self) -> bool:
        found = images.find(self._session, self.image_id)
        return found is not None and leftover.takes_data(found)

    def _recreate(self) -> None:
        leftover.remove(self._run, self._session, self.image_id)
        if self._body['id'] != self._record['id']:
            # An id is never free again. One that is to be preserved is
            # asked for all the same, so that the user reads what became of
            # it.
            self._body['id'] = str(uuid.uuid4())
        self.create()

    def _send(self, feed: feeds.Feed) -> images.Record:
        self._run.send()
        taken = 0

        def progress(sent: int) -> None:
            nonlocal taken
            taken = sent
            self._run.progress(sent, feed.size)

        try:
            upload.upload(
                self._session,
                self.image_id,
                _Fenced(feed, self._run),
                interrupt=self._run.interrupt,
                progress=progress,
                stall_timeout=conf.CONF.network.stall_timeout,
            )
        except failure.SiteFailure as e:
            if e.call != 'upload' or e.action in (None, Action.DELETE_RECORD):
                raise
            whole = taken == feed.size and storing.is_possible(e)
            found = storing.settled(
                self._run,
                self._session,
                self.image_id,
                taken if whole else None,
            )
            # The image may have arrived although the answer did not.
            if found is None or found['status'] != 'active':
                raise
        else:
            self._run.phase = states.VERIFYING
            found = images.get(self._session, self.image_id)
        self.verify(
            found,
            lambda algorithm: feed.digest(algorithm, self._run.interrupt),
            feed.size,
        )
        if not self._part:
            self._source.note_size(found['size'], self._run.interrupt)
        return found

    def verify(
        self,
        found: images.Record,
        digest: Callable[[str], str | None],
        size: int | None,
    ) -> None:
        """Compare the target's image with the source's.

        :param found: the target's record.
        :param digest: gives the digest of the source's bytes by an
            algorithm.
        :param size: how many they are, None if that is not known.
        :raises SiteFailure: if they differ.
        """
        self._run.phase = states.VERIFYING
        wrong = records.verify(digest, size, found, self._session.site.name)
        if wrong is not None:
            raise wrong
        self._run.arrived(found['size'])
