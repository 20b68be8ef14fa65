# SPDX-License-Identifier: Apache-2.0

"""Commands, run in the test's process with the mocked service."""

import io
import json
import types
from typing import Any

from glintclient.tests.unit import base


class TestCase(base.TestCase):
    """Runs commands."""

    def run_command(
        self, kind: type[Any], *arguments: str, encoding: str = 'utf-8'
    ) -> tuple[int, str]:
        """Run a command.

        :param encoding: of the terminal.
        :returns: its exit code, and what it wrote.
        """
        written = io.BytesIO()
        output = io.TextIOWrapper(
            written, encoding=encoding, write_through=True
        )
        app = types.SimpleNamespace(
            stdout=output,
            client_manager=types.SimpleNamespace(
                image_replication=self.client,
                sdk_connection=self.conn,
                region_name='RegionOne',
                auth_ref=types.SimpleNamespace(username='me', user_id='my-id'),
                auth=types.SimpleNamespace(auth_url='https://home'),
            ),
        )
        command = kind(app, None)
        parsed = command.get_parser('openstack').parse_args(arguments)
        return command.run(parsed), written.getvalue().decode(encoding)

    def json(self, kind: type[Any], *arguments: str) -> Any:
        """Run a command that ends well, and read its output."""
        code, output = self.run_command(kind, *arguments, '-f', 'json')
        self.assertEqual(0, code)
        return json.loads(output)
