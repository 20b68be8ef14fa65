# SPDX-License-Identifier: Apache-2.0

"""Tests of executions of rules."""

from typing import Any

from glint import exception
from glint import states
from glint.db import listing
from glint.db.models import rule as models
from glint.db.rule import execution as db_execution
from glint.db.rule import item as db_item
from glint.db.rule import rule as db_rule
from glint.tests.unit.db.rule import base


class ExecutionTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        if self.SYNCED:
            self.rule = self.add_rule()

    def index(self) -> list[models.Execution]:
        page = listing.Page(sort_dir='asc')
        return db_execution.index(self.context, self.rule.id, page)

    def item(self, **values: Any) -> dict[str, Any]:
        return {
            'source_image_id': 's',
            'target_site_id': self.target.id,
            'action': 'copy',
            'bytes': 1,
            'state': 'planned',
            **values,
        }

    def test_execution_waits_for_a_conductor(self) -> None:
        made = self.execution(self.trigger(self.rule))
        self.assertEqual(
            (states.QUEUED, states.MANUAL, 1, False),
            (made.state, made.trigger, made.generation, made.dry_run),
        )

    def test_triggers_meanwhile_are_one_that_follows(self) -> None:
        made = self.trigger(self.rule)
        lease = self.hold(made)
        for why in (states.EVENT, states.SCHEDULE, states.EVENT):
            self.assertIsNone(
                db_execution.trigger(self.context, self.rule, why)
            )
        self.assertEqual(1, len(self.index()))
        db_execution.release(
            self.context, made.id, lease, states.COMPLETED, bytes=3
        )
        first, second = self.index()
        self.assertEqual((states.COMPLETED, 3), (first.state, first.bytes))
        self.assertIsNotNone(first.finished_at)
        self.assertEqual(
            (states.QUEUED, states.EVENT), (second.state, second.trigger)
        )
        db_execution.settle(self.context, second.id, states.CANCELLED)
        self.assertEqual(2, len(self.index()))

    def test_triggers_together_make_one_execution(self) -> None:
        found = self.together(
            *(
                lambda: db_execution.trigger(
                    self.context, self.rule, states.EVENT
                )
                for _number in range(4)
            )
        )
        self.assertEqual(3, found.count(None))
        self.assertEqual(1, len(self.index()))

    def test_one_of_many_conductors_begins_what_is_due(self) -> None:
        for _round in range(5):
            self._begin_together()

    def _begin_together(self) -> None:
        now, next_at = self.moment(), self.moment(hours=1)
        db_rule.update(self.context, self.rule.id, next_execution_at=now)
        rule = self.read(self.rule)

        def begin() -> models.Execution | None:
            return db_execution.trigger(
                self.context, rule, states.SCHEDULE, (now, next_at)
            )

        found = self.together(begin, begin, begin)
        self.assertEqual(2, found.count(None))
        [made] = filter(None, found)
        self.assertEqual(next_at, self.read(rule).next_execution_at)
        self.assertIsNone(self.read(rule).again)
        db_execution.settle(self.context, made.id, states.CANCELLED)

    def test_rule_that_was_changed_meanwhile_is_not_begun(self) -> None:
        now, next_at = self.moment(), self.moment(hours=1)
        rule = db_rule.update(
            self.context, self.rule.id, next_execution_at=now
        )
        db_rule.update(self.context, self.rule.id, enabled=False)
        self.assertIsNone(
            db_execution.trigger(
                self.context, rule, states.SCHEDULE, (now, next_at)
            )
        )
        self.assertEqual([], self.index())

    def test_dry_run_is_beside_an_execution(self) -> None:
        made = self.trigger(self.rule)
        rehearsed = db_execution.rehearse(self.context, self.rule)
        self.assertTrue(self.execution(rehearsed).dry_run)
        lease = self.hold(rehearsed)
        db_execution.trigger(self.context, self.rule, states.EVENT)
        db_execution.release(
            self.context, rehearsed.id, lease, states.COMPLETED
        )
        # What follows waits for the other one.
        self.assertEqual(2, len(self.index()))
        self.assertEqual(states.QUEUED, self.execution(made).state)

    def test_one_of_two_conductors_takes_it(self) -> None:
        made = self.trigger(self.rule)
        found = self.together(
            lambda: self.take(made, 'one'), lambda: self.take(made, 'two')
        )
        self.assertEqual(1, found.count(None))
        self.assertEqual(states.RUNNING, self.execution(made).state)

    def test_one_that_runs_is_not_due(self) -> None:
        made = self.trigger(self.rule)
        self.assertEqual([made.id], self._due())
        self.hold(made)
        self.assertEqual([], self._due())
        self.assertIsNone(self.take(made, 'two'))

    def test_one_whose_conductor_is_gone_is_taken_over(self) -> None:
        made = self.trigger(self.rule)
        lease = self.hold(made)
        self._silence(made)
        self.assertEqual([made.id], self._due())
        taken = self.take(made, 'two')
        self.assertIsNotNone(taken)
        self.assertFalse(db_execution.renew(self.context, made.id, lease))
        self.assertFalse(
            db_execution.release(
                self.context, made.id, lease, states.COMPLETED
            )
        )
        self.assertFalse(
            db_execution.keep_plan(self.context, made.id, lease, [])
        )
        self.assertEqual('two', self.execution(made).conductor)

    def test_renewed_one_is_kept(self) -> None:
        made = self.trigger(self.rule)
        lease = self.hold(made)
        self._silence(made)
        self.assertTrue(db_execution.renew(self.context, made.id, lease))
        self.assertEqual([], self._due())

    def test_plan_takes_the_place_of_the_one_before(self) -> None:
        made = self.trigger(self.rule)
        lease = self.hold(made)
        for count in (3, 1200):
            planned = [
                self.item(name=f'image-{number}', changes={'a': [None, 1]})
                for number in range(count)
            ]
            self.assertTrue(
                db_execution.keep_plan(
                    self.context,
                    made.id,
                    lease,
                    planned,
                    counts={'copy': count},
                )
            )
        self.assertEqual({'copy': 1200}, self.execution(made).counts)
        found = db_item.items(self.context, made.id, 1000)
        self.assertEqual([*range(1000)], [item.number for item in found])
        self.assertEqual({'a': [None, 1]}, found[0].changes)
        found = db_item.items(self.context, made.id, 1000, after=999)
        self.assertEqual('image-1000', found[0].name)
        self.assertEqual(200, len(found))

    def test_item_tells_what_became_of_it(self) -> None:
        made = self.trigger(self.rule)
        lease = self.hold(made)
        db_execution.keep_plan(
            self.context, made.id, lease, [self.item(), self.item()]
        )
        db_item.note(self.context, made.id, 1, state='done')
        self.assertEqual(
            ['planned', 'done'],
            [item.state for item in db_item.items(self.context, made.id, 9)],
        )

    def test_one_that_copies_is_held_by_nobody(self) -> None:
        made = self.trigger(self.rule)
        lease = self.hold(made)
        db_execution.release(self.context, made.id, lease, states.COPYING)
        found = self.execution(made)
        self.assertEqual(
            (states.COPYING, None, None),
            (found.state, found.conductor, found.finished_at),
        )
        self.assertEqual([], self._due())
        self.assertTrue(
            db_execution.settle(self.context, made.id, states.PARTIAL)
        )
        self.assertFalse(
            db_execution.settle(self.context, made.id, states.COMPLETED)
        )
        self.assertEqual(states.PARTIAL, self.execution(made).state)

    def test_approved_one_waits_for_a_conductor_again(self) -> None:
        made = self.trigger(self.rule)
        pairs = [['s', self.target.id]]
        self.assertFalse(db_execution.approve(self.context, made.id, pairs))
        lease = self.hold(made)
        db_execution.release(
            self.context, made.id, lease, states.NEEDS_APPROVAL
        )
        self.assertEqual([], self._due())
        self.assertTrue(db_execution.approve(self.context, made.id, pairs))
        self.assertEqual([made.id], self._due())
        self.assertEqual(pairs, self.execution(made).approved)

    def test_cancelled_before_it_runs(self) -> None:
        made = self.trigger(self.rule)
        db_execution.cancel(self.context, made.id)
        self.assertEqual(states.CANCELLED, self.execution(made).state)
        self.assertIsNotNone(
            db_execution.trigger(self.context, self.rule, states.MANUAL)
        )

    def test_cancelled_while_it_runs(self) -> None:
        made = self.trigger(self.rule)
        lease = self.hold(made)
        db_execution.cancel(self.context, made.id)
        self.assertEqual(states.RUNNING, self.execution(made).state)
        self.assertFalse(db_execution.renew(self.context, made.id, lease))
        self.assertTrue(
            db_execution.release(
                self.context, made.id, lease, states.CANCELLED
            )
        )

    def test_cancelled_after_it_ended(self) -> None:
        made = self.trigger(self.rule)
        lease = self.hold(made)
        db_execution.release(self.context, made.id, lease, states.COMPLETED)
        db_execution.cancel(self.context, made.id)
        self.assertEqual(states.COMPLETED, self.execution(made).state)

    def test_rule_that_is_deleted_takes_its_executions_along(self) -> None:
        made = self.trigger(self.rule)
        lease = self.hold(made)
        db_execution.keep_plan(self.context, made.id, lease, [self.item()])
        db_rule.delete(self.context, self.rule.id)
        self.assertEqual([], self.rows()['execution_items'])
        self.assertFalse(db_execution.renew(self.context, made.id, lease))
        self.assertRaises(exception.ExecutionNotFound, self.execution, made)

    def _due(self) -> list[str]:
        found = db_execution.due(self.context, base.LEASE, 10)
        return [execution.id for execution in found]

    def _silence(self, made: models.Execution) -> None:
        """Make the conductor of an execution look as if it were dead."""
        self.set_columns(
            models.Execution, made.id, heartbeat=self.moment(minutes=-1)
        )
