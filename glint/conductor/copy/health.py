# SPDX-License-Identifier: Apache-2.0

"""Whether sites answer: what copies tell of that, and what questions do.

What a site answers about one image says nothing about other images. So a
failure counts against a site only if the site does not answer a question
either that concerns no image, by the same credential.

It is noted when the copy has ended: whoever holds the row of a site holds up
nothing else.
"""

import contextlib
import functools
import random
from typing import NamedTuple

from oslo_db import exception as db_exception
from oslo_log import log

from glint import context as glint_context
from glint import interrupt as interrupts
from glint.conductor import access
from glint.conductor import crew as crews
from glint.conductor.copy import run as runs
from glint.conductor.copy import source as sources
from glint.db import engine
from glint.db.queue import health as db_health
from glint.image import check as checks
from glint.image import failure

LOG = log.getLogger(__name__)

#: The codes of failures in which a site gave no answer.
_SILENCE = frozenset(
    ('bad_answer', 'timeout', 'tls_failed', 'unavailable', 'unreachable')
)
#: Those that may be the site's or the image's.
_DOUBTFUL = _SILENCE | {'source_lost', 'storage_unavailable', 'upload_lost'}
#: What is asked of a site that concerns no image.
NO_IMAGE = frozenset(('authenticate', 'endpoint'))

#: What a copy asks about its target, it asks by itself.
_ALONE = contextlib.nullcontext()

#: How many silent sites are looked at before other chores have their turn.
_AT_ONCE = 8


class Heard(NamedTuple):
    """What is known of a site.

    :ivar silence: why it did not answer; None if it did
    :ivar known: whether it was noted already
    """

    site_id: str
    silence: str | None = None
    known: bool = False


def completed(run: runs.CopyRun, source: sources.Source) -> None:
    """Both sites of a copy work."""
    if run.lost:
        return
    for site_id in (
        run.copy.target_site_id,
        source.replication.source_site_id,
    ):
        note(run.context, site_id, None)


def hear(
    run: runs.CopyRun, source: sources.Source, cause: failure.SiteFailure
) -> Heard | None:
    """Find out what the failure of a copy tells about a site.

    :returns: None if that is nothing.
    """
    replication = source.replication
    site_id = cause.site_id
    if cause.code == 'source_lost':
        site_id = replication.source_site_id
    if site_id is None:
        return None
    if cause.code not in _DOUBTFUL:
        return Heard(site_id) if cause.http_status is not None else None
    at_source = site_id == replication.source_site_id
    # The copies of a source wait for the answer to the first of them.
    turn = source.asking(run.interrupt) if at_source else _ALONE
    try:
        with turn:
            if not cause.noted:
                cause.heard = _find_out(run, source, site_id, cause)
            return _once(cause)
    except (db_exception.DBError, interrupts.Interrupted):
        # How the copy ends matters more.
        return None


def _find_out(
    run: runs.CopyRun,
    source: sources.Source,
    site_id: str,
    cause: failure.SiteFailure,
) -> Heard | None:
    """Find out whether a site answers what concerns no image."""
    if cause.call in NO_IMAGE:
        return Heard(site_id, cause.detail)
    credential_id = run.copy.credential_id
    if site_id == source.replication.source_site_id:
        credential_id = source.replication.source_credential_id
    answer = _ask(run.context, site_id, credential_id, run.interrupt)
    return told(site_id, answer)


def _once(cause: failure.SiteFailure) -> Heard | None:
    """All copies of a source get the same failure, which is noted once."""
    known, cause.noted = cause.noted, True
    heard: Heard | None = cause.heard
    return heard and heard._replace(known=known)


def note(
    context: engine.Context,
    site_id: str,
    silence: str | None,
    counted: bool = False,
) -> None:
    """Write down whether a site answered, if that is possible now.

    :param silence: why it did not; None if it did.
    :param counted: whether it was counted when the question began.
    """
    try:
        if silence is None:
            db_health.answered(context, site_id)
        else:
            db_health.failed(context, site_id, silence, counted)
    except db_exception.DBError as e:
        LOG.warning('The health of site %s was not noted: %s', site_id, e)


def probe(context: engine.Context, crew: crews.Crew) -> None:
    """Ask the sites again that did not answer and whose time has come.

    :param crew: asks them.
    :raises Interrupted: if the crew was told to stop.
    """
    for found in db_health.due(context, _AT_ONCE):
        crew.interrupt.check()
        if crew.has_room(found.project_id) and db_health.begin(context, found):
            crew.do(
                found.project_id,
                functools.partial(_probe, found, crew.interrupt),
            )


def _probe(found: db_health.Probe, interrupt: interrupts.Interrupt) -> None:
    context = glint_context.for_service()
    usable = db_health.credentials(context, found.site_id)
    if not found.enabled or not usable:
        # The copies that wait for it will tell their users why they fail.
        _forget(context, found.site_id)
        return
    # Another one the next time: one may be odd, too.
    credential_id = random.choice(usable)  # noqa: S311
    cause = _ask(context, found.site_id, credential_id, interrupt)
    LOG.info(
        'Site %s was asked again. %s [site %s]',
        found.name,
        cause.detail if cause else 'It answers.',
        found.site_id,
    )
    heard = told(found.site_id, cause)
    if heard is not None:
        note(context, heard.site_id, heard.silence, counted=True)
    elif cause is not None and cause.site_id is not None:
        # Glint does not get as far as to the site, which passes not by itself.
        _forget(context, found.site_id)


def _forget(context: engine.Context, site_id: str) -> None:
    try:
        db_health.forget(context, site_id)
    except db_exception.DBError as e:
        LOG.warning('The health of site %s was not noted: %s', site_id, e)


def _ask(
    context: engine.Context,
    site_id: str,
    credential_id: str,
    interrupt: interrupts.Interrupt,
) -> failure.SiteFailure | None:
    """Ask a site something that concerns no image.

    :returns: what came instead of an answer; None if that came.
    :raises Interrupted: if the interrupt was set.
    """
    try:
        session = access.open_session(
            context, site_id, credential_id, interrupt
        )
        try:
            checks.prove(session)
        finally:
            session.close()
    except failure.SiteFailure as e:
        return e
    return None


def told(site_id: str, cause: failure.SiteFailure | None) -> Heard | None:
    """Say what came of a question that concerns no image.

    :param cause: how it failed; None if it did not.
    :returns: None if that says nothing about the site.
    """
    if cause is None:
        return Heard(site_id)
    if cause.code in _SILENCE:
        return Heard(site_id, cause.detail)
    return Heard(site_id) if cause.http_status is not None else None
