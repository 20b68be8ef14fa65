# SPDX-License-Identifier: Apache-2.0

"""Lengths of time."""

import argparse

from oslotest import base

from glintclient.osc.v1 import span


class TestSpan(base.BaseTestCase):
    def test_what_is_written_is_read(self) -> None:
        for seconds, text in (
            (0, '0s'),
            (90, '90s'),
            (1800, '30m'),
            (21600, '6h'),
            (604800, '7d'),
        ):
            self.assertEqual(text, span.write(seconds))
            self.assertEqual(seconds, span.read(text))

    def test_number_is_of_seconds(self) -> None:
        self.assertEqual(3600, span.read('3600'))
        self.assertEqual(1209600, span.read('2w'))

    def test_anything_else_is_refused(self) -> None:
        for text in ('', 'h', '-1h', '1.5h', '6 h', '6y', '٣h'):
            self.assertRaises(argparse.ArgumentTypeError, span.read, text)
