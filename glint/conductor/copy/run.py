# SPDX-License-Identifier: Apache-2.0

"""A copy while a conductor runs it."""

from collections.abc import Collection
from collections.abc import Mapping
from collections.abc import Sequence
import time
from typing import Any

from oslo_db import exception as db_exception

from glint import conf
from glint import context as glint_context
from glint import interrupt as interrupts
from glint import states
from glint.conductor import metrics
from glint.conductor import patience
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db.queue import lease
from glint.db.queue import renewal
from glint.db.queue import reservation
from glint.db.queue import takeover

# Why a run is interrupted.
CANCELLED = 'cancelled'
LOST = 'lost'
STOPPING = 'stopping'


class CopyRun:
    """What the threads that work on one copy share.

    :param since: when the lease began, by the monotonic clock; now, if it is
        not given.
    :ivar copy: the row as it was claimed.
    :ivar interrupt: stops the work on the copy.
    :ivar phase: of the copy.
    :ivar bytes_sent: how much the target has taken.
    :ivar target_image_id: what Glint makes at the target, noted before it
        is made and until it is removed.
    :ivar made_image_ids: what Glint makes beside it, likewise, and what it
        adopts there: the contents of what cannot be adopted yet, or any more,
        else None, by the ids.
    :ivar unmarked: which of these the target lets bear no mark of Glint's.
    :ivar lost: whether another conductor had the copy when it ended here.
    :ivar unanswered: the ids of records that the target was asked to make and
        may yet make, as it did not answer.
    :ivar refused: what the target refused of the image; see
        :meth:`note_refusal`.
    """

    def __init__(
        self,
        context: glint_context.RequestContext,
        copy: lease.ImageCopy,
        since: float | None = None,
    ) -> None:
        self.context = context
        self.copy = copy
        self.interrupt = interrupts.Interrupt()
        self.phase = states.PREPARING
        self.bytes_sent = 0
        self.bytes_total: int | None = None
        self.target_image_id = copy.target_image_id
        self.made_image_ids: dict[str, str | None]
        self.made_image_ids = dict.fromkeys(copy.made_image_ids or ())
        self.unmarked = frozenset(copy.unmarked_image_ids or ())
        self.lost = False
        self.unanswered: set[str] = set()
        self.notes: list[str] = []
        self.refused: dict[str, Any] = dict(copy.refused or {})
        self._arrived = 0
        self._sent = metrics.Sent(copy.target_site_id)
        self._expected: int | None = None
        #: Until then nobody takes the copy over.
        self._ours_until = conf.CONF.conductor.lease + (
            time.monotonic() if since is None else since
        )
        self._sending_since: float | None = None
        #: What the log says that the copy is about.
        self.image = self.source_name = self.target_name = '?'
        self.began = time.monotonic()

    def reserve(
        self,
        image_id: str,
        parts: Mapping[str, str | None],
        strangers: Collection[str],
    ) -> reservation.Maker | None:
        """Note what is to be made, unless another copy makes some of it.

        :param image_id: the id of the image.
        :param parts: the contents of what is made beside it, by the ids.
        :param strangers: ids of copies that are not to be waited for.
        :returns: the other copy, None if there is none.
        """
        made = {**self.made_image_ids, **parts}
        maker = patience.patiently(
            self.interrupt,
            reservation.reserve,
            self.context,
            self.copy,
            image_id,
            made,
            strangers=strangers,
        )
        if maker is None:
            self.target_image_id = image_id
            self.made_image_ids = made
        return maker

    def withdraw(self, image_id: str, contents: Sequence[str]) -> bool:
        """Let nobody adopt a complete image any more; see ``reservation``.

        :param contents: what it has, first by the hash of its source.
        :returns: whether it may be removed.
        """
        made = dict(self.made_image_ids)
        if image_id in made and contents:
            made[image_id] = contents[0]
        free = reservation.withdraw(
            self.context, self.copy, image_id, contents, made
        )
        if free:
            self.made_image_ids = made
        return free

    def adopt_part(self, reserved_id: str, image_id: str) -> None:
        """Note that an image is used in place of one that was reserved.

        In one step, so that who wants to remove it sees either of them.
        """
        made = {**self.made_image_ids, image_id: None}
        made.pop(reserved_id, None)
        self.made_image_ids = made

    def note_part(self, image_id: str, content: str | None) -> None:
        """Note what is made beside the image.

        :param content: None once it is complete.
        """
        self.made_image_ids = {**self.made_image_ids, image_id: content}

    def forget_part(self, image_id: str) -> None:
        """Note that nothing of this id is there, or is Glint's to remove."""
        self.made_image_ids = {
            made_id: content
            for made_id, content in self.made_image_ids.items()
            if made_id != image_id
        }

    def note_refusal(self, key: str, value: str | None = None) -> None:
        """Note what the target refused of the image, for later comparisons.

        :param key: a field or a property.
        :param value: the value that it refused; None if it takes none.
        """
        # Replaced, as the heartbeat reads it.
        self.refused = {**self.refused, key: value}

    def refused_at_target(self, image_id: str) -> dict[str, Any]:
        """Tell what the target refused of an image that Glint made there."""
        return db_image_copy.refused(
            self.context, self.copy.target_site_id, image_id
        )

    def expect(self, total: int | None) -> None:
        """Note how many bytes are to be sent; None if that is not known."""
        self.bytes_total = self._expected = total

    def send(self) -> None:
        """Note that the sending of an image begins."""
        self.phase = states.READING
        self.bytes_sent = self._arrived
        self._sent.begin()
        self._sending_since = time.monotonic()

    def progress(self, sent: int, size: int | None) -> None:
        """Note how many bytes of an image the target has taken.

        :param size: how many the image has, None if that is not known.
        """
        self.phase = states.SENDING
        self.bytes_sent = self._arrived + sent
        self._sent.progress(sent)
        if not self._expected and size is not None:
            self.bytes_total = self._arrived + size

    def arrived(self, size: int) -> None:
        """Note that an image is at the target, verified.

        :param size: how many bytes it has.
        """
        self._arrived += size
        self.bytes_sent = self._arrived

    def columns(self) -> dict[str, Any]:
        """:returns: what the row is to say now."""
        return {
            'phase': self.phase,
            'bytes_sent': self.bytes_sent,
            'bytes_total': self.bytes_total,
            'rate': self.rate(),
            'target_image_id': self.target_image_id,
            'made_image_ids': self.made_image_ids or None,
            'unmarked_image_ids': sorted(self.unmarked) or None,
            'notes': self.notes,
            'refused': self.refused or None,
        }

    def rate(self) -> int | None:
        """:returns: bytes per second since sending began."""
        if self._sending_since is None or self.phase != states.SENDING:
            return None
        seconds = time.monotonic() - self._sending_since
        sent = self.bytes_sent - self._arrived
        return int(sent / seconds) if seconds > 0 else None

    def progress_columns(self) -> dict[str, Any]:
        """:returns: what the heartbeat writes to the row."""
        columns = self.columns()
        return {name: columns[name] for name in renewal.PROGRESS}

    def renew(self) -> str | None:
        """Write all there is; interrupt the run if it is not ours any more.

        :returns: the state of the copy, None if it is not ours.
        :raises Busy: if the row is locked.
        :raises DBError: if the database does not answer.
        """
        began = time.monotonic()
        state = renewal.renew(self.context, self.copy, **self.columns())
        self.renewed(began, renewal.Held(state, True) if state else None)
        return state

    def renewed(self, began: float, held: renewal.Held | None) -> None:
        """Take note of what came of a renewal.

        :param began: when the renewal began, by the monotonic clock.
        :param held: None if the copy is not ours.
        """
        if held is None:
            self.interrupt.set(LOST)
            return
        lease = conf.CONF.conductor.lease
        if held.renewed:
            self._ours_until = began + lease
        elif began < self._ours_until:
            # Nobody takes it before its row has been free for so long.
            until = began + takeover.grace(lease)
            self._ours_until = max(self._ours_until, until)
        if held.state == states.CANCELLING:
            self.interrupt.set(CANCELLED)

    def is_ours(self) -> bool:
        """:returns: whether nobody else can have the copy by now."""
        return bool(time.monotonic() < self._ours_until)

    def hold(self) -> None:
        """Go on only while the copy is ours, whether it is wanted or not.

        To be called before anything is removed at the target: a conductor
        that slept may wake up when another one has finished the image.

        :raises Interrupted: if another conductor may have the copy.
        """
        try:
            ours = self.renew() is not None
        except db_exception.DBError:
            # Nobody can take it over before the lease has ended.
            ours = self.is_ours()
        if not ours:
            raise interrupts.Interrupted(LOST)

    def assure(self) -> None:
        """Write all there is; go on only while the copy is ours and wanted.

        :raises Interrupted: if it is not.
        :raises DBError: if the database does not answer.
        """
        patience.patiently(self.interrupt, self.renew)
        self.interrupt.check()

    def is_assured(self) -> bool:
        """Say whether the copy is ours, without waiting for its row.

        :raises Interrupted: if it is not ours or not wanted any more.
        :raises DBError: if the database does not answer.
        """
        try:
            self.renew()
        except engine.Busy:
            ours = self.is_ours()
            self.interrupt.wait(0 if ours else patience.PAUSE)
            return ours
        self.interrupt.check()
        return True

    def expire(self) -> None:
        """Interrupt the run if its lease could not be renewed for long.

        Another conductor may have it by now.
        """
        if not self.is_ours():
            self.interrupt.set(LOST)
