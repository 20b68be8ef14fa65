# SPDX-License-Identifier: Apache-2.0

"""Tests of when rules are executed."""

from datetime import datetime
from datetime import timedelta
from typing import Any

import ddt

from glint.rule import schedule
from glint.tests import base

NOW = datetime(2026, 11, 30, 12, 0, 30)
ZURICH = {'timezone': 'Europe/Zurich'}


def _nights(cron: str, begin: datetime, days: int) -> list[str]:
    """Give all moments of some days, in UTC."""
    found, now = [], begin
    while True:
        moment = schedule.next_at({'cron': cron, **ZURICH}, now)
        assert moment is not None and moment > now
        if moment > begin + timedelta(days=days):
            return found
        found.append(moment.isoformat(' ', 'minutes'))
        now = moment


@ddt.ddt
class ScheduleTest(base.TestCase):
    def test_by_hand_is_never(self) -> None:
        self.assertIsNone(schedule.next_at({}, NOW))

    def test_every_begins_now(self) -> None:
        self.assertEqual(
            NOW + timedelta(hours=1), schedule.next_at({'every': 3600}, NOW)
        )

    @ddt.data(
        (timedelta(), timedelta(hours=1)),
        (timedelta(minutes=1), timedelta(minutes=59)),
        (timedelta(hours=6, minutes=10), timedelta(minutes=50)),
        # A clock that jumped ahead and back.
        (timedelta(days=-730), timedelta(hours=1)),
    )
    @ddt.unpack
    def test_every_keeps_its_distance(
        self, late: timedelta, expected: timedelta
    ) -> None:
        self.assertEqual(
            expected,
            (schedule.next_at({'every': 3600}, NOW, NOW - late) or NOW) - NOW,
        )

    def test_cron_is_in_its_zone(self) -> None:
        self.assertEqual(
            datetime(2026, 12, 1, 2),
            schedule.next_at({'cron': '0 3 * * *', **ZURICH}, NOW),
        )

    def test_cron_is_in_utc_by_default(self) -> None:
        self.assertEqual(
            datetime(2026, 12, 1, 3),
            schedule.next_at({'cron': '0 3 * * *'}, NOW),
        )

    def test_hour_that_summer_time_skips_comes_once(self) -> None:
        # On 2027-03-28, 02:00 is followed by 03:00.
        self.assertEqual(
            ['2027-03-27 01:30', '2027-03-28 01:00', '2027-03-29 00:30'],
            _nights('30 2 * * *', datetime(2027, 3, 26, 12), 3),
        )

    def test_hour_that_winter_time_repeats_comes_once(self) -> None:
        # On 2026-10-25, 02:30 comes at 00:30 and at 01:30 UTC.
        self.assertEqual(
            ['2026-10-24 00:30', '2026-10-25 00:30', '2026-10-26 01:30'],
            _nights('30 2 * * *', datetime(2026, 10, 23, 12), 3),
        )

    @ddt.data(
        ({'cron': '0 0 3 * * *'}, 'five fields'),
        ({'cron': ''}, 'five fields'),
        ({'cron': '99 * * * *'}, 'cannot be read'),
        ({'cron': 'x * * * *'}, 'cannot be read'),
        ({'cron': '0 0 30 2 *'}, 'cannot be read|never comes'),
        ({'cron': '0 3 * * *', 'timezone': 'Mars/Base'}, 'time zone'),
        ({'cron': '0 3 * * *', 'timezone': 'x' * 300}, 'time zone'),
        ({'cron': '0 3 * * *', 'timezone': 'Europe'}, 'time zone'),
        ({'cron': '0 3 * * *', 'timezone': '../../etc/passwd'}, 'time zone'),
        ({'cron': '0 3 * * *', 'timezone': 'a\0b'}, 'time zone'),
        ({'timezone': 'Mars/Base'}, 'time zone'),
        ({'every': 60, 'cron': '0 3 * * *'}, 'either'),
    )
    @ddt.unpack
    def test_unusable(self, trigger: dict[str, Any], expected: str) -> None:
        error = self.assertRaises(
            schedule.Unusable, schedule.check, trigger, NOW
        )
        self.assertRegex(str(error), expected)

    def test_usable(self) -> None:
        schedule.check({'every': None, 'cron': '*/5 8-18 * * MON-FRI'}, NOW)
