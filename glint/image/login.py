# SPDX-License-Identifier: Apache-2.0

"""The tokens of one user at one site."""

from collections.abc import Callable
from contextlib import AbstractContextManager
import threading

from keystoneauth1 import access as keystone_access
from keystoneauth1 import session as keystone_session
from keystoneauth1.identity import v3

#: Seconds that a token must still hold to be used.
_LEFT = 120
#: How many tokens of the past a site may still repeat.
_REMEMBERED = 16


class Login:
    """Gets tokens, one at a time, and keeps the newest one.

    :param plugin: how the user logs in
    :param session: what the plugin asks the site by
    :param guard: is entered around each login
    """

    def __init__(
        self,
        plugin: v3.base.BaseAuth,
        session: keystone_session.Session,
        guard: Callable[[], AbstractContextManager[None]],
    ) -> None:
        self._plugin = plugin
        self._session = session
        self._guard = guard
        self._lock = threading.Lock()
        self._access: keystone_access.AccessInfo | None = None
        #: The newest tokens, which must not be shown.
        self.tokens: tuple[str, ...] = ()

    @property
    def known(self) -> keystone_access.AccessInfo | None:
        """What the newest token tells, None before the first login."""
        return self._access

    def access(self) -> keystone_access.AccessInfo:
        """What a token tells that holds for a while yet."""
        with self._lock:
            found = self._access
            if found is None or found.will_expire_soon(_LEFT):
                found = self._log_in()
            return found

    def renew(self) -> keystone_access.AccessInfo:
        """What a token tells that is issued just now."""
        with self._lock:
            return self._log_in()

    def replace(self, token: str) -> keystone_access.AccessInfo:
        """What another token tells than one that the site refused.

        Of many threads with the same token, one logs in.
        """
        with self._lock:
            found = self._access
            if found is None or found.auth_token == token:
                found = self._log_in()
            return found

    def _log_in(self) -> keystone_access.AccessInfo:
        with self._guard():
            # A federated token would else be got by an older one, with which
            # it ends.
            self._plugin.invalidate()
            issued = self._plugin.get_auth_ref(self._session)
            recent = self.tokens[-_REMEMBERED:]
            self.tokens = (*recent, issued.auth_token or '')
            self._access = issued
        return issued
