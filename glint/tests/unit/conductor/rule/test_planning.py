# SPDX-License-Identifier: Apache-2.0

"""Tests of when rules are executed."""

from datetime import datetime
from datetime import timedelta

from glint import states
from glint.conductor.rule import planning
from glint.db import image_listing
from glint.db import listing
from glint.db.rule import execution as db_execution
from glint.db.rule import rule as db_rule
from glint.tests.unit.conductor.rule import base

HOUR = timedelta(hours=1)


class PlanningTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.rule = self.add_rule()
        self.now = image_listing.now(self.context)

    def plan(
        self, at: datetime, planned_at: datetime | None = None, **trigger: str
    ) -> None:
        """Plan the rule, each hour if nothing else is said."""
        self.set_rule(
            self.rule,
            trigger=trigger or {'every': 3600},
            next_execution_at=at,
            planned_at=planned_at or at - HOUR,
        )

    def begin_due(self) -> list[db_execution.Execution]:
        """Let a conductor begin what is due.

        :returns: all executions of the rule.
        """
        self.with_crew(planning.begin)
        page = listing.Page(sort_dir='asc')
        return db_execution.index(self.context, self.rule.id, page)

    def next_at(self) -> datetime | None:
        rule = db_rule.get(self.context, self.rule.id, None)
        return rule.next_execution_at

    def test_what_is_not_due_waits(self) -> None:
        self.plan(self.now + HOUR)
        self.assertEqual([], self.begin_due())

    def test_six_hours_that_nobody_looked_are_one_execution(self) -> None:
        planned = self.now - 6 * HOUR - timedelta(minutes=10)
        self.plan(planned)
        [made] = self.begin_due()
        self.assertEqual(states.SCHEDULE, made.trigger)
        self.assertEqual(planned + 7 * HOUR, self.next_at())
        self.assertEqual(1, len(self.begin_due()))

    def test_what_a_wrong_clock_planned_is_planned_anew(self) -> None:
        years = timedelta(days=730)
        self.plan(self.now + years + HOUR, self.now + years)
        self.assertEqual([], self.begin_due())
        left = (self.next_at() or self.now) - self.now
        self.assertLess(abs(left - HOUR), timedelta(minutes=1))

    def test_rule_without_a_next_moment_is_blocked(self) -> None:
        self.plan(self.now - HOUR, cron='0 3 * * *', timezone='Mars/Base')
        self.assertEqual([], self.begin_due())
        self.assertIsNone(self.next_at())
        rule = db_rule.get(self.context, self.rule.id, None)
        self.assertIn('Mars/Base', (rule.blocked or {})['detail'])
