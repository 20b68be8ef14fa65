# SPDX-License-Identifier: Apache-2.0

"""Glint as a user of the key manager: its service user, with a deadline."""

from typing import Any

from keystoneauth1 import loading
from keystoneauth1 import plugin
from oslo_context import context

from glint import conf

#: The group of Glint's own user in the home Keystone.
_GROUP = 'service_user'


class _Bounded(plugin.BaseAuthPlugin):
    """Logs in as another plugin does, but waits for no answer for ever.

    castellan makes a session without a timeout for each call. The plugin is
    the first to see it.
    """

    def __init__(self, inner: plugin.BaseAuthPlugin) -> None:
        super().__init__()
        self._inner = inner

    def get_headers(
        self, session: Any, **kwargs: Any
    ) -> dict[str, str] | None:
        session.timeout = conf.CONF.secrets.key_manager_timeout
        return self._inner.get_headers(session, **kwargs)

    def get_endpoint(self, session: Any, **kwargs: Any) -> str | None:
        session.timeout = conf.CONF.secrets.key_manager_timeout
        return self._inner.get_endpoint(session, **kwargs)

    def get_endpoint_data(self, session: Any, **kwargs: Any) -> Any:
        session.timeout = conf.CONF.secrets.key_manager_timeout
        return self._inner.get_endpoint_data(session, **kwargs)

    def invalidate(self) -> bool:
        return self._inner.invalidate()


class ServiceUser(context.RequestContext):
    """What castellan asks for a login.

    :raises ValueError: if the configuration does not say how to log in.
    """

    def __init__(self) -> None:
        super().__init__(overwrite=False)
        found = loading.load_auth_from_conf_options(conf.CONF, _GROUP)
        if found is None:
            raise ValueError('set auth_type in the group [%s]' % _GROUP)
        self._auth = _Bounded(found)

    def get_auth_plugin(self) -> plugin.BaseAuthPlugin:
        return self._auth
