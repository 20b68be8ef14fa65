# SPDX-License-Identifier: Apache-2.0

"""What the Tab key completes in bash."""

from importlib import metadata
import subprocess

from oslotest import base

from glintclient.tests.functional import glint as glints

_COMMANDS = [
    entry.name.replace('_', ' ')
    for entry in metadata.entry_points(group='openstack.image_replication.v1')
]
# The package bash-completion has a function that knows more of quotes.
_PRESS = """
_get_comp_words_by_ref() {
    words=("${COMP_WORDS[@]}")
    cur=${COMP_WORDS[COMP_CWORD]}
}
COMP_WORDS=("$@")
COMP_CWORD=$(($# - 1))
_openstack
echo "${COMPREPLY[@]}"
"""


class TestComplete(base.BaseTestCase):
    DEFAULT_TIMEOUT = 120

    def setUp(self) -> None:
        super().setUp()
        self._script = subprocess.run(
            [glints.BIN / 'openstack', 'complete'],
            capture_output=True,
            text=True,
            check=True,
        ).stdout

    def test_commands_and_options(self) -> None:
        self.assertEqual(35, len(_COMMANDS))
        for command in _COMMANDS:
            *words, last = command.split()
            self.assertIn(last, self._complete(*words, last[:2]), command)
            self.assertIn('--help', self._complete(*words, last, '--h'))
        self.assertEqual(
            ['--to', '--to-all'], self._complete('image', 'replicate', '--to')
        )

    def _complete(self, *words: str) -> list[str]:
        """Press the key after some words of a command line."""
        return subprocess.run(
            ['bash', '-s', 'openstack', *words],
            input=self._script + _PRESS,
            capture_output=True,
            text=True,
            check=True,
        ).stdout.split()
