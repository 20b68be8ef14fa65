# SPDX-License-Identifier: Apache-2.0

"""Sets at a target what had to wait until the image was proved right."""

from collections.abc import Iterable
from collections.abc import Mapping
from typing import Any

from glint.conductor.copy import run as runs
from glint.conductor.copy import source as sources
from glint.i18n import _
from glint.image import failure
from glint.image import images
from glint.image import record as records
from glint.image import session as sessions


def publish(
    run: runs.CopyRun,
    source: sources.Source,
    session: sessions.SiteSession,
    image_id: str,
) -> None:
    """Set visibility, members, hiding and protection.

    What the target refuses is noted, as the image itself is right.

    :param source: the image at the source.
    :param session: at the target.
    :param image_id: the image there.
    :raises SiteFailure: if the same may go better a little later.
    """
    record = source.record(run.interrupt)
    options = source.replication.options
    steps = records.after_active(
        record, options, _members(run, source, record)
    )
    run.notes += _foreign(steps, source.session, session)
    for step in steps:
        _try(run, session, image_id, step)


def amend(
    run: runs.CopyRun,
    session: sessions.SiteSession,
    image_id: str,
    changes: Mapping[str, Any],
) -> None:
    """Change an image that is adopted; what the target refuses is noted.

    :param session: at the target.
    :param image_id: the image there.
    :param changes: new values by field or property, None for what is to go.
    :raises SiteFailure: if the same may go better a little later.
    """
    run.assure()
    # A value that is refused must not keep back the others.
    for key, value in changes.items():
        _try(run, session, image_id, records.Step(key, value))


def _try(
    run: runs.CopyRun,
    session: sessions.SiteSession,
    image_id: str,
    step: records.Step,
) -> None:
    try:
        _take(session, image_id, step)
    except failure.SiteFailure as e:
        if e.retryable:
            raise
        if step.key == 'visibility':
            run.note_refusal(step.key, step.value)
        text = _('%(key)s could not be set to %(value)s. %(reason)s')
        if step.value is None:
            text = _('%(key)s could not be removed. %(reason)s')
        run.notes.append(
            text % {'key': step.key, 'value': step.value, 'reason': e.detail}
        )


def _foreign(
    steps: Iterable[records.Step],
    source: sessions.SiteSession,
    target: sessions.SiteSession,
) -> list[str]:
    """Say that the members may be other projects at the target, or none."""
    ids = [step.value for step in steps if step.key == records.MEMBER]
    if not ids or source.site.auth_url == target.site.auth_url:
        return []
    return [
        _(
            'Shared with the projects %s by their ids at the source; a '
            'project that has another id at this site does not see the image.'
        )
        % ', '.join(ids)
    ]


def _members(
    run: runs.CopyRun, source: sources.Source, record: images.Record
) -> list[str]:
    """Read whom the source's image is shared with, if that is asked for."""
    if not source.replication.options.get('members'):
        return []
    # Glance refuses the question for images that are not shared.
    if record.get('visibility', 'shared') != 'shared':
        return []
    try:
        found = images.members(source.session, record['id'])
    except failure.SiteFailure as e:
        if e.retryable:
            raise
        run.notes.append(_('The members could not be read. %s') % e.detail)
        return []
    # One that has not answered yet can use the image all the same.
    rejected = [key for key in sorted(found) if found[key] == 'rejected']
    if rejected:
        run.notes.append(
            _('Not shared with %s, which rejected the image at the source.')
            % ', '.join(rejected)
        )
    return [key for key in found if key not in rejected]


def _take(
    session: sessions.SiteSession, image_id: str, step: records.Step
) -> None:
    if step.key == records.MEMBER:
        images.add_member(session, image_id, step.value)
    else:
        images.update(session, image_id, {step.key: step.value})
