# SPDX-License-Identifier: Apache-2.0

"""Tests of Glint's login at the key manager."""

import socket
import time

from keystoneauth1 import exceptions as ksa_exceptions
from keystoneauth1 import loading
from keystoneauth1 import session as ksa_session

from glint.secrets import service_user
from glint.tests import base


class ServiceUserTestCase(base.TestCase):
    def configure(self, auth_url: str) -> None:
        options = loading.get_auth_plugin_conf_options('password')
        # The plugin's required option must not stay for other tests.
        self._config_fixture.register_opts(options, group='service_user')
        self.config(
            group='service_user',
            auth_type='password',
            auth_url=auth_url,
            username='glint',
            password='canary',
        )

    def test_login_is_the_configured_one(self) -> None:
        self.configure('http://127.0.0.1:1/v3')
        user = service_user.ServiceUser()
        self.assertIs(user.get_auth_plugin(), user.get_auth_plugin())
        self.assertNotIn('canary', f'{user!r} {user.to_dict()}')

    def test_silent_server_is_not_waited_for_for_ever(self) -> None:
        self.config(group='secrets', key_manager_timeout=1)
        # It accepts connections, and never answers.
        server = socket.create_server(('127.0.0.1', 0))
        self.addCleanup(server.close)
        url = f'http://127.0.0.1:{server.getsockname()[1]}/v3'
        self.configure(url)
        auth = service_user.ServiceUser().get_auth_plugin()
        session = ksa_session.Session(auth=auth)
        begin = time.monotonic()
        self.assertRaises(ksa_exceptions.ClientException, session.get_token)
        self.assertRaises(
            ksa_exceptions.ClientException,
            session.get,
            url,
            authenticated=False,
        )
        self.assertLess(time.monotonic() - begin, 20)

    def test_missing_login_is_told(self) -> None:
        error = self.assertRaises(ValueError, service_user.ServiceUser)
        self.assertIn('[service_user]', str(error))
