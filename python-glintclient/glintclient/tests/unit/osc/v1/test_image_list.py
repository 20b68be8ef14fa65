# SPDX-License-Identifier: Apache-2.0

"""Which images a command is about."""

import io
import sys
import types
from typing import Any

import ddt
import fixtures
from osc_lib import exceptions
from oslotest import base

from glintclient.osc.v1 import image_list
from glintclient.osc.v1 import image_name
from glintclient.tests.unit.osc.v1 import test_image_name

_NAMES = ('ubuntu-22.04', 'ubuntu-24.04', 'Ubuntu-24.04', 'what?', ' blank ')


@ddt.ddt
class TestWanted(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        images = [
            {'id': str(number), 'name': name, 'status': 'active'}
            for number, name in enumerate(_NAMES)
        ]
        images += [
            {'id': 'q', 'name': 'ubuntu-26.04', 'status': 'queued'},
            {
                'id': 'h',
                'name': 'ubuntu-25.04',
                'status': 'active',
                'hidden': True,
            },
        ]
        glance = test_image_name._Glance(*images)
        self.manager = types.SimpleNamespace(
            sdk_connection=types.SimpleNamespace(image=glance)
        )

    def _wanted(self, *words: str, given: str = '') -> Any:
        self.useFixture(fixtures.MonkeyPatch('sys.stdin', io.StringIO(given)))
        images = image_name.Images(self.manager, test_image_name.HOME)
        found, several = image_list.wanted(images, words)
        self.assertEqual(given and '', sys.stdin.read())
        return [image.name for image in found], several

    @ddt.data(
        (('ubuntu-24.04',), ['ubuntu-24.04'], False),
        (('ubuntu-24.04', 'what?'), ['ubuntu-24.04', 'what?'], True),
        (('ubuntu-24.04', 'ubuntu-24.04'), ['ubuntu-24.04'], True),
        (('ubuntu-*',), ['ubuntu-22.04', 'ubuntu-24.04'], True),
        (
            ('ubuntu-24*', 'ubuntu-2?.04'),
            ['ubuntu-24.04', 'ubuntu-22.04'],
            True,
        ),
        (('[uU]buntu-24*',), ['Ubuntu-24.04', 'ubuntu-24.04'], True),
        (('ubuntu-25.04',), ['ubuntu-25.04'], False),
        # It exists, so it is no pattern.
        (('what?',), ['what?'], False),
        (('wha?*',), ['what?'], True),
    )
    @ddt.unpack
    def test_words(
        self, words: tuple[str, ...], names: list[str], several: bool
    ) -> None:
        self.assertEqual((names, several), self._wanted(*words))

    def test_standard_input_has_one_name_a_line(self) -> None:
        self.assertEqual(
            (['what?', ' blank ', 'ubuntu-22.04', 'ubuntu-24.04'], True),
            self._wanted('-', given='what?\r\n\n   \n blank \nubuntu-2[24]*'),
        )
        self.assertEqual(
            (['ubuntu-22.04', 'what?'], True),
            self._wanted('ubuntu-22.04', '-', given='what?\n'),
        )

    @ddt.data(
        (('nothing*',), '', 'No active image matches nothing*;'),
        (('ubuntu-26*',), '', 'No active image matches ubuntu-26*;'),
        (('ubuntu-24.04', 'nothing'), '', 'There is no image nothing at'),
        (('-',), '\n', 'The standard input names no image:'),
        (('-',), 'nothing\n', 'There is no image nothing at'),
    )
    @ddt.unpack
    def test_what_is_not_there_is_refused(
        self, words: tuple[str, ...], given: str, told: str
    ) -> None:
        error = self.assertRaises(
            exceptions.CommandError, self._wanted, *words, given=given
        )
        self.assertIn(told, str(error))
