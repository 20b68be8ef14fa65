# SPDX-License-Identifier: Apache-2.0

"""Judges what a target has stored.

Where the answer to an upload was lost, what becomes of it is waited for.

A gateway may give up, or break the connection, while Glance still stores what
it has got. Only the record of the image tells then.
"""

from collections.abc import Callable
import time

from glint import states
from glint.conductor.copy import leftover
from glint.conductor.copy import run as runs
from glint.image import failure
from glint.image import images
from glint.image import record as records
from glint.image import session as sessions

#: How long an image may stay ``saving`` that cannot become whole any more, in
#: seconds: Glance may not know yet that no more data come. And how long one
#: may stay ``queued`` of which all data were sent: they may be on their way.
SETTLE = 5.0
#: How long Glance may store an image of which all data were sent, in seconds
#: and in bytes per second. Slower than any storage that is of use, as who
#: gives up too soon has to send all data again.
GRACE = 60.0
RATE = 4 * 1024 * 1024

#: Seconds between two looks, at first and at last.
_PAUSE = 0.25
_MAX_PAUSE = 5.0


def is_possible(cause: failure.SiteFailure) -> bool:
    """Say whether a site may store an image after it failed so."""
    status = cause.http_status
    return cause.call == 'upload' and (
        status is None or status == 408 or status >= 500
    )


def settled(
    run: runs.CopyRun,
    session: sessions.SiteSession,
    image_id: str,
    size: int | None,
) -> images.Record | None:
    """Read the record of an image, once no upload is under way.

    :param size: how many bytes were sent, if those are all; None if some are
        missing.
    :returns: the record, None if it is gone.
    :raises SiteFailure: if the site does not tell.
    :raises Interrupted: if the run is interrupted.
    """
    longest = SETTLE
    if size is not None:
        longest = GRACE + size / RATE
        run.phase = states.VERIFYING
    # Once it was saving, it is queued because that failed.
    queued = SETTLE if size is not None else None
    began = told_at = time.monotonic()
    pause = _PAUSE
    while True:
        limit: float | None = longest
        found = None
        try:
            found = images.find(session, image_id)
        except failure.SiteFailure as e:
            if not e.retryable or time.monotonic() - told_at > GRACE:
                raise
        else:
            told_at = time.monotonic()
            if found is None:
                return None
            if found['status'] == 'saving':
                queued = None
            else:
                limit = queued if leftover.takes_data(found) else None
        if limit is None or time.monotonic() - began > limit:
            return found
        run.interrupt.wait(pause)
        pause = min(pause * 1.5, _MAX_PAUSE)


def verify(
    run: runs.CopyRun,
    session: sessions.SiteSession,
    found: images.Record,
    digest: Callable[[str], str | None],
    size: int | None,
) -> None:
    """Compare the target's image with the source's.

    :param found: the target's record.
    :param digest: gives the digest of the source's bytes by an algorithm.
    :param size: how many they are, None if that is not known.
    :raises SiteFailure: if they differ.
    """
    run.phase = states.VERIFYING
    wrong = records.verify(digest, size, found, session.site.name)
    if wrong is not None:
        raise wrong
    run.arrived(found['size'])
