# SPDX-License-Identifier: Apache-2.0

"""Tries credentials at their sites."""

from collections.abc import Iterable
import contextlib
from datetime import datetime
from datetime import timedelta

from oslo_log import log
from oslo_utils import timeutils

from glint import conf
from glint import context as glint_context
from glint import exception
from glint import interrupt as interrupts
from glint import states
from glint.conductor import access
from glint.conductor import crew as crews
from glint.conductor import login
from glint.conductor.copy import health
from glint.conductor.copy import run as runs
from glint.conductor.copy import source as sources
from glint.db import credential as db_credential
from glint.db import engine
from glint.db.queue import checking as db_checking
from glint.i18n import _
from glint.image import check as checks
from glint.image import failure

LOG = log.getLogger(__name__)

UNAUTHORIZED = login.UNAUTHORIZED

#: How many credentials are looked up at a time.
_AT_ONCE = 100
_TIMEOUT = 'timeout'


def check(
    context: engine.Context,
    credential_id: str,
    interrupt: interrupts.Interrupt | None = None,
    seconds: float | None = None,
) -> bool:
    """Try a credential and write to its row, and its site's, what came out.

    :param interrupt: cuts the check.
    :param seconds: how long the check may take; without it as long as one
        connection and one answer.
    :returns: whether it works.
    :raises CredentialNotFound: if it is gone.
    :raises Interrupted: if the interrupt was set.
    """
    if seconds is None:
        settings = conf.CONF.network
        seconds = settings.connect_timeout + settings.request_timeout
    interrupt = interrupt or interrupts.Interrupt()
    credential = db_credential.get(context, credential_id, None, None)
    try:
        with interrupt.limited(seconds, _TIMEOUT) as limited:
            result = _ask(context, credential, limited)
    except failure.SiteFailure as e:
        _note_failure(context, credential, e)
        return False
    LOG.info(
        'Credential %s works: Glance %s at %s, import by %s',
        credential_id,
        result.glance_version,
        result.image_endpoint,
        ', '.join(result.import_methods) or 'no method',
    )
    expires_at = result.expires_at and timeutils.normalize_time(
        result.expires_at
    )
    db_credential.set_state(
        context,
        credential_id,
        states.CREDENTIAL_OK,
        _warnings(expires_at, result.warnings),
        credential.secret,
        expires_at=expires_at,
    )
    health.note(context, credential.site_id, None)
    return True


def _ask(
    context: engine.Context,
    credential: db_credential.Credential,
    interrupt: interrupts.Interrupt,
) -> checks.CheckResult:
    """Try a credential at its site.

    :raises SiteFailure: if it does not work, or the time is over.
    """
    try:
        session = access.open_session(
            context,
            credential.site_id,
            credential.id,
            interrupt,
            although_refused=True,
        )
        try:
            return checks.check(session)
        finally:
            session.close()
    except interrupts.Interrupted as e:
        if e.reason == _TIMEOUT:
            raise late() from None
        raise


def late() -> failure.SiteFailure:
    """:returns: what a site did that has not answered within a time."""
    detail = _(
        'The site took too long to answer. Try again later; if it stays so, '
        'ask the operator of the site.'
    )
    return failure.SiteFailure('timeout', detail, retryable=True)


def _note_failure(
    context: engine.Context,
    credential: db_credential.Credential,
    cause: failure.SiteFailure,
) -> None:
    """Write down what a check in vain says of the credential or its site."""
    detail = cause.detail
    # What may pass by itself says nothing against the credential.
    if cause.retryable:
        LOG.info('Credential %s does not work now. %s', credential.id, detail)
        db_credential.set_state(
            context,
            credential.id,
            states.CREDENTIAL_UNREACHABLE,
            detail,
            credential.secret,
        )
    elif (cause.call, cause.code) != ('authenticate', UNAUTHORIZED):
        # Of the others the guard of the logins knows.
        login.refuse(context, credential, cause)
    heard = health.told(credential.site_id, cause)
    if heard is not None:
        health.note(context, heard.site_id, heard.silence)


def _warnings(
    expires_at: datetime | None, warnings: Iterable[str]
) -> str | None:
    """Say what a credential that works does not do, or not for long."""
    said = list(warnings)
    left = timedelta(seconds=conf.CONF.conductor.expiry_warning)
    if expires_at is not None and expires_at <= timeutils.utcnow() + left:
        warning = _(
            'It expires at %s. Register another one before, and delete this '
            'one.'
        )
        said.insert(0, warning % login.minute(expires_at))
    return ' '.join(said) or None


def refused(
    run: runs.CopyRun, source: sources.Source, cause: failure.SiteFailure
) -> db_credential.Credential | None:
    """Find out whether a copy failed because a site refuses its credential.

    A token may also have ended before its time; then the failure becomes one
    that another attempt can mend.

    :param cause: the failure, of any kind.
    :returns: the credential, if it is refused.
    """
    if cause.code != UNAUTHORIZED:
        return None
    replication = source.replication
    credential_id = run.copy.credential_id
    if cause.site_id == replication.source_site_id:
        credential_id = replication.source_credential_id
    credential = doubt(run.context, credential_id)
    if credential.state == states.CREDENTIAL_UNAUTHORIZED:
        return credential
    # The site gives tokens, but does not take them. One may have ended; for
    # more of them the copy would only log in in vain.
    cause.retryable = (run.copy.error or {}).get('code') != UNAUTHORIZED
    return None


def doubt(
    context: engine.Context,
    credential_id: str,
    interrupt: interrupts.Interrupt | None = None,
) -> db_credential.Credential:
    """Find out whether a site that refused a call refuses the credential.

    :param interrupt: cuts it.
    :returns: the credential; its state tells.
    :raises CredentialNotFound: if it is gone.
    :raises Interrupted: if the interrupt was set.
    """
    credential = db_credential.get(context, credential_id, None, None)
    # What fails together need not try it one after the other.
    if credential.state != states.CREDENTIAL_UNAUTHORIZED:
        # What cannot be written down now is found out at the next attempt.
        with contextlib.suppress(engine.Busy):
            check(context, credential_id, interrupt)
        credential = db_credential.get(context, credential_id, None, None)
    return credential


def check_due(context: engine.Context, crew: crews.Crew) -> None:
    """Try the credentials again whose time has come.

    :param crew: tries them.
    :raises Interrupted: if the crew was told to stop.
    """
    for found in db_checking.due(context, _AT_ONCE, crew.full()):
        crew.interrupt.check()
        if not crew.has_room(found.project_id):
            continue
        # Those of a disabled site have another turn, and are not tried.
        if db_checking.begin(context, found) and found.enabled:
            _check_again(crew, found.project_id, found.id)


def _check_again(
    crew: crews.Crew, project_id: str, credential_id: str
) -> None:
    """Have a crew that has room check a credential."""

    def work() -> None:
        # It may be deleted at any time, and its row be locked.
        with contextlib.suppress(exception.CredentialNotFound, engine.Busy):
            check(glint_context.for_service(), credential_id, crew.interrupt)

    crew.do(project_id, work)
