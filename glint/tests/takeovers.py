# SPDX-License-Identifier: Apache-2.0

"""What conductors and operators do about others, without waiting."""

import contextlib
from typing import Any

from glint import states
from glint.db import engine
from glint.db.queue import lease
from glint.db.queue import refusal
from glint.db.queue import takeover


def requeue_lost(context: engine.Context, timeout: float) -> list[str]:
    """Queue the copies again whose conductors are silent.

    :returns: the ids of the copies.
    """
    found = []
    for copy in takeover.lost(context, timeout):
        with contextlib.suppress(engine.Busy):
            if takeover.requeue(context, copy):
                found.append(copy.id)
    return found


def take_cancelling(
    context: engine.Context, conductor: str, timeout: float
) -> list[lease.ImageCopy]:
    """Take the cancelled copies over whose conductors are silent.

    :returns: the copies, as their new conductor knows them.
    """
    taken = []
    for copy in takeover.lost(context, timeout):
        with contextlib.suppress(engine.Busy):
            taken.append(takeover.take_cancelling(context, copy, conductor))
    return [copy for copy in taken if copy is not None]


def evacuate(context: engine.Context, conductor: str) -> tuple[int, int]:
    """Take all copies away from a conductor.

    :returns: how many are queued again, and how many cancelled ones were
        taken away.
    """
    done = [
        takeover.evacuate(context, copy)
        for copy in takeover.held_by(context, conductor)
    ]
    return done.count(states.QUEUED), done.count(states.CANCELLING)


def give_up_late(
    context: engine.Context, timeout: float, error: dict[str, Any]
) -> list[str]:
    """End the copies that wait too long for their credentials.

    :returns: the ids of the copies.
    """
    return [
        item.copy_id
        for item in refusal.late(context, timeout)
        if refusal.give_up(context, item, error)
    ]
