# SPDX-License-Identifier: Apache-2.0

"""Tests of filters, order and pages."""

from datetime import datetime

import ddt

from glint import exception
from glint import states
from glint.db import listing
from glint.db import models
from glint.db import replication as db_replication
from glint.tests.unit.db import base

SORT_KEYS = (
    'created_at',
    'updated_at',
    'started_at',
    'finished_at',
    'image_name',
    'size',
    'state',
)


@ddt.ddt
class ListingTestCase(base.TestCase):
    """Replications in which every column has equal values and NULLs."""

    def setUp(self) -> None:
        super().setUp()
        self.made = [self.replicate() for _number in range(7)]
        times = [
            datetime(2026, 1, 1, microsecond=1),
            datetime(2026, 1, 1, microsecond=2),
            datetime(2026, 1, 1, microsecond=2),
        ]
        for number, replication in enumerate(self.made[:3]):
            self.set_columns(
                models.Replication,
                replication.id,
                created_at=times[number],
                updated_at=times[number],
                started_at=times[number],
                finished_at=times[number],
                image_name='xyy'[number],
                size=(2**40, 2**41, 2**41)[number],
                state=(states.ERROR, *[states.COMPLETED] * 2)[number],
            )

    def pages(self, limit: int, **wanted: object) -> list[str]:
        """Read all pages, each from the last row of the one before."""
        found: list[str] = []
        marker = None
        while True:
            page = listing.Page(limit=limit, marker=marker, **wanted)
            rows = db_replication.index(self.context, 'p', page)
            if not rows:
                return found
            self.assertLessEqual(len(rows), limit)
            found += [row.id for row in rows]
            marker = found[-1]

    @ddt.data(*SORT_KEYS)
    def test_pages_have_every_row_once_in_order(self, key: str) -> None:
        for direction in ('asc', 'desc'):
            whole = db_replication.index(
                self.context,
                'p',
                listing.Page(sort_key=key, sort_dir=direction),
            )
            values = [
                getattr(row, key)
                for row in whole
                if getattr(row, key) is not None
            ]
            backwards = direction == 'desc'
            self.assertEqual(sorted(values, reverse=backwards), values)
            self.assertEqual(
                {row.id for row in self.made}, {row.id for row in whole}
            )
            for limit in (1, 2, 100):
                self.assertEqual(
                    [row.id for row in whole],
                    self.pages(limit, sort_key=key, sort_dir=direction),
                    (direction, limit),
                )

    def test_page_is_of_the_rows_that_the_filters_leave(self) -> None:
        expected = {row.id for row in self.made[1:3]}
        self.assertEqual(
            expected, set(self.pages(1, filters={'image_name': 'y'}))
        )
        both = {'image_name': 'y', 'state': states.ERROR}
        self.assertEqual([], self.pages(1, filters=both))

    def test_filter_compares_exactly(self) -> None:
        self.assertEqual([], self.pages(9, filters={'image_name': 'Y'}))

    def test_newest_row_comes_first_by_default(self) -> None:
        [first] = db_replication.index(
            self.context, 'p', listing.Page(limit=1)
        )
        newest = max(self.made[3:], key=lambda row: row.created_at)
        self.assertEqual(newest.id, first.id)

    def test_marker_of_another_project_is_refused(self) -> None:
        other = self.replicate(project_id='q')
        for marker in (other.id, 'gone'):
            error = self.assertRaises(
                exception.BadRequest,
                db_replication.index,
                self.context,
                'p',
                listing.Page(marker=marker),
            )
            self.assertIn(marker, str(error))
        db_replication.index(self.context, None, listing.Page(marker=other.id))
