# SPDX-License-Identifier: Apache-2.0

"""What the user's guides say to type, typed.

In the guides, the other cloud is called north, and the image debian-13.
"""

import pathlib
import re
import shlex
import subprocess
import textwrap
from typing import Any

from glintclient.tests.functional import base
from glintclient.tests.functional import glint as glints

_GUIDES = pathlib.Path(__file__).parents[4] / 'doc' / 'source' / 'user'
_NORTH = 'https://north.example.org:5000/v3'
_IMAGE = 'debian-13'


def _blocks(guide: str, language: str) -> list[str]:
    """Find the blocks of code in a guide."""
    found = re.findall(
        rf'^\.\. code-block:: {language}\n\n((?: {{3}}.*\n|\n)+)',
        (_GUIDES / guide).read_text(),
        re.MULTILINE,
    )
    return [textwrap.dedent(block) for block in found]


class TestGuides(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.clouds['north'] = self.clouds['west']
        self.write_clouds()
        self.image = self.make_image()
        self.conn.image.update_image(self.image, name=_IMAGE)
        self.addCleanup(self._remove)

    def test_openstack(self) -> None:
        (_install, _empty, _cloud, sites, make, _ask, change, replicate) = (
            _blocks('openstack.rst', 'console')[:8]
        )
        script = (sites + make + change + replicate).replace('\\\n', '')
        for line in script.split('\n'):
            if line:
                prompt, program, *words = shlex.split(line)
                self.assertEqual(('$', 'openstack'), (prompt, program))
                self._run('bash', '-c', shlex.join([program, *words]))
        self._check()

    def test_python(self) -> None:
        example = _blocks('sdk.rst', 'python')[0]
        key = self._application_credential()
        for there, here in (
            (_NORTH, self._north['auth_url']),
            ("'...'", repr(key.id)),
            ("'...'", repr(key.secret)),
        ):
            self.assertIn(there, example)
            example = example.replace(there, here, 1)
        names: dict[str, Any] = {}
        exec(compile(example, 'sdk.rst', 'exec'), names)
        self._check()

    def test_curl(self) -> None:
        address, *calls = _blocks('curl.rst', 'bash')
        script = (
            *('set -euo pipefail', address),
            # Not the one of the catalog, but that of this test.
            f'echo "$GLINT" >&2; GLINT={self.glint.url}',
            *calls,
        )
        done = self._run(
            'bash',
            '-c',
            '\n'.join(script).replace(_NORTH, self._north['auth_url']),
        )
        self.assertIn(self.lab['glint']['endpoint'], done.stderr)
        self._check()

    @property
    def _north(self) -> dict[str, str]:
        auth: dict[str, str] = self.clouds['north']['auth']
        return auth

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            arguments,
            env=self.environment(
                'home', PATH=f'{glints.BIN}:{self.environment("")["PATH"]}'
            ),
            capture_output=True,
            text=True,
        )
        if done.returncode:
            self.fail(f'{arguments}\n{done.stdout}\n{done.stderr}')
        return done

    def _application_credential(self) -> Any:
        conn = self.connect('north')
        return conn.identity.create_application_credential(
            conn.current_user_id, 'glint'
        )

    def _check(self) -> None:
        """Wait for what the guide has asked for, and look at the image."""
        (made,) = self.client.replications(image_id=self.image.id)
        (copy,) = self.client.wait_for_replication(made).copies
        glance = self.connect('north').image
        there = glance.get_image(copy.target_image_id)
        self.assertEqual(_IMAGE, there.name)
        here = self.conn.image.get_image(self.image)
        self.assertEqual(here.hash_value, there.hash_value)

    def _remove(self) -> None:
        """Leave neither a site nor a credential of these names."""
        for site in self.client.sites(name='north'):
            self._empty('north', site.id)
        conn = self.connect('north')
        for key in conn.identity.application_credentials(conn.current_user_id):
            if key.name.startswith('glint'):
                conn.identity.delete_application_credential(
                    conn.current_user_id, key
                )
