# SPDX-License-Identifier: Apache-2.0

"""Tests of rules."""

from glint import exception
from glint.db import listing
from glint.db import quota
from glint.db.rule import replica as db_replica
from glint.db.rule import rule as db_rule
from glint.tests.unit.db.rule import base


class RuleTestCase(base.TestCase):
    def test_rule_is_as_it_was_added(self) -> None:
        made = self.add_rule(description='☃', credential_ids=['c'])
        found = self.read(made)
        self.assertEqual(
            ('ubuntu-everywhere', '☃', True, 1, ['c'], [self.target.id]),
            (
                found.name,
                found.description,
                found.enabled,
                found.generation,
                found.credential_ids,
                found.target_site_ids,
            ),
        )
        self.assertEqual({'select': {'names': ['ubuntu-*']}}, found.terms)

    def test_same_name_in_the_same_project_is_refused(self) -> None:
        self.add_rule()
        self.assertRaises(exception.RuleExists, self.add_rule)
        self.add_rule(project_id='q')
        other = self.add_rule(name='other')
        self.assertRaises(
            exception.RuleExists,
            db_rule.update,
            self.context,
            other.id,
            name='ubuntu-everywhere',
        )

    def test_site_that_is_gone_is_refused(self) -> None:
        self.assertRaises(
            exception.UnknownSite, self.add_rule, target_site_ids=['x']
        )
        page = listing.Page()
        self.assertEqual([], db_rule.index(self.context, None, page))

    def test_quota_holds_for_those_that_come_together(self) -> None:
        limit = quota.Limit('p', quota.RULES, 2)
        self.add_rule(name='first', limit=limit)
        found = self.together(
            *(
                lambda name=name: self.add_rule(name=name, limit=limit)
                for name in ('a', 'b', 'c')
            )
        )
        self.assertEqual(2, found.count(exception.OverQuota))

    def test_others_do_not_see_it(self) -> None:
        made = self.add_rule()
        self.assertRaises(
            exception.RuleNotFound, db_rule.get, self.context, made.id, 'q'
        )
        page = listing.Page()
        self.assertEqual([], db_rule.index(self.context, 'q', page))
        self.assertEqual(
            [made.id], [r.id for r in db_rule.index(self.context, 'p', page)]
        )

    def test_change_of_what_was_read(self) -> None:
        made = self.add_rule()
        found = db_rule.update(self.context, made.id, 1, enabled=False)
        self.assertEqual((2, False), (found.generation, found.enabled))

    def test_change_of_what_somebody_changed_is_refused(self) -> None:
        made = self.add_rule()
        db_rule.update(self.context, made.id, name='new')
        error = self.assertRaises(
            exception.RuleChanged,
            db_rule.update,
            self.context,
            made.id,
            1,
            name='mine',
        )
        self.assertEqual(2, error.kwargs['generation'])
        self.assertEqual('new', self.read(made).name)

    def test_one_of_two_changes_together_is_refused(self) -> None:
        made = self.add_rule()
        found = self.together(
            *(
                lambda name=name: db_rule.update(
                    self.context, made.id, 1, name=name
                )
                for name in ('a', 'b')
            )
        )
        self.assertEqual(1, found.count(exception.RuleChanged))

    def test_deleted_rule_is_gone_with_its_replicas(self) -> None:
        made = self.add_rule()
        db_replica.keep(self.context, made.id, 's', 'a', state='pending')
        db_rule.delete(self.context, made.id)
        self.assertEqual([], self.rows()['replicas'])
        for call in (db_rule.delete, db_rule.update):
            self.assertRaises(
                exception.RuleNotFound, call, self.context, made.id
            )

    def test_rule_is_due_when_its_moment_has_come(self) -> None:
        now = self.moment()
        early = self.moment(hours=-1)
        self.add_rule(name='a', next_execution_at=now, planned_at=early)
        self.add_rule(name='b', next_execution_at=early, planned_at=early)
        self.add_rule(
            name='later',
            next_execution_at=self.moment(hours=1),
            planned_at=early,
        )
        self.add_rule(name='by hand')
        self.add_rule(name='off', next_execution_at=early, enabled=False)
        self.assertEqual(['b', 'a'], self._due())
        self.assertEqual(['b'], self._due(1))

    def test_rule_that_a_wrong_clock_planned_is_due(self) -> None:
        self.add_rule(
            planned_at=self.moment(days=730),
            next_execution_at=self.moment(days=731),
        )
        self.assertEqual(['ubuntu-everywhere'], self._due())

    def test_blocking_is_news_once(self) -> None:
        made = self.add_rule()
        cause = {'code': 'x', 'detail': 'y'}
        self.assertTrue(db_rule.block(self.context, made, cause))
        self.assertFalse(db_rule.block(self.context, made, cause))
        self.assertEqual(cause, self.read(made).blocked)
        self.assertTrue(db_rule.block(self.context, made, None))
        self.assertFalse(db_rule.block(self.context, made, None))

    def test_rule_that_was_changed_meanwhile_is_not_blocked(self) -> None:
        made = self.add_rule()
        db_rule.update(self.context, made.id, name='new')
        cause = {'code': 'x', 'detail': 'y'}
        self.assertFalse(db_rule.block(self.context, made, cause))

    def test_source_is_settled_once(self) -> None:
        made = self.add_rule()
        db_rule.settle_source(self.context, made, 'sp')
        db_rule.settle_source(self.context, made, 'other')
        self.assertEqual('sp', self.read(made).source_project_id)

    def _due(self, limit: int = 10) -> list[str]:
        _now, rules = db_rule.due(self.context, limit)
        return [rule.name for rule in rules]
