# SPDX-License-Identifier: Apache-2.0

"""The commands about what runs, and about copies that do not get on."""

from collections import Counter
from collections.abc import Iterable
from collections.abc import Sequence
from datetime import datetime
import json
import time
from typing import Any

import prettytable

from glint import conf
from glint import context as glint_context
from glint import states
from glint.cmd import locked
from glint.db import engine
from glint.db.queue import conductor as db_conductor
from glint.db.queue import service as db_service
from glint.db.queue import stuck
from glint.db.queue import takeover

_LATER = (
    'Other conductors take it up. If %s still runs, it takes up work again, '
    'too: stop it to prevent that.'
)

#: What an operator does about a copy that is stuck.
_REMEDIES = {
    stuck.SILENT: (
        'Its conductor says nothing, and no other one has taken the copy '
        'over. Start a conductor, or see why none reaches the database.'
    ),
    stuck.CANCELLING: (
        'Its conductor removes what it has made at the target. If that hangs, '
        'run "glint-manage conductor evacuate" for it.'
    ),
    stuck.PARKED: (
        'The site refuses the credential. Its user mends and checks it, or '
        'registers another one and retries the copy.'
    ),
    stuck.SITE: (
        'The site does not answer. Glint asks it again by itself; a retry '
        'has it asked at once. Disable a site that is gone for good.'
    ),
    stuck.WAITING: (
        'No conductor has taken it. See in "glint-manage service list" '
        'whether one runs and how many copies it has; limits in [queue] may '
        'be reached.'
    ),
    stuck.LEFTOVER: (
        'An unfinished image is still at the target. Glint tries again to '
        'remove it; the notes of the copy name it.'
    ),
}
#: How many fields of a copy that is stuck fit a table.
_SHORT = 9

#: Between two tries to take a copy whose row is locked, and beyond the time
#: in which the database ends idle transactions; in seconds.
_PAUSE = 0.5
_MARGIN = 2.0


def list_stuck() -> str:
    """List the copies that do not get on, with the reasons."""
    command = conf.CONF.command
    found = stuck.index(
        glint_context.for_service(),
        conf.CONF.conductor.lease,
        command.older_than,
        command.reason or stuck.REASONS,
        command.limit,
    )
    if command.json:
        return _json(
            [
                row._asdict() | {'remedy': _REMEDIES[row.reason]}
                for row in found
            ]
        )
    shown = _show(stuck.Stuck._fields[:_SHORT], found, False)
    reasons = dict.fromkeys(row.reason for row in found)
    return '\n'.join(
        [shown, *(f'{reason}: {_REMEDIES[reason]}' for reason in reasons)]
    )


def list_services() -> str:
    """List the conductors and API processes that run."""
    found = db_service.index(glint_context.for_service())
    return _show(db_service.Service._fields, found, conf.CONF.command.json)


def list_conductors() -> str:
    """List the conductors that have copies, or had some."""
    found = db_conductor.index(glint_context.for_service())
    return _show(db_conductor.Conductor._fields, found, conf.CONF.command.json)


def evacuate() -> str:
    """Hand back all copies that a conductor holds."""
    name = conf.CONF.command.host
    context = glint_context.for_service()
    done: Counter[str | None] = Counter()
    left = takeover.held_by(context, name)
    # What a frozen conductor has locked is free when its sessions end.
    deadline = time.monotonic() + 2 * engine.limits().idle + _MARGIN
    while True:
        left = _evacuate(context, left, done)
        if not left or time.monotonic() > deadline:
            break
        time.sleep(_PAUSE)
    told = '%d copies queued again, %d cancelled ones to be cleaned up.' % (
        done[states.QUEUED],
        done[states.CANCELLING],
    )
    locked.refuse(told, len(left))
    return ' '.join([told, _LATER % name] if any(done) else [told])


def _evacuate(
    context: engine.Context,
    copies: Iterable[takeover.ImageCopy],
    done: Counter[str | None],
) -> list[takeover.ImageCopy]:
    """Take copies away from their conductor.

    :param done: counts what became of them.
    :returns: those whose rows are locked.
    """
    left = []
    for copy in copies:
        try:
            done[takeover.evacuate(context, copy)] += 1
        except engine.Busy:
            left.append(copy)
    return left


def _show(
    names: Sequence[str], rows: Iterable[Sequence[Any]], as_json: bool
) -> str:
    if as_json:
        return _json([dict(zip(names, row, strict=True)) for row in rows])
    table = prettytable.PrettyTable(names)
    table.align = 'l'
    for row in rows:
        shown = row[: len(names)]
        table.add_row(['-' if cell is None else _text(cell) for cell in shown])
    return str(table)


def _json(found: list[dict[str, Any]]) -> str:
    return json.dumps(found, default=_text, indent=2)


def _text(cell: Any) -> str:
    if isinstance(cell, datetime):
        return cell.isoformat(timespec='seconds') + 'Z'
    return str(cell)
