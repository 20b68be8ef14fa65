# Licensed under the Apache License, Version 2.0 (the "License"); you may
# not use this file except in compliance with the License. You may obtain
# a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS, WITHOUT
# WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied. See the
# License for the specific language governing permissions and limitations
# under the License.

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
