# SPDX-License-Identifier: Apache-2.0

"""What the tests of rules in the database share."""

from datetime import timedelta
from typing import Any

from glint import states
from glint.db import clock
from glint.db import engine
from glint.db.models import rule as models
from glint.db.rule import execution as db_execution
from glint.db.rule import rule as db_rule
from glint.tests.unit.db import base

LEASE = 30.0


class TestCase(base.TestCase):
    """A test with two sites for rules to be about."""

    def setUp(self) -> None:
        super().setUp()
        if self.SYNCED:
            self.source = self.add_site(name='source')
            self.target = self.add_site(name='target')

    def add_rule(self, **values: Any) -> models.Rule:
        columns = {
            'project_id': 'p',
            'user_id': 'u',
            'name': 'ubuntu-everywhere',
            'priority': states.PRIORITIES.index(states.NORMAL),
            'source_site_id': self.source.id,
            'target_site_ids': [self.target.id],
            'terms': {'select': {'names': ['ubuntu-*']}},
            'trigger': {'every': 3600},
        }
        return db_rule.create(self.context, **{**columns, **values})

    def read(self, rule: models.Rule) -> models.Rule:
        return db_rule.get(self.context, rule.id, None)

    def trigger(self, rule: models.Rule) -> models.Execution:
        made = db_execution.trigger(self.context, rule, states.MANUAL)
        assert made is not None
        return made

    def execution(self, made: models.Execution) -> models.Execution:
        return db_execution.get(self.context, made.rule_id, made.id)

    def take(self, made: models.Execution, name: str = 'one') -> str | None:
        return db_execution.claim(
            self.context, self.execution(made), name, LEASE
        )

    def hold(self, made: models.Execution) -> str:
        taken = self.take(made)
        assert taken is not None
        return taken

    def moment(self, **later: float) -> Any:
        """Ask the database for the time, and move it."""
        with engine.reader(self.context) as session:
            return clock.now(session) + timedelta(**later)
