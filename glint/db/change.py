# SPDX-License-Identifier: Apache-2.0

"""What has begun and what has ended, told after the commit.

A copy and a replication begin when ``started_at`` is set, and end when
``finished_at`` is: who sets it in one compare-and-swap notes the change. So
each is told once, however many conductors there are, and none that was rolled
back.
"""

from collections.abc import Callable
import functools
from typing import Any
from typing import NamedTuple

from oslo_log import log
import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy import orm

from glint import states
from glint.db import models

LOG = log.getLogger(__name__)

COPY = 'copy'
REPLICATION = 'replication'

START = 'start'
END = 'end'
ERROR = 'error'

_replication = models.Replication
_copy = models.ImageCopy

_COLUMNS: dict[str, tuple[Any, ...]] = {
    REPLICATION: (
        _replication.id,
        _replication.project_id,
        _replication.user_id,
        _replication.request_id,
        _replication.image_id,
        _replication.image_name,
        _replication.source_site_id,
        _replication.source_site_name,
        _replication.size,
        _replication.state,
        _replication.created_at,
        _replication.started_at,
        _replication.finished_at,
    ),
    COPY: (
        _copy.id,
        _copy.replication_id,
        _replication.project_id,
        _replication.user_id,
        _replication.request_id,
        _replication.image_id,
        _replication.image_name,
        _replication.source_site_id,
        _replication.source_site_name,
        _copy.target_site_id,
        _copy.target_site_name,
        _copy.target_image_id,
        _copy.state,
        _copy.outcome,
        _copy.bytes_sent,
        _copy.bytes_total,
        _copy.attempts,
        _copy.conductor,
        _copy.error,
        _copy.created_at,
        _copy.started_at,
        _copy.finished_at,
    ),
}


class Change(NamedTuple):
    """Something that has begun or ended.

    :ivar noun: COPY or REPLICATION.
    :ivar verb: START, END or ERROR.
    :ivar values: columns of the row, as the change left them.
    """

    noun: str
    verb: str
    values: dict[str, Any]


Listener = Callable[[Change], None]

_listeners: list[Listener] = []


def listen(listener: Listener) -> None:
    """Have all later changes that this process makes told to a function.

    :param listener: is called in the thread that made the change, and must
        not wait for anything.
    """
    _listeners.append(listener)


def ignore(listener: Listener) -> None:
    """Tell a function no more."""
    _listeners.remove(listener)


def copy_started(session: orm.Session, copy_id: str) -> None:
    """Note that a copy has begun, once the transaction is committed."""
    _note(session, COPY, START, copy_id)


def copy_ended(session: orm.Session, copy_id: str) -> None:
    """Note that a copy has ended, once the transaction is committed."""
    _note(session, COPY, None, copy_id)


def replication_started(session: orm.Session, replication_id: str) -> None:
    """Note that a replication has begun, likewise."""
    _note(session, REPLICATION, START, replication_id)


def replication_ended(session: orm.Session, replication_id: str) -> None:
    """Note that a replication has ended, likewise."""
    _note(session, REPLICATION, None, replication_id)


def _note(
    session: orm.Session, noun: str, verb: str | None, row_id: str
) -> None:
    if not _listeners:
        return
    query = sa.select(*_COLUMNS[noun])
    if noun == COPY:
        query = query.join(
            _replication, _replication.id == _copy.replication_id
        ).where(_copy.id == row_id)
    else:
        query = query.where(_replication.id == row_id)
    values = dict(session.execute(query).mappings().one())
    if verb is None:
        verb = ERROR if values['state'] == states.ERROR else END
    change = Change(noun, verb, values)
    event.listen(
        session, 'after_commit', functools.partial(_tell, change), once=True
    )


def _tell(change: Change, _session: orm.Session) -> None:
    for listener in list(_listeners):
        try:
            listener(change)
        except Exception:
            # What was committed holds, whoever cannot hear of it.
            LOG.exception('Nobody was told of a change')
