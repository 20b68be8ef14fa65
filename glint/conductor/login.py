# SPDX-License-Identifier: Apache-2.0

"""One login at a time with each credential, and none with a refused one.

Many copies begin at once, and sites lock an account after a few wrong
passwords. So the first refusal holds back all others, in this process and, by
the state of the credential, in all conductors.
"""

from collections.abc import Iterator
import contextlib
from datetime import datetime
import threading
import weakref

from oslo_log import log
from oslo_utils import timeutils

from glint import interrupt as interrupts
from glint import states
from glint.db import credential as db_credential
from glint.db import engine
from glint.i18n import _
from glint.image import failure

LOG = log.getLogger(__name__)

#: The code of the failures that are the credential's.
UNAUTHORIZED = 'unauthorized'

#: What logs in with an account that the site may lock. No site does that
#: for application credentials, and trusts are used with Glint's own account.
_ACCOUNTS = ('v3oidcclientcredentials', 'v3password')

#: How often a login that waits for its turn looks whether it is wanted.
_PATIENCE = 0.2


class _Turn:
    """Who logs in with a credential, and what came of the last login.

    :ivar number: how many logins have ended.
    :ivar failure: how the last one failed, None if it did not.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.number = 0
        self.failure: failure.SiteFailure | None = None

    def end(self, cause: failure.SiteFailure | None) -> None:
        self.number += 1
        self.failure = cause


#: By the ids of the credentials, as long as sessions use them.
_turns: weakref.WeakValueDictionary[str, _Turn]
_turns = weakref.WeakValueDictionary()
_lock = threading.Lock()


class Guard:
    """Stands around the logins of one session.

    :param credential: the session's.
    :param interrupt: ends the wait for the turn.
    :param although_refused: whether to log in with a refused credential, to
        see whether it works again.
    """

    def __init__(
        self,
        context: engine.Context,
        credential: db_credential.Credential,
        interrupt: interrupts.Interrupt,
        although_refused: bool = False,
    ) -> None:
        self._context = context
        self._credential = credential
        self._interrupt = interrupt
        self._although_refused = although_refused
        with _lock:
            self._turn = _turns.setdefault(credential.id, _Turn())

    @contextlib.contextmanager
    def __call__(self) -> Iterator[None]:
        """Hold the turn for one login.

        :raises SiteFailure: if the credential is refused, or the login that
            was waited for failed.
        :raises Interrupted: if the interrupt was set.
        """
        before = self._turn.number
        while not self._turn.lock.acquire(timeout=_PATIENCE):
            self._interrupt.check()
        try:
            if not self._although_refused:
                self._hold_back(before)
            try:
                yield
            except failure.SiteFailure as e:
                self._turn.end(e)
                if e.code == UNAUTHORIZED:
                    refuse(self._context, self._credential, e)
                raise
            else:
                self._turn.end(None)
        finally:
            self._turn.lock.release()

    def _hold_back(self, before: int) -> None:
        """Spare a login that would fail as another one has.

        :param before: the number of the turn when the wait for it began.
        """
        if self._turn.failure is not None and self._turn.number != before:
            raise self._turn.failure
        found = db_credential.get(
            self._context, self._credential.id, None, None
        )
        if found.state == states.CREDENTIAL_UNAUTHORIZED:
            made = failure.SiteFailure(
                UNAUTHORIZED, found.detail or '', call='authenticate'
            )
            made.site_id = found.site_id
            raise made


def refuse(
    context: engine.Context,
    credential: db_credential.Credential,
    cause: failure.SiteFailure,
) -> None:
    """Write down that a site refuses a credential.

    :param cause: how it did.
    """
    detail = cause.detail
    expires_at = credential.expires_at
    if expires_at is not None and expires_at <= timeutils.utcnow():
        detail = _('It expired at %(time)s. %(detail)s') % {
            'time': minute(expires_at),
            'detail': detail,
        }
    LOG.info('Credential %s is refused: %s', credential.id, detail)
    db_credential.refuse(
        context,
        credential.id,
        detail,
        counted=credential.auth_type in _ACCOUNTS
        and cause.http_status in (400, 401, 403),
        secret=credential.secret,
    )


def minute(moment: datetime) -> str:
    """Write a time as users read it, in UTC."""
    return moment.strftime('%Y-%m-%d %H:%M UTC')
