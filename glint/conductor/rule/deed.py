# SPDX-License-Identifier: Apache-2.0

"""Does at a target what a pass found is to be done with a replica."""

from collections.abc import Callable
import dataclasses
from typing import Any

from glint.i18n import _
from glint.image import failure
from glint.image import images
from glint.image import session as sessions
from glint.rule import guard
from glint.rule import replica as replicas
from glint.rule import terms

Item = terms.Item
Replica = replicas.Replica


@dataclasses.dataclass
class Done:
    """What came of an item.

    :ivar replica: the replica as it is now.
    :ivar notes: what was not done, and why.
    """

    replica: Replica
    notes: list[str] = dataclasses.field(default_factory=list)


def do(session: sessions.SiteSession, item: Item, replica: Replica) -> Done:
    """Change a replica at its site.

    :param item: with one of the actions of :data:`DEEDS`.
    :raises SiteFailure: if the site refuses, or does not answer.
    """
    done = Done(replica)
    DEEDS[item.action](session, item, done)
    return done


def _amend(session: sessions.SiteSession, item: Item, done: Done) -> None:
    """Set fields together; one that is refused keeps back no other one."""
    changes = {key: new for key, (_old, new) in item.changes.items()}
    try:
        images.update(session, _id(item), changes)
    except failure.SiteFailure as e:
        if e.retryable or len(changes) == 1:
            raise
        for key, value in changes.items():
            _amend_one(session, item, done, key, value)
    else:
        _write(done, changes)


def _amend_one(
    session: sessions.SiteSession, item: Item, done: Done, key: str, value: Any
) -> None:
    try:
        images.update(session, _id(item), {key: value})
    except failure.SiteFailure as e:
        if e.retryable:
            raise
        done.notes.append(
            _('%(key)s could not be set. %(reason)s')
            % {'key': key, 'reason': e.detail}
        )
        refused = done.replica.refused | {key}
        done.replica = dataclasses.replace(done.replica, refused=refused)
    else:
        _write(done, {key: value})


def _hide(session: sessions.SiteSession, item: Item, done: Done) -> None:
    images.update(session, _id(item), {'os_hidden': True})
    _write(done, {'os_hidden': True})
    _withdraw(done, done.replica.withdrawn | {replicas.HIDDEN})


def _show(session: sessions.SiteSession, item: Item, done: Done) -> None:
    images.update(session, _id(item), {'os_hidden': False})
    _write(done, {'os_hidden': False})
    _withdraw(done, done.replica.withdrawn - {replicas.HIDDEN})


def _deactivate(session: sessions.SiteSession, item: Item, done: Done) -> None:
    """Let nobody use the data; where that is refused, hide the image."""
    try:
        images.set_active(session, _id(item), active=False)
    except failure.SiteFailure as e:
        if e.http_status != 403:
            raise
        _hide(session, item, done)
        done.notes.append(
            _('It is hidden, as it could not be deactivated. %s') % e.detail
        )
    else:
        _withdraw(done, done.replica.withdrawn | {replicas.DEACTIVATED})


def _reactivate(session: sessions.SiteSession, item: Item, done: Done) -> None:
    images.set_active(session, _id(item), active=True)
    _withdraw(done, done.replica.withdrawn - {replicas.DEACTIVATED})


def _delete(session: sessions.SiteSession, item: Item, done: Done) -> None:
    """Remove an image, if it is still what the pass saw."""
    found = images.find(session, _id(item))
    stop = found and guard.of_origin(done.replica, found)
    if stop:
        raise failure.SiteFailure('image_changed', stop)
    if found:
        protected = bool(done.replica.written.get('protected'))
        images.delete(session, _id(item), protected=protected)


def _id(item: Item) -> str:
    assert item.image_id
    return item.image_id


def _write(done: Done, values: dict[str, Any]) -> None:
    """Note what Glint wrote last."""
    written = {**done.replica.written, **values}
    done.replica = dataclasses.replace(
        done.replica,
        written={k: v for k, v in written.items() if v is not None},
    )


def _withdraw(done: Done, withdrawn: frozenset[str]) -> None:
    done.replica = dataclasses.replace(done.replica, withdrawn=withdrawn)


DEEDS: dict[str, Callable[[sessions.SiteSession, Item, Done], None]] = {
    terms.AMEND: _amend,
    terms.HIDE: _hide,
    terms.SHOW: _show,
    terms.DEACTIVATE: _deactivate,
    terms.REACTIVATE: _reactivate,
    terms.DELETE: _delete,
}
