# SPDX-License-Identifier: Apache-2.0

"""Tests of replicas of rules."""

from typing import Any

from glint import states
from glint.db import listing
from glint.db import models as base_models
from glint.db.models import rule as models
from glint.db.rule import replica as db_replica
from glint.tests.unit.db.rule import base


class ReplicaTestCase(base.TestCase):
    def keep(
        self, rule: models.Rule, image_id: str = 's', **values: Any
    ) -> None:
        db_replica.keep(
            self.context,
            rule.id,
            image_id,
            self.target.id,
            **{'state': states.PENDING, **values},
        )

    def test_replica_is_added_and_changed(self) -> None:
        rule = self.add_rule()
        self.keep(rule, name='x', written={'name': 'x'})
        self.keep(rule, state=states.IN_SYNC, withdrawn=['hidden'])
        [found] = db_replica.of_rule(self.context, rule.id)
        self.assertEqual(
            (states.IN_SYNC, 'x', {'name': 'x'}, ['hidden'], 0),
            (
                found.state,
                found.name,
                found.written,
                found.withdrawn,
                found.restored,
            ),
        )

    def test_replicas_are_counted_by_rule_and_state(self) -> None:
        one, two = self.add_rule(), self.add_rule(name='two')
        self.keep(one, 's1')
        self.keep(one, 's2')
        self.keep(one, 's3', state=states.IN_SYNC)
        self.assertEqual(
            {one.id: {'pending': 2, 'in_sync': 1}, two.id: {}},
            db_replica.counts(self.context, [one.id, two.id]),
        )

    def test_page_has_those_of_the_rule(self) -> None:
        one, two = self.add_rule(), self.add_rule(name='two')
        self.keep(one, 's1')
        self.keep(one, 's2', state=states.IN_SYNC)
        self.keep(two, 's3')
        page = listing.Page(filters={'state': states.IN_SYNC})
        found = db_replica.index(self.context, one.id, page)
        self.assertEqual(['s2'], [r.source_image_id for r in found])

    def test_images_that_others_hold(self) -> None:
        one, two = self.add_rule(), self.add_rule(name='two')
        self.keep(one, 's1', target_image_id='own')
        self.keep(two, 's1', target_image_id='shared')
        self.keep(two, 's2', target_image_id='let go', state=states.RETIRED)
        self._copied('copied')
        self._copied('by rule', rule_id=one.id)
        asked = [
            (self.target.id, image_id)
            for image_id in ('own', 'shared', 'let go', 'copied', 'by rule')
        ]
        elsewhere = [('elsewhere', 'shared')]
        self.assertEqual(
            {(self.target.id, 'shared'), (self.target.id, 'copied')},
            db_replica.others(self.context, one.id, asked + elsewhere),
        )

    def _copied(self, image_id: str, **values: Any) -> None:
        """Make a replication that has made an image."""
        copy = self.make(states.COMPLETED)
        self.set_columns(
            base_models.ImageCopy,
            copy.id,
            target_site_id=self.target.id,
            target_image_id=image_id,
        )
        self.set_columns(
            base_models.Replication, copy.replication_id, **values
        )
