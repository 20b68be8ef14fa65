# SPDX-License-Identifier: Apache-2.0

import logging
import unicodedata

import ddt
from oslotest import base

from glintclient.osc import printable


@ddt.ddt
class TestPrintable(base.BaseTestCase):
    @ddt.data(
        ('plain', 'plain'),
        ('Größe ☃ 日本\u3000語', 'Größe ☃ 日本\u3000語'),
        ('\u200d\u200f', '\u200d\u200f'),
        ('a\x1b[2Jb', 'a\\x1b[2Jb'),
        ('a\nb\tc\rd', 'a\\nb\\tc\\rd'),
        ('\x00\x7f\x85\x9b', '\\x00\\x7f\\x85\\x9b'),
        ('\u2028\u2029', '\\u2028\\u2029'),
        ('a\u202egpj.exe', 'a\\u202egpj.exe'),
        ('\u2066\ud800', '\\u2066\\ud800'),
    )
    @ddt.unpack
    def test_line(self, value: str, shown: str) -> None:
        self.assertEqual(shown, printable.line(value))

    def test_no_control_character_is_shown(self) -> None:
        for number in range(0x3000):
            for character in printable.lines(chr(number)):
                if character != '\n':
                    self.assertNotEqual(
                        'Cc', unicodedata.category(character), hex(number)
                    )

    @ddt.data(
        ('ascii', 'yes, Gr\\xf6\\xdfe'),
        ('latin-1', 'yes, Größe'),
        ('utf-8', '✓, Größe'),
        (None, '✓, Größe'),
    )
    @ddt.unpack
    def test_terminal_that_lacks_characters(
        self, encoding: str | None, shown: str
    ) -> None:
        self.assertEqual(shown, printable.line('✓, Größe', encoding))

    def test_lines_stay_lines(self) -> None:
        self.assertEqual('a\n\\x1bb\n', printable.lines('a\n\x1bb\n'))

    def test_log_is_escaped(self) -> None:
        record = logging.LogRecord(
            'x', logging.ERROR, '', 0, '%s: %d', ('a\x1bb', 1), None
        )
        self.assertTrue(printable.FILTER.filter(record))
        self.assertEqual('a\\x1bb: 1', record.getMessage())
