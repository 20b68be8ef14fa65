# SPDX-License-Identifier: Apache-2.0

"""The base class of all tests."""

import logging
from typing import Any

import fixtures
from keystoneauth1 import loading
from oslo_config import fixture as config_fixture
from oslotest import base

from glint import conf
from glint.tests import waiting

# These tell at DEBUG level what each of their own steps does.
_NOISY_LOGGERS = ('sqlalchemy', 'alembic', 'stevedore', 'urllib3')


class TestCase(base.BaseTestCase):
    """A test with its own configuration, log, home and temporary folder.

    ``self.logs.output`` is all that the test has logged so far, at any
    level. It is shown with the test's result only when the test fails.
    """

    DEFAULT_TIMEOUT = 60

    def setUp(self) -> None:
        super().setUp()
        self._config_fixture = self.useFixture(
            config_fixture.Config(conf.CONF)
        )
        # What is configured on the machine must not reach the tests.
        conf.CONF(
            [],
            project='glint',
            default_config_files=self.config_files(),
            default_config_dirs=[],
        )
        self.addCleanup(_forget_plugin)

    def config_files(self) -> list[str]:
        """Return the configuration files to read; none by default."""
        return []

    def config(self, group: str | None = None, **options: Any) -> None:
        """Override configuration options until the end of the test.

        :param group: name of the options' group, None for ``[DEFAULT]``
        :param options: names and values of the options
        """
        self._config_fixture.config(group=group, **options)

    def until(self, condition: Any, what: str, timeout: float = 60) -> Any:
        """Wait until a condition holds.

        :param what: what is waited for, for the message
        :param timeout: how long to wait, in seconds
        :returns: what the condition returned
        """
        return waiting.until(condition, timeout, what)

    def _fake_logs(self) -> None:
        for name in _NOISY_LOGGERS:
            logging.getLogger(name).setLevel(logging.WARNING)
        self.logs = self.useFixture(
            fixtures.FakeLogger(
                format='%(levelname)s [%(name)s] %(message)s',
                level=logging.DEBUG,
                nuke_handlers=True,
            )
        )


def _forget_plugin() -> None:
    """Let the next test do without the accounts of this one.

    keystoneauth adds the options of a plugin when it is used, some of them
    required from then on.
    """
    conf.CONF.reset()
    for group in ('keystone_authtoken', 'service_user'):
        if group in conf.CONF:
            for option in loading.get_auth_plugin_conf_options('password'):
                conf.CONF.unregister_opt(option, group=group)
