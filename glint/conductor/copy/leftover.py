# SPDX-License-Identifier: Apache-2.0

"""What Glint made at a target and did not finish, and how it is removed."""

from oslo_log import log

from glint import interrupt as interrupts
from glint.conductor import access
from glint.conductor.copy import run as runs
from glint.db import image_copy as db_image_copy
from glint.db import replication as db_replication
from glint.i18n import _
from glint.image import failure
from glint.image import images
from glint.image import record as records
from glint.image import session as sessions
from glint.image.refusal import row as failure_row

LOG = log.getLogger(__name__)


def open_session(
    run: runs.CopyRun, interrupt: interrupts.Interrupt
) -> sessions.SiteSession:
    """Make a session at the target of a copy.

    :param interrupt: cuts all that the session does.
    :raises SiteFailure: see :func:`access.open_session`.
    """
    return access.open_session(
        run.context, run.copy.target_site_id, run.copy.credential_id, interrupt
    )


class OtherId(Exception):
    """A site made another image than it was asked for.

    :ivar cause: the failure to report.
    """

    def __init__(self, cause: failure.SiteFailure) -> None:
        super().__init__(cause)
        self.cause = cause


def create(
    run: runs.CopyRun, session: sessions.SiteSession, body: images.Record
) -> images.Record:
    """Make the record of an image, with the id that is noted already.

    A record of another id is noted as well, so that it is removed if it
    proves to be Glint's.

    :param body: the record, with its id.
    :raises OtherId: if the site takes another id.
    :raises SiteFailure: if it refuses the record.
    :raises Interrupted: if another conductor may have the copy.
    """
    made = images.create(session, body)
    if made['id'] == body['id']:
        return made
    run.unanswered.discard(body['id'])
    run.note_part(made['id'], None)
    run.hold()
    raise OtherId(
        session.failure(
            'create',
            'record',
            said=_('it was asked for the id %(asked)s and made %(made)s')
            % {'asked': body['id'], 'made': made['id']},
        )
    )


def is_ours(run: runs.CopyRun, record: images.Record) -> bool:
    """Say whether a record was made for this replication, and for no other.

    With preserve_id somebody else may have an image of the noted id, and
    what was left behind active may have been adopted since.
    """
    return is_made_by(run, record) and not db_image_copy.is_adopted(
        run.context, run.copy.target_site_id, record['id']
    )


def is_made_by(run: runs.CopyRun, record: images.Record) -> bool:
    """Say whether a record has the mark of this replication.

    Or that Glint chose and noted its id, where the site lets no mark be set.
    """
    origin = records.Origin(run.copy.replication_id, '', run.unmarked)
    return origin.has_made(record)


def takes_data(record: images.Record) -> bool:
    """Say whether the data of an image can be sent, once more.

    A queued record with a hash is a refused upload, which Glance takes no
    second one for; one without formats was only made to take its id; saving
    means that an upload broke off or still goes on.
    """
    hashed = record.get('checksum') or record.get('os_hash_value')
    whole = record.get('disk_format') and record.get('container_format')
    return record['status'] == 'queued' and bool(whole) and not hashed


def expect_late(
    run: runs.CopyRun, replication: db_replication.Replication
) -> None:
    """Reckon with requests of a conductor that is dead or has given up.

    A record that is not at the target may yet be made there: the request
    can be on its way. The id that is to be preserved is not given up for
    that.
    """
    noted = {run.target_image_id, *run.made_image_ids}
    if replication.options.get('preserve_id'):
        noted.discard(replication.image_id)
    run.unanswered.update(filter(None, noted))


def clean(
    run: runs.CopyRun, interrupt: interrupts.Interrupt | None = None
) -> None:
    """Remove all that Glint made at the target of a copy.

    What is gone is not noted any more.

    :param interrupt: cuts it; the run's own one may be set already. The
        session's timeouts hold in any case.
    :raises SiteFailure: if something cannot be removed now.
    :raises Interrupted: if the interrupt was set.
    """
    if run.target_image_id is None and not run.made_image_ids:
        return
    session = open_session(run, interrupt or interrupts.Interrupt())
    try:
        if run.target_image_id is not None:
            # Before its parts, which are in use as long as it is there.
            remove(run, session, run.target_image_id)
            run.target_image_id = None
        clean_parts(run, session)
    finally:
        session.close()


def clean_parts(
    run: runs.CopyRun, session: sessions.SiteSession, active: bool = True
) -> None:
    """Remove the kernel and the ramdisk that Glint made for an image.

    :param active: whether to remove those, too, that are complete.
    :raises SiteFailure: if one cannot be removed now.
    """
    kept: failure.SiteFailure | None = None
    for image_id in list(run.made_image_ids):
        try:
            found = _find(run, session, image_id)
            if found is not None:
                if found['status'] == 'active' and not active:
                    continue
                _remove(run, session, found)
        except failure.SiteFailure as e:
            # One that is in use does not keep the other one.
            kept = e
        else:
            run.forget_part(image_id)
    if kept is not None:
        raise kept


def _is_used(session: sessions.SiteSession, image_id: str) -> bool:
    return any(
        images.find_by_property(session, key, image_id) for key in records.BOOT
    )


def remove(
    run: runs.CopyRun, session: sessions.SiteSession, image_id: str
) -> None:
    """Remove an image, if Glint made it for the copy.

    :raises SiteFailure: if it cannot be removed now.
    :raises Interrupted: if another conductor may have the copy.
    """
    found = _find(run, session, image_id)
    if found is not None:
        _remove(run, session, found)


def _find(
    run: runs.CopyRun, session: sessions.SiteSession, image_id: str
) -> images.Record | None:
    """Find an image, or keep a late request from making it."""
    found = images.find(session, image_id)
    if found is None and image_id in run.unanswered:
        run.hold()
        found = _take_id(run, session, image_id)
        run.unanswered.discard(image_id)
    return found


def _take_id(
    run: runs.CopyRun, session: sessions.SiteSession, image_id: str
) -> images.Record | None:
    """Make the record that an earlier request may still be about to make.

    When it is deleted, the site does not take its id any more.
    """
    body = {'id': image_id}
    if image_id not in run.unmarked:
        body[records.REPLICATION_ID] = run.copy.replication_id
    try:
        return create(run, session, body)
    except OtherId:
        # No request has ever made an image of this id there.
        return None
    except failure.SiteFailure as e:
        if e.action == failure_row.Action.DROP_PROPERTY:
            # So was, or will be, all that was asked for with the mark.
            return None
        if e.http_status != 409:
            raise
        return images.find(session, image_id)


def _remove(
    run: runs.CopyRun, session: sessions.SiteSession, found: images.Record
) -> None:
    image_id = found['id']
    if not is_made_by(run, found):
        return
    run.hold()
    if found['status'] == 'active' and not run.withdraw(
        image_id, records.contents(found)
    ):
        raise session.failure('delete', 'used')
    # Whoever counted on it until now has adopted it, or has given it up.
    if not is_ours(run, found) or (
        image_id in run.made_image_ids and _is_used(session, image_id)
    ):
        return
    run.hold()
    images.delete(session, image_id, protected=bool(found.get('protected')))
    LOG.info(
        'Removed the unfinished image %s at site %s',
        image_id,
        session.site.name,
    )
