# SPDX-License-Identifier: Apache-2.0

"""Sends the data of one image to a target: one way to bring them there."""

from glint import conf
from glint import states
from glint.conductor.copy import run as runs
from glint.conductor.copy import storing
from glint.image import failure
from glint.image import images
from glint.image import session as sessions
from glint.image.refusal import row as failure_row
from glint.stream import feed as feeds
from glint.stream import upload

Action = failure_row.Action


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


def send(
    run: runs.CopyRun,
    session: sessions.SiteSession,
    image_id: str,
    feed: feeds.Feed,
) -> images.Record:
    """Send an image's data once.

    :param session: at the target.
    :param image_id: the image there, which takes data.
    :param feed: the data.
    :returns: the target's record, verified.
    :raises SiteFailure: if the source or the target fails.
    """
    run.send()
    taken = 0

    def progress(sent: int) -> None:
        nonlocal taken
        taken = sent
        run.progress(sent, feed.size)

    try:
        upload.upload(
            session,
            image_id,
            _Fenced(feed, run),
            interrupt=run.interrupt,
            progress=progress,
            stall_timeout=conf.CONF.network.stall_timeout,
        )
    except failure.SiteFailure as e:
        if e.call != 'upload' or e.action in (None, Action.DELETE_RECORD):
            raise
        whole = taken == feed.size and storing.is_possible(e)
        found = storing.settled(
            run, session, image_id, taken if whole else None
        )
        # The image may have arrived although the answer did not.
        if found is None or found['status'] != 'active':
            raise
    else:
        run.phase = states.VERIFYING
        found = images.get(session, image_id)
    storing.verify(
        run,
        session,
        found,
        lambda algorithm: feed.digest(algorithm, run.interrupt),
        feed.size,
    )
    return found
