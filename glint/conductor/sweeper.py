# SPDX-License-Identifier: Apache-2.0

"""Removes what copies that have ended could not remove."""

import contextlib
import functools
import time

from oslo_log import log

from glint import conf
from glint import context as glint_context
from glint import interrupt as interrupts
from glint.conductor import crew as crews
from glint.conductor.copy import leftover
from glint.conductor.copy import run as runs
from glint.db import engine
from glint.db import leftover as db_leftover
from glint.db import replication as db_replication
from glint.i18n import _
from glint.image import failure

LOG = log.getLogger(__name__)

_LATE = 'too late'

#: The codes of failures after which nobody can remove anything.
_FOR_EVER = ('credential_deleted', 'site_deleted')


def sweep(context: engine.Context, crew: crews.Crew) -> None:
    """Try again to remove the unfinished images of copies that have ended.

    :param crew: removes them.
    :raises Interrupted: if the crew was told to stop.
    """
    settings = conf.CONF.conductor
    for copy in db_leftover.due(context, settings.recheck_delay):
        crew.interrupt.check()
        replication = db_replication.get(context, copy.replication_id, None)
        if not crew.has_room(replication.project_id):
            continue
        taken = db_leftover.take(context, copy, settings.lease)
        if taken is not None:
            run = _Sweep(glint_context.for_service(), taken)
            crew.do(
                replication.project_id,
                functools.partial(_try, run, crew.interrupt),
            )


class _Sweep(runs.CopyRun):
    """A copy that has ended, as long as the right to clean it lasts."""

    def __init__(
        self, context: engine.Context, copy: db_leftover.ImageCopy
    ) -> None:
        super().__init__(context, copy)
        self._until = time.monotonic() + _right()

    def hold(self) -> None:
        if time.monotonic() > self._until:
            raise interrupts.Interrupted(_LATE)


def _right() -> float:
    """Say how long something may be removed, in seconds."""
    return float(conf.CONF.conductor.lease * 0.8)


def _try(run: runs.CopyRun, interrupt: interrupts.Interrupt) -> None:
    """Remove what a copy left; if a row is locked, the next time."""
    with contextlib.suppress(engine.Busy):
        _remove(run, interrupt)


def _remove(run: runs.CopyRun, interrupt: interrupts.Interrupt) -> None:
    image_id = ', '.join(
        filter(None, (run.target_image_id, *run.made_image_ids))
    )
    notes = list(run.copy.notes or [])
    try:
        _clean(run, interrupt)
    except interrupts.Interrupted:
        LOG.info('The removal of image %s was cut', image_id)
    except failure.SiteFailure as e:
        LOG.warning('Image %s is still left behind: %s', image_id, e.detail)
        if e.code in _FOR_EVER:
            run.target_image_id = None
            run.made_image_ids = {}
            notes.append(
                _(
                    'The unfinished image %(id)s stays at the site, for Glint '
                    'has no access any more. Remove it there. %(reason)s'
                )
                % {'id': image_id, 'reason': e.detail}
            )
    else:
        notes.append(_('No unfinished image %s is left.') % image_id)
    db_leftover.release(
        run.context,
        run.copy,
        target_image_id=run.target_image_id,
        made_image_ids=run.made_image_ids or None,
        unmarked_image_ids=sorted(run.unmarked) or None,
        notes=notes,
    )


def _clean(run: runs.CopyRun, interrupt: interrupts.Interrupt) -> None:
    """Remove the image, but never after the right to do so has ended."""
    replication = db_replication.get(
        run.context, run.copy.replication_id, None
    )
    leftover.expect_late(run, replication)
    with interrupt.limited(_right(), _LATE) as bounded:
        leftover.clean(run, bounded)
