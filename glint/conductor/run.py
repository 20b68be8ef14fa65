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

"""A copy while a conductor runs it."""

import threading
import time
from typing import Any

from glint import context as glint_context
from glint import states
from glint.db import lease
from glint.image import interrupt as interrupts

# Why a run is interrupted.
CANCELLED = 'cancelled'
LOST = 'lost'
STOPPING = 'stopping'


class CopyRun:
    """What the threads that work on one copy share.

    :ivar copy: the row as it was claimed.
    :ivar interrupt: stops the work on the copy.
    :ivar phase: of the copy.
    :ivar bytes_sent: how much the target has taken.
    """

    def __init__(
        self, context: glint_context.RequestContext, copy: lease.ImageCopy
    ) -> None:
        self.context = context
        self.copy = copy
        self.interrupt = interrupts.Interrupt()
        self.phase = states.PREPARING
        self.bytes_sent = 0
        self.bytes_total: int | None = None
        self.target_image_id = copy.target_image_id
        self.notes: list[str] = []
        self._renewed_at = time.monotonic()
        self._sending_since: float | None = None
        # Renewed by the heartbeat, and by the copy itself when it matters.
        self._lock = threading.Lock()

    def send(self, total: int | None) -> None:
        """Note that sending begins.

        :param total: how much there is to send, in bytes; None if unknown.
        """
        self.bytes_sent = 0
        self.bytes_total = total
        self._sending_since = time.monotonic()

    def progress(self, sent: int, total: int | None) -> None:
        """Note how many bytes the target has taken, and is to take."""
        self.phase = states.SENDING
        self.bytes_sent = sent
        self.bytes_total = total

    def columns(self) -> dict[str, Any]:
        """:returns: what the row is to say now."""
        return {
            'phase': self.phase,
            'bytes_sent': self.bytes_sent,
            'bytes_total': self.bytes_total,
            'rate': self.rate(),
            'target_image_id': self.target_image_id,
            'notes': self.notes,
        }

    def rate(self) -> int | None:
        """:returns: bytes per second since sending began."""
        if self._sending_since is None or self.phase != states.SENDING:
            return None
        seconds = time.monotonic() - self._sending_since
        return int(self.bytes_sent / seconds) if seconds > 0 else None

    def renew(self) -> None:
        """Write the progress; interrupt the run if it is not ours any more.

        :raises DBError: if the database does not answer.
        """
        with self._lock:
            state = lease.renew(self.context, self.copy, **self.columns())
            self._renewed_at = time.monotonic()
        if state is None:
            self.interrupt.set(LOST)
        elif state == states.CANCELLING:
            self.interrupt.set(CANCELLED)

    def assure(self) -> None:
        """Go on only while the copy is ours and wanted.

        :raises Interrupted: if it is not.
        :raises DBError: if the database does not answer.
        """
        self.renew()
        self.interrupt.check()

    def expire(self, seconds: float) -> None:
        """Interrupt the run if its lease could not be renewed for long.

        Another conductor may have it by now.

        :param seconds: how long a lease holds.
        """
        if time.monotonic() - self._renewed_at > seconds:
            self.interrupt.set(LOST)
