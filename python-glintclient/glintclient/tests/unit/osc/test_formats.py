# SPDX-License-Identifier: Apache-2.0

"""Bytes, times and shares."""

from oslotest import base

from glintclient.osc import formats


class TestFormats(base.BaseTestCase):
    def test_size(self) -> None:
        for count, text in (
            (None, '?'),
            (0, '0 B'),
            (999, '999 B'),
            (1000, '1.0 KiB'),
            (377487360, '360.0 MiB'),
            (2**60, '1024.0 PiB'),
        ):
            self.assertEqual(text, formats.size(count))
            self.assertEqual(text, formats.Size(count).human_readable())

    def test_rate(self) -> None:
        self.assertEqual('50.0 MiB/s', formats.rate(52428800))
        self.assertEqual('', formats.Rate(None).human_readable())

    def test_duration(self) -> None:
        for seconds, text in (
            (None, ''),
            (0, '0:00'),
            (75, '1:15'),
            (3723, '1:02:03'),
        ):
            self.assertEqual(text, formats.duration(seconds))

    def test_moment(self) -> None:
        for moment, text in (
            (None, ''),
            ('2026-10-07T09:30:43.955525Z', '2026-10-07T09:30:43Z'),
            ('2026-10-07T09:30:43Z', '2026-10-07T09:30:43Z'),
        ):
            self.assertEqual(text, formats.moment(moment))
            shown = formats.Time(moment)
            self.assertEqual(text, shown.human_readable())
            self.assertEqual(moment, shown.machine_readable())

    def test_percent(self) -> None:
        self.assertEqual(35, formats.percent(35, 100))
        self.assertIsNone(formats.percent(0, None))
        self.assertIsNone(formats.percent(0, 0))
        self.assertEqual('35 %', formats.Percent(35).human_readable())
        self.assertEqual(35, formats.Percent(35).machine_readable())
