# SPDX-License-Identifier: Apache-2.0

"""Runs the claimed copies of one replication, which share its source."""

from collections.abc import Callable
from collections.abc import Sequence
import threading

from oslo_db import exception as db_exception
from oslo_log import log

from glint import conf
from glint import interrupt as interrupts
from glint.conductor import credential
from glint.conductor import metrics
from glint.conductor.copy import ending
from glint.conductor.copy import health
from glint.conductor.copy import run as runs
from glint.conductor.copy import source as sources
from glint.conductor.copy import target
from glint.db import engine
from glint.i18n import _
from glint.image import failure

LOG = log.getLogger(__name__)

#: What keeps a copy from going on that is no fault of its sites.
_CUT_OFF = (db_exception.DBConnectionError, engine.Busy)


def start(
    copies: Sequence[runs.CopyRun],
    source: sources.Source,
    ended: Callable[[runs.CopyRun], None],
) -> None:
    """Begin to run copies; returns at once.

    :param copies: the copies, all of one replication.
    :param source: the image, not yet open; closed after the last copy.
    :param ended: called for each copy after its end.
    """
    left = len(copies)
    lock = threading.Lock()

    def work(run: runs.CopyRun) -> None:
        nonlocal left
        run.context.update_store()
        LOG.debug(
            'Copy %s from %s to %s begins',
            run.copy.id,
            run.source_name,
            run.target_name,
        )
        run_copy(run, source)
        with lock:
            left -= 1
            last = not left
        if last:
            source.close()
        ended(run)

    def open_source() -> None:
        copies[0].context.update_store()
        source.open()

    threads = [
        threading.Thread(
            target=work, args=(run,), name=f'copy-{run.copy.id}', daemon=True
        )
        for run in copies
    ]
    opener = threading.Thread(
        target=open_source,
        name=f'source-{source.replication.id}',
        daemon=True,
    )
    for thread in (opener, *threads):
        thread.start()


def run_copy(run: runs.CopyRun, source: sources.Source) -> None:
    """Run one copy to its end, whatever happens.

    :param run: the copy.
    :param source: the image.
    """
    try:
        _run(run, source)
    except _CUT_OFF as e:
        ending.cut_off(run, e)
    except Exception:
        # Its lease runs out, and another conductor takes it over.
        LOG.exception('Copy %s was given up', run.copy.id)


def _run(run: runs.CopyRun, source: sources.Source) -> None:
    """Run one copy to its end.

    :raises DBConnectionError: if the database is away, whatever it was for.
    :raises Busy: if a row stays locked.
    """
    cause = None
    try:
        _check_attempts(run)
        outcome = target.copy(run, source)
    except _CUT_OFF:
        raise
    except interrupts.Interrupted as e:
        ending.interrupted(run, e.reason)
    except target.Waiting as e:
        ending.waiting(run, e.replication_id)
    except sources.Overtaken:
        ending.overtaken(run)
    except failure.SiteFailure as e:
        cause = e
    except Exception:
        LOG.exception('Copy %s failed unexpectedly', run.copy.id)
        ending.failed(run, _unexpected())
    else:
        ending.completed(run, outcome)
        health.completed(run, source)
    # While it is handled, oslo.log would add it to a line that tells it.
    if cause is not None:
        _fail(run, source, cause)


def _fail(
    run: runs.CopyRun, source: sources.Source, cause: failure.SiteFailure
) -> None:
    """End a copy that a site did not let be made."""
    metrics.failed(cause)
    sent = run.bytes_sent
    # While the lease is renewed, as the site may be asked.
    heard = health.hear(run, source, cause)
    refused = credential.refused(run, source, cause)
    if refused is not None:
        ending.parked(run, refused.detail)
    elif heard is not None and heard.silence and cause.retryable and not sent:
        ending.unanswered(run, cause)
    else:
        ending.failed(run, cause)
    # A conductor that slept has broken its connections itself.
    if heard is not None and not (heard.known or run.lost):
        health.note(run.context, heard.site_id, heard.silence)


def _check_attempts(run: runs.CopyRun) -> None:
    """Refuse a copy that was tried too often, as one that kills conductors.

    :raises SiteFailure: if it was.
    """
    most = conf.CONF.conductor.max_attempts
    if run.copy.attempts > most:
        lost = failure.SiteFailure(
            'conductor_lost',
            _(
                'Glint lost its conductor at each of %d attempts. Ask the '
                'operator of Glint for the reason, then retry.'
            )
            % most,
        )
        lost.for_operators = 'It may be what ends its conductors.'
        raise lost


def _unexpected() -> failure.SiteFailure:
    made = failure.SiteFailure(
        'internal',
        _(
            'An unexpected error occurred in Glint. It tries again; if it '
            'goes on, ask the operator of Glint, who finds more in the log '
            'of the conductor.'
        ),
        retryable=True,
    )
    made.for_operators = 'The lines above have the error.'
    return made
