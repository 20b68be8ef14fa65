# SPDX-License-Identifier: Apache-2.0

import ddt

from glint.image import text
from glint.tests import base


@ddt.ddt
class TextTest(base.TestCase):
    @ddt.data('', 'abc', '\u00e4\U0001f600', 'a\n')
    def test_text_fits(self, value):
        self.assertTrue(text.fits(value, 4))
        self.assertEqual(value, text.mended(value))

    @ddt.data('abcde', 'a\0', '\ud800', '\udfff', None, 5, ['a'])
    def test_anything_else_does_not(self, value):
        self.assertFalse(text.fits(value, 4))

    def test_half_a_character_is_not_whole(self):
        self.assertFalse(text.is_whole('a\udc00'))
        self.assertTrue(text.is_whole('a\0'))

    def test_what_cannot_be_kept_is_replaced(self):
        self.assertEqual('a?b?', text.mended('a\0b\ud800'))
