# SPDX-License-Identifier: Apache-2.0

"""Tests of the clock, and of moments in rows."""

from datetime import datetime
from datetime import timedelta

from oslo_utils import timeutils
import sqlalchemy as sa

from glint.db import clock
from glint.db import engine
from glint.db import models
from glint.tests.unit.db import base


class ClockTestCase(base.TestCase):
    def now(self) -> datetime:
        with engine.reader(self.context) as session:
            return clock.now(session)

    def test_clock_shows_utc_without_a_zone(self) -> None:
        now = self.now()
        self.assertIsNone(now.tzinfo)
        self.assertLess(abs(timeutils.utcnow() - now), timedelta(seconds=5))

    def test_clock_goes_on_within_a_transaction(self) -> None:
        with engine.reader(self.context) as session:
            first = clock.now(session)
            self.until(lambda: clock.now(session) != first, 'later moment')

    def test_rows_keep_microseconds(self) -> None:
        moment = datetime(2026, 2, 28, 23, 59, 59, 123457)
        site = self.add_site(created_at=moment)
        self.assertEqual(moment, self.rows()['sites'][0]['created_at'])
        with engine.reader(self.context) as session:
            found = session.scalars(
                sa.select(models.Site.id).where(
                    models.Site.created_at == moment
                )
            ).all()
        self.assertEqual([site.id], found)

    def test_moments_of_the_clock_and_of_the_process_compare(self) -> None:
        copy = self.make('copying')
        for column in ('heartbeat', 'created_at'):
            field = getattr(models.ImageCopy, column)
            for seconds, expected in ((-60, []), (60, [copy.id])):
                limit = self.now() + timedelta(seconds=seconds)
                with engine.reader(self.context) as session:
                    found = session.scalars(
                        sa.select(models.ImageCopy.id).where(field < limit)
                    ).all()
                self.assertEqual(expected, found, (column, seconds))
