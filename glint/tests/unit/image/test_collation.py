# SPDX-License-Identifier: Apache-2.0

import ddt

from glint.image import collation
from glint.tests import base


@ddt.ddt
class CollationTest(base.TestCase):
    @ddt.data(
        {'OS_Distro': 'x', 'os_distro': 'x'},
        {'key': 'x', 'key  ': 'x'},
        {'m\u00e4rz': 'x', 'marz': 'x'},
        {'ma\u0308rz': 'x', 'M\u00e4rz': 'x'},
    )
    def test_names_that_are_one_are_told(self, properties):
        body = {'name': 'x', 'tags': [], 'other': 'x', **properties}
        [told] = collation.faults(body)
        for name in properties:
            self.assertIn(f'"{name}"', told)
        self.assertNotIn('other', told)

    @ddt.data(
        {'key': 'x', ' key': 'x'},
        {'key': 'x', 'key_': 'x'},
        {'name': 'x', 'NAME_': 'x', 'tags': ['A', 'a']},
        {'key': 'x' * 65_535},
    )
    def test_other_names_and_values_are_not(self, body):
        self.assertEqual([], list(collation.faults(body)))

    def test_length_is_counted_in_bytes(self):
        body = {'key': '\u00e4' * 32_768, 'other': 'x'}
        [told] = collation.faults(body)
        self.assertIn('"key"', told)
        self.assertEqual([], list(collation.faults({'key': 'x' * 32_768})))

    def test_what_is_told_is_bounded(self):
        body = {('x' * 200) + ' ' * number: 'x' for number in range(20)} | {
            f'{number}': 'x' * 70_000 for number in range(20)
        }
        for told in collation.faults(body):
            self.assertLess(len(told), 400)
