# SPDX-License-Identifier: Apache-2.0

"""Sizes and times as people read them."""

from django import test
from django.utils import timezone

from glint_dashboard.content import moment
from glint_dashboard.content import size
from glint_dashboard.tests.unit import data


class SizeTest(test.SimpleTestCase):
    def test_units_are_binary(self) -> None:
        for count, text in (
            (None, '–'),
            (0, '0 B'),
            (999, '999 B'),
            (1000, '1.0 KiB'),
            (377487360, '360.0 MiB'),
            (5 * 1024**3, '5.0 GiB'),
        ):
            found = size.text(count).replace('\xa0', ' ')
            self.assertEqual(text, found)


class MomentTest(test.SimpleTestCase):
    def test_time_has_the_zone_that_the_user_has_chosen(self) -> None:
        for zone, text in (
            ('UTC', '2026-10-07 09:30:43 UTC'),
            ('Europe/Zurich', '2026-10-07 11:30:43 CEST'),
        ):
            with timezone.override(zone):
                found = moment.text(moment.parse(data.TIME))
                self.assertEqual(text, found)

    def test_no_time_is_no_text(self) -> None:
        self.assertEqual('', moment.text(moment.parse(None)))
