# SPDX-License-Identifier: Apache-2.0

"""Tests of the removal of old executions."""

from datetime import timedelta
from unittest import mock

from glint import states
from glint.db.models import rule as models
from glint.db.rule import execution as db_execution
from glint.db.rule import purge
from glint.db.rule import replica as db_replica
from glint.tests.unit.db.rule import base


class ExecutionPurgeTestCase(base.TestCase):
    def end(self, rule: models.Rule, days: int) -> models.Execution:
        """Make an execution that ended some days ago."""
        made = self.trigger(rule)
        lease = self.hold(made)
        item = {
            'source_image_id': 's',
            'target_site_id': self.target.id,
            'action': 'keep',
            'bytes': 0,
            'state': 'done',
        }
        db_execution.keep_plan(self.context, made.id, lease, [item])
        db_execution.release(self.context, made.id, lease, states.COMPLETED)
        self.set_columns(
            models.Execution, made.id, finished_at=self.moment(days=-days)
        )
        return made

    def purge(self) -> tuple[int, int]:
        return purge.purge(self.context, timedelta(days=8))

    def left(self) -> set[str]:
        return {row['id'] for row in self.rows()['executions']}

    def test_only_what_ended_long_ago_is_removed(self) -> None:
        rule = self.add_rule()
        kept = self.end(rule, 7)
        self.end(rule, 9)
        running = self.trigger(rule)
        self.assertEqual((1, 0), self.purge())
        self.assertEqual({kept.id, running.id}, self.left())
        items = self.rows()['execution_items']
        self.assertEqual([kept.id], [row['execution_id'] for row in items])
        self.assertEqual((0, 0), self.purge())

    def test_all_batches_are_removed(self) -> None:
        rule = self.add_rule()
        for _number in range(5):
            self.end(rule, 9)
        with mock.patch.object(purge, 'BATCH', 2):
            self.assertEqual((5, 0), self.purge())

    def test_rule_still_knows_what_it_made(self) -> None:
        rule = self.add_rule()
        db_replica.keep(
            self.context, rule.id, 's', self.target.id, state=states.IN_SYNC
        )
        self.end(rule, 9)
        self.purge()
        self.assertEqual(1, len(db_replica.of_rule(self.context, rule.id)))
