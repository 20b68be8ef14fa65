# SPDX-License-Identifier: Apache-2.0

"""Makes replicas of what the replications of a rule have brought."""

from datetime import datetime
from datetime import timedelta
from typing import Any

from oslo_log import log

from glint import exception
from glint import states
from glint.conductor.rule import hold as holds
from glint.conductor.rule import sites as rule_sites
from glint.db import image_copy as db_image_copy
from glint.db import image_listing
from glint.db.rule import item as db_item
from glint.db.rule import replica as db_replica
from glint.i18n import _
from glint.image import failure
from glint.image import images
from glint.image import record as records
from glint.image import session as sessions
from glint.rule import merge

LOG = log.getLogger(__name__)

#: Until the first try after one that failed, and at most.
_FIRST = timedelta(minutes=1)
_LONGEST = timedelta(days=1)


def gather(hold: holds.Hold, sites: rule_sites.Sites) -> None:
    """Note what became of all copies of a rule that have ended.

    An image at a site that does not answer now is looked at later.
    """
    now = image_listing.now(hold.context)
    by_site: dict[str, list[db_replica.Replica]] = {}
    for row, copy in db_replica.ended(hold.context, hold.rule.id):
        if copy is None or copy.outcome not in (states.COPIED, states.ADOPTED):
            _failed(hold, row, copy, now)
        else:
            row.target_image_id = copy.target_image_id
            row.adopted = copy.outcome == states.ADOPTED
            by_site.setdefault(row.target_site_id, []).append(row)
    for site_id, rows in by_site.items():
        try:
            session = sites.open(site_id)
        except (failure.SiteFailure, exception.GlintException) as e:
            LOG.info('Replicas at %s are looked at later: %s', site_id, e)
            continue
        try:
            for row in rows:
                _arrived(hold, session, row)
        except failure.SiteFailure as e:
            LOG.info('Replicas at %s are looked at later: %s', site_id, e)
        finally:
            session.close()


def _arrived(
    hold: holds.Hold, session: sessions.SiteSession, row: db_replica.Replica
) -> None:
    """Note what is at the target: that is the base of the next merge."""
    assert row.target_image_id
    found = images.find(session, row.target_image_id)
    written, refused = {}, []
    for key, value in row.written.items():
        here = merge.value(found or {}, key)
        if key == 'tags':
            same = {*value} <= {*(here or ())}
        else:
            same = here == value
        if same:
            written[key] = value
        else:
            refused.append(key)
    _keep(
        hold,
        row,
        state=states.IN_SYNC,
        target_image_id=row.target_image_id,
        adopted=row.adopted,
        content=found and records.content(found),
        written=written,
        refused=(found and refused) or None,
        withdrawn=None,
        tries=0,
        next_try_at=None,
        error=None,
    )
    _note(hold, row, db_item.DONE, None)


def _failed(
    hold: holds.Hold,
    row: db_replica.Replica,
    copy: db_image_copy.ImageCopy | None,
    now: datetime,
) -> None:
    """Note why a copy failed, and when it is tried again."""
    error = _error(copy)
    wait = min(_FIRST * 2 ** min(row.tries, 20), _LONGEST)
    _keep(
        hold,
        row,
        state=states.FAILED,
        tries=row.tries + 1,
        next_try_at=now + wait,
        error={key: error[key] for key in ('code', 'detail')},
    )
    _note(hold, row, db_item.FAILED, error['detail'])


def _error(copy: db_image_copy.ImageCopy | None) -> dict[str, Any]:
    if copy is not None and copy.error:
        return copy.error
    if copy is not None and copy.outcome == states.SKIPPED and copy.notes:
        # For a rule, it is one: the site lacks the image.
        return {'code': 'name_conflict', 'detail': copy.notes[-1]}
    return {
        'code': 'cancelled',
        'detail': _('The copy was cancelled, or its replication deleted.'),
    }


def _keep(hold: holds.Hold, row: db_replica.Replica, **values: object) -> None:
    db_replica.keep(
        hold.context,
        hold.rule.id,
        row.source_image_id,
        row.target_site_id,
        **values,
    )


def _note(
    hold: holds.Hold,
    row: db_replica.Replica,
    state: str,
    reason: str | None,
) -> None:
    if row.replication_id:
        db_item.note_copied(
            hold.context,
            hold.execution.id,
            row.replication_id,
            row.target_site_id,
            state,
            reason,
        )
