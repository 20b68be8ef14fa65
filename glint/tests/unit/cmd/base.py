# SPDX-License-Identifier: Apache-2.0

"""What the tests of the commands share."""

from collections.abc import Callable
import contextlib
import dataclasses
import io

import fixtures
from oslo_config import cfg

from glint import conf
from glint import context as glint_context
from glint.tests import base
from glint.tests import fixtures as glint_fixtures
from glint.tests.unit.image import cloud

_VERSION = {
    'version': {
        'id': 'v3.14',
        'status': 'stable',
        'links': [{'rel': 'self', 'href': '/v3/'}],
    }
}

DOWN = 'mysql+pymysql://glint:canary@127.0.0.1:1/glint'


@dataclasses.dataclass(frozen=True)
class Ran:
    """What a command left behind."""

    code: int
    out: str
    err: str


class TestCase(base.TestCase):
    """A test with a configuration file, and neither keys nor tables yet.

    :ivar home: the home cloud.
    :ivar database: URL of the database.
    :ivar keys: where the keys are to be.
    """

    def setUp(self) -> None:
        super().setUp()
        self.home = self.useFixture(cloud.Cloud())
        self.home.reply('GET', '/v3', 200, _VERSION)
        self.folder = self.useFixture(fixtures.TempDir())
        self.database = f'sqlite:///{self.folder.join("glint.sqlite")}'
        self.keys = self.folder.join('keys')
        self.file = self.folder.join('glint.conf')
        self.configure()
        self.context = glint_context.for_service()

    def configure(
        self,
        connection: str | None = None,
        auth_url: str | None = '',
        more: str = '',
        **secrets: int | str,
    ) -> None:
        """Write the configuration file.

        :param auth_url: of the home Keystone; None to leave it out.
        :param more: what it has besides, as in the file.
        """
        if auth_url == '':
            auth_url = self.home.url
        groups = {
            'database': {
                'connection': connection or self.database,
                'max_retries': 0,
            },
            'home': {'auth_url': auth_url} if auth_url else {},
            'secrets': {'key_repository': self.keys, **secrets},
            'service_user': {
                'auth_type': 'password',
                'auth_url': f'{auth_url or self.home.url}/v3',
                'username': 'glint',
                'password': cloud.PASSWORD,
                'user_domain_name': 'Default',
                'project_name': 'service',
                'project_domain_name': 'Default',
            },
        }
        with open(self.file, 'w') as f:
            for group, options in groups.items():
                print(f'[{group}]', file=f)
                for name, value in options.items():
                    print(f'{name} = {value}', file=f)
            print(more, file=f)

    def run_main(self, main: Callable[[], int], *arguments: str) -> Ran:
        """Run a command as its script does, with the configuration file."""
        argv = ['glint', '--config-file', self.file, *arguments]
        # The command reads its own configuration and connects by it.
        self.useFixture(glint_fixtures.Process())
        self.useFixture(fixtures.MonkeyPatch('sys.argv', argv))
        self._forget()
        out, err = io.StringIO(), io.StringIO()
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            try:
                code = main()
            except SystemExit as e:
                code = e.code
                if isinstance(code, str):
                    print(code, file=err)
                    code = 1
        self.addCleanup(self._forget)
        ran = Ran(code, out.getvalue(), err.getvalue())
        self.assertNotIn('Traceback', ran.out + ran.err)
        self.assertNotIn('canary', ran.out + ran.err)
        return ran

    def _forget(self) -> None:
        """Forget the last command, but not the options of the rest."""
        conf.CONF.reset()
        conf.CONF.unregister_opt(cfg.SubCommandOpt('command'))
