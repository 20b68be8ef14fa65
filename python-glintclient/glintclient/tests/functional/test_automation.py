# SPDX-License-Identifier: Apache-2.0

"""The recipes of the guide to automation, run."""

import json
import pathlib
import re
import subprocess
import sys
from typing import Any

from glintclient.tests.functional import base
from glintclient.tests.functional import glint as glints

_GUIDES = pathlib.Path(__file__).parents[4] / 'doc' / 'source' / 'user'


class TestAutomation(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.site, self.image = self.make_site(), self.make_image()

    def _run(
        self, *arguments: str, **environment: str
    ) -> subprocess.CompletedProcess[str]:
        path = f'{glints.BIN}:{self.environment("")["PATH"]}'
        return subprocess.run(
            arguments,
            env=self.environment('home', PATH=path, **environment),
            capture_output=True,
            text=True,
        )

    def _play(self, *arguments: str, **variables: Any) -> tuple[int, str]:
        """Run the playbook.

        :returns: how much it has changed, and what it said.
        """
        given = {
            'image': self.image.name,
            'sites': [self.site],
            'ansible_python_interpreter': sys.executable,
            **variables,
        }
        done = self._run(
            *('ansible-playbook', '-i', 'localhost,', '-c', 'local'),
            *(str(_GUIDES / 'image-at-sites.yaml'), *arguments),
            *('-e', json.dumps(given)),
            ANSIBLE_HOME=str(self.folder),
            ANSIBLE_NOCOLOR='1',
            LC_ALL='C.UTF-8',
        )
        told = f'{done.stdout}\n{done.stderr}'
        found = re.search(r' changed=(\d+) .* failed=(\d+) ', told)
        assert found, told
        self.assertEqual(done.returncode != 0, found[2] != '0', told)
        return (-1 if done.returncode else int(found[1])), told

    def _there(self) -> list[str]:
        """List the images of the name at the other cloud."""
        glance = self.connect('west').image
        return [image.id for image in glance.images(name=self.image.name)]

    def test_playbook_changes_what_is_missing_and_nothing_else(self) -> None:
        self.assertEqual(1, self._play('--check')[0])
        self.assertEqual([], self._there())
        self.assertEqual(1, self._play()[0])
        (there,) = self._there()
        for arguments in ((), ('--check',)):
            self.assertEqual(0, self._play(*arguments)[0])
        self.assertEqual([there], self._there())
        made = list(self.client.replications(image_id=self.image.id))
        self.assertEqual(1, len(made))
        self.connect('west').image.delete_image(there)
        self.assertEqual(1, self._play()[0])
        self.assertEqual(1, len(self._there()))

    def test_playbook_fails_where_an_image_cannot_get(self) -> None:
        for name in ('nothing', self.image.name):
            sites = [self.site] if name == 'nothing' else ['nowhere']
            changed, told = self._play(image=name, sites=sites)
            self.assertEqual(-1, changed)
            self.assertRegex(told, r'There is no (image nothing|site nowhere)')

    def test_command_of_terraform_can_be_repeated(self) -> None:
        text = (_GUIDES / 'image-at-sites.tf').read_text()
        (command,) = re.findall(r'command = "(.*)"\n', text)
        self.assertNotIn('${', command)
        for _attempt in range(2):
            done = self._run(
                *('sh', '-c', command.replace('\\"', '"')),
                IMAGE=self.image.name,
                SITE=self.site,
            )
            self.assertEqual(0, done.returncode, done.stderr)
            self.assertEqual(1, len(self._there()))
