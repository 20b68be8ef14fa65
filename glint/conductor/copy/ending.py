# SPDX-License-Identifier: Apache-2.0

"""How a copy that a conductor runs comes to its end, whichever it is."""

from collections.abc import Callable
import functools
import random
import time
from typing import Any
from typing import TypeVar

from oslo_db import exception as db_exception
from oslo_log import log

from glint import conf
from glint import interrupt as interrupts
from glint import states
from glint.conductor import metrics
from glint.conductor.copy import account
from glint.conductor.copy import leftover
from glint.conductor.copy import run as runs
from glint.db import engine
from glint.db.queue import lease
from glint.i18n import _
from glint.image import failure
from glint.image.refusal import row as failure_row

LOG = log.getLogger(__name__)

T = TypeVar('T')

#: Seconds between two tries to tell the database how a copy ended.
_PAUSE = 1.0
#: Seconds between two looks at a copy that makes the same image, at first.
_WAIT = 2.0
_MAX_WAIT = 15.0


def completed(run: runs.CopyRun, outcome: str) -> None:
    """The image is at the target, verified, or is not to be made there."""
    # What was made beside the image belongs to it now.
    columns = {**_columns(run), 'made_image_ids': None}
    if _write(run, lease.complete, outcome=outcome, **columns):
        reason = run.notes[-1] if outcome == states.SKIPPED else None
        LOG.info('%s', account.line(run, f'Completed, {outcome}', reason))
        return
    if outcome == states.ADOPTED:
        # What was there before is not ours to remove.
        run.target_image_id = None
    _superseded(run)


def _error(cause: failure.SiteFailure) -> dict[str, Any]:
    return {
        'code': cause.code,
        'detail': cause.detail,
        'retryable': cause.retryable,
        'http_status': cause.http_status,
    }


def failed(run: runs.CopyRun, cause: failure.SiteFailure) -> None:
    """The copy cannot be made, or not now."""
    error = _error(cause)
    attempts = run.copy.attempts
    reason = cause.for_operators or cause.detail
    if cause.retryable and attempts < conf.CONF.conductor.max_attempts:
        delay = backoff(run.copy.replication_id, attempts)
        _warn(run, f'Failed, next attempt in {delay:.0f} s', reason)
        _clean(run)
        done = _write(run, lease.postpone, error, delay, **_columns(run))
    else:
        LOG.error('%s', account.line(run, 'Failed', reason))
        _clean(run)
        if cause.retryable:
            error['detail'] = _given_up(cause.detail, attempts)
        done = _write(run, lease.fail, error, **_columns(run))
    if not done:
        _superseded(run)


def unanswered(run: runs.CopyRun, cause: failure.SiteFailure) -> None:
    """A site did not answer, and nothing was sent yet.

    That costs no attempt, and is tried again until the site is silent, for
    which all its copies wait. What was sent in vain does count, or a site
    that breaks down under an image would be sent it for ever.
    """
    delay = backoff(run.copy.replication_id, run.copy.attempts)
    _warn(run, f'No answer, next attempt in {delay:.0f} s', cause.detail)
    _clean(run)
    if not _write(
        run,
        lease.postpone,
        _error(cause),
        delay,
        attempts=lease.NOT_COUNTED,
        **_columns(run),
    ):
        _superseded(run)


def _given_up(detail: str, attempts: int) -> str:
    """Say of a failure that may pass that Glint waits for that no longer."""
    remedy = _('This was attempt %d, the last one; retry the copy for more.')
    reason = detail.removesuffix(failure_row.AGAIN).rstrip()
    return f'{reason} {remedy % attempts}'


def parked(run: runs.CopyRun, detail: str | None) -> None:
    """A site refuses the copy's credential, which may be mended."""
    _warn(run, 'Waits for the credential', detail)
    _clean(run)
    cause = failure.SiteFailure(
        'credential_unauthorized', detail or '', retryable=True
    )
    error = _error(cause)
    if not _write(run, lease.park, error, **_columns(run)):
        _superseded(run)


def waiting(run: runs.CopyRun, replication_id: str) -> None:
    """Another replication makes the same image at the site."""
    _clean(run)
    if _write(
        run,
        lease.hand_back,
        _next_look(run.copy),
        awaited_id=replication_id,
        **_columns(run),
    ):
        what = f'Waits for replication {replication_id}'
        LOG.info('%s', account.line(run, what))
    else:
        _superseded(run)


def overtaken(run: runs.CopyRun) -> None:
    """Smaller images go first, as far as they have not waited less."""
    _clean(run)
    if _write(run, lease.hand_back, **_columns(run)):
        LOG.info('%s', account.line(run, 'Gives way to smaller images'))
    else:
        _superseded(run)


def _next_look(copy: lease.ImageCopy) -> float:
    """Say how long a copy waits that waits for another one.

    :returns: seconds: a quarter of the time since it began.
    """
    since = copy.started_at or copy.heartbeat
    if copy.heartbeat is None or since is None:
        return _WAIT
    waited = (copy.heartbeat - since).total_seconds()
    return min(max(_WAIT, waited / 4), _MAX_WAIT)


def interrupted(run: runs.CopyRun, reason: str) -> None:
    """Somebody stopped the run."""
    if reason == runs.LOST:
        # Who has it now knows the image's id and takes care of it.
        run.lost = True
        metrics.lost()
        _warn(run, 'The copy was lost to another conductor')
        return
    cancelled = reason == runs.CANCELLED
    told = account.line(run, 'Cancelled' if cancelled else 'Handed back')
    _clean(run)
    if cancelled:
        _write(run, lease.close_cancelled, **_columns(run))
        LOG.info('%s', told)
    elif _write(run, lease.hand_back, **_columns(run)):
        LOG.info('%s', told)
    else:
        _superseded(run)


def cut_off(run: runs.CopyRun, cause: db_exception.DBError) -> None:
    """The database is away, so the copy cannot go on.

    It goes back into the queue if the database returns within the lease.
    What is at the target by then is the next attempt's.
    """
    # What follows the first line is SQL.
    reason = str(cause).partition('\n')[0]
    if _write(run, lease.hand_back, _WAIT, **_columns(run)):
        what = 'Handed back, as the database could not be used'
        _warn(run, what, reason)
    else:
        _superseded(run)


def _warn(run: runs.CopyRun, outcome: str, reason: str | None = None) -> None:
    LOG.warning('%s', account.line(run, outcome, reason))


def _superseded(run: runs.CopyRun) -> None:
    """Find out why an ending was not taken, and take the right one."""
    state = _persist(run, run.renew)
    if state is None:
        interrupted(run, runs.LOST)
    elif state == states.CANCELLING:
        interrupted(run, runs.CANCELLED)


def backoff(replication_id: str, attempts: int) -> float:
    """Say how long the next attempt has to wait.

    The same for all copies of a replication, so that those that failed
    together come back together and read the source once.

    :param replication_id: the replication.
    :param attempts: how many attempts have failed.
    :returns: seconds.
    """
    settings = conf.CONF.conductor
    delay = min(
        settings.retry_delay * 2 ** (attempts - 1), settings.max_retry_delay
    )
    chance = random.Random(f'{replication_id}/{attempts}')  # noqa: S311
    return float(delay * chance.uniform(0.75, 1.25))


def _columns(run: runs.CopyRun) -> dict[str, Any]:
    return {
        'bytes_sent': run.bytes_sent,
        'bytes_total': run.bytes_total,
        'target_image_id': run.target_image_id,
        'made_image_ids': run.made_image_ids or None,
        'unmarked_image_ids': sorted(run.unmarked) or None,
        'notes': run.notes,
        'refused': run.refused or None,
    }


def _clean(run: runs.CopyRun) -> None:
    """Remove what the run made, or say that it is still there."""
    try:
        leftover.clean(run)
    except (
        interrupts.Interrupted,
        db_exception.DBConnectionError,
        engine.Busy,
    ):
        # Another conductor may have the copy, or will; it is told what is
        # there.
        return
    except failure.SiteFailure as e:
        left = ', '.join(
            filter(None, (run.target_image_id, *run.made_image_ids))
        )
        LOG.warning(
            'The unfinished image %s was left at %s. %s [copy %s]',
            left,
            run.target_name,
            e.detail,
            run.copy.id,
        )
        run.notes.append(
            _(
                'The unfinished image %(id)s could not be removed yet; '
                'Glint tries again. %(reason)s'
            )
            % {'id': left, 'reason': e.detail}
        )
    else:
        run.bytes_sent = 0


def _write(
    run: runs.CopyRun,
    release: Callable[..., bool],
    *arguments: Any,
    **values: Any,
) -> bool:
    """Tell the database how a copy ended; return whether that was taken."""
    return bool(
        _persist(
            run,
            functools.partial(
                release, run.context, run.copy, *arguments, **values
            ),
        )
    )


def _persist(run: runs.CopyRun, function: Callable[[], T]) -> T | None:
    """Use the database, through its outages, as long as the copy is ours.

    The heartbeat renews the lease while this waits for a row that is locked.

    :returns: what the function returns; None if the lease has ended.
    """
    while True:
        try:
            return function()
        except db_exception.DBError as e:
            if not run.is_ours():
                LOG.error('The end of copy %s was lost: %s', run.copy.id, e)
                run.interrupt.set(runs.LOST)
                return None
            time.sleep(_PAUSE)
