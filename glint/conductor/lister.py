# SPDX-License-Identifier: Apache-2.0

"""Asks sites for their images, for the API."""

from collections.abc import Collection
from concurrent import futures
import functools
import threading

from oslo_db import exception as db_exception
from oslo_log import log

from glint import conf
from glint import exception
from glint import interrupt as interrupts
from glint import states
from glint.conductor import access
from glint.conductor import credential as credentials
from glint.conductor import crew as crews
from glint.conductor.copy import health
from glint.db import credential as db_credential
from glint.db import engine
from glint.db import image_listing as db_image_listing
from glint.i18n import _
from glint.image import failure
from glint.image import listing

LOG = log.getLogger(__name__)

Key = db_image_listing.Key

_TIMEOUT = 'timeout'

#: The codes of failures that are the credential's, beside refusals.
_UNAUTHORIZED = frozenset((credentials.UNAUTHORIZED, 'credential_deleted'))


class Lister:
    """Threads that list images; a listing that is asked for twice runs once.

    What came out is in the database.
    """

    def __init__(self) -> None:
        self._crew = crews.Crew('lister', conf.CONF.conductor.max_listings)
        self._lock = threading.Lock()
        self._running: dict[Key, futures.Future[None]] = {}

    def refresh(
        self, context: engine.Context, keys: Collection[Key], wait: float
    ) -> None:
        """List what some credentials see, all at the same time.

        :param keys: the credentials, and what of that is wanted.
        :param wait: for how many seconds the end is waited for. What takes
            longer goes on.
        """
        futures.wait([self._start(context, key) for key in keys], wait)

    def stop(self) -> None:
        """End all that runs."""
        self._crew.stop()

    def _start(
        self, context: engine.Context, key: Key
    ) -> futures.Future[None]:
        with self._lock:
            running = self._running.get(key)
            if running is None:
                running = self._crew.do(
                    context.project_id,
                    functools.partial(self._run, context, key),
                )
                self._running[key] = running
            return running

    def _run(self, context: engine.Context, key: Key) -> None:
        seconds = conf.CONF.conductor.listing_timeout
        try:
            with self._crew.interrupt.limited(seconds, _TIMEOUT) as interrupt:
                _refresh(context, key, interrupt)
        except interrupts.Interrupted:
            LOG.debug('%s are not listed any more', _words(key))
        except db_exception.DBError as e:
            LOG.warning('%s were not kept: %s', _words(key), e)
        except Exception:
            LOG.exception('%s were not listed', _words(key))
        finally:
            with self._lock:
                del self._running[key]


def _words(key: Key) -> str:
    return f'The images that credential {key.credential_id} sees'


def _refresh(
    context: engine.Context, key: Key, interrupt: interrupts.Interrupt
) -> None:
    """List what one credential sees, and write down what came out."""
    try:
        credential = db_credential.get(context, key.credential_id, None, None)
    except exception.CredentialNotFound:
        return
    asked_at = db_image_listing.now(context)
    try:
        found = _ask(context, key, credential.site_id, interrupt)
    except interrupts.Interrupted as e:
        if e.reason == _TIMEOUT:
            seconds = conf.CONF.conductor.listing_timeout
            detail = _('The site did not list its images within %g seconds.')
            db_image_listing.failed(
                context,
                key,
                asked_at,
                states.LISTING_UNREACHABLE,
                detail % seconds,
            )
        return
    except failure.SiteFailure as e:
        LOG.info('%s cannot be listed. %s', _words(key), e.detail)
        db_image_listing.failed(context, key, asked_at, _state(e), e.detail)
        _tell(context, credential, e, interrupt)
        return
    db_image_listing.listed(
        context, key, asked_at, found.images, _remark(found)
    )
    health.note(context, credential.site_id, None)


def _ask(
    context: engine.Context,
    key: Key,
    site_id: str,
    interrupt: interrupts.Interrupt,
) -> listing.Listing:
    session = access.open_session(
        context, site_id, key.credential_id, interrupt
    )
    try:
        return listing.read(
            session, key.scope, conf.CONF.conductor.max_listed_images
        )
    finally:
        session.close()


def _state(cause: failure.SiteFailure) -> str:
    if cause.code in _UNAUTHORIZED or cause.http_status in (401, 403):
        return states.LISTING_UNAUTHORIZED
    return states.LISTING_UNREACHABLE


def _tell(
    context: engine.Context,
    credential: db_credential.Credential,
    cause: failure.SiteFailure,
    interrupt: interrupts.Interrupt,
) -> None:
    """Note what a listing in vain says of the credential or its site."""
    heard = health.told(credential.site_id, cause)
    # A site may answer all but the list of many images.
    if heard is not None and cause.call in health.NO_IMAGE:
        health.note(context, heard.site_id, heard.silence)
    if cause.code == credentials.UNAUTHORIZED:
        try:
            credentials.doubt(context, credential.id, interrupt)
        except (exception.CredentialNotFound, interrupts.Interrupted):
            return


def _remark(found: listing.Listing) -> str | None:
    if found.complete:
        return None
    return _(
        'The site has more images than are listed: only the newest %d are '
        'shown.'
    ) % len(found.images)
