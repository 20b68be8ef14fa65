# SPDX-License-Identifier: Apache-2.0

"""A rule from one small cloud to another."""

from datetime import timedelta
from typing import Any
import uuid

import sqlalchemy as sa

from glint import states
from glint.conductor.rule import executor
from glint.db import engine
from glint.db import replication as db_replication
from glint.db.models import rule as models
from glint.db.rule import execution as db_execution
from glint.db.rule import item as db_item
from glint.db.rule import replica as db_replica
from glint.db.rule import rule as db_rule
from glint.tests import fixtures as glint_fixtures
from glint.tests.unit.conductor import base

HOST = base.HOST

TERMS = {
    'select': {'names': ['ubuntu-*'], 'copies': False},
    'options': {'on_conflict': 'fail'},
    'follow': [
        *('name', 'tags', 'properties', 'visibility', 'hidden'),
        *('protected', 'deactivated'),
    ],
    'on_drift': 'restore',
    'on_missing': 'restore',
    'on_removed': {
        'action': 'keep',
        'deselected': 'keep',
        'grace': 0,
        'max_count': 10,
        'max_percent': 100,
    },
    'publish': 'each',
    'max_active': 20,
}


class TestCase(base.TestCase):
    """A rule of the images of home whose names begin with ubuntu."""

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(glint_fixtures.RPC())
        self.home.images.clear()
        for place in (self.home, self.west):
            place.on('POST', '/v2/images/[^/]+/actions/.*', _activity(place))

    def add(self, name: str = 'ubuntu-1', **fields: Any) -> str:
        """Put an image at home; its data is its name."""
        image_id = str(uuid.uuid4())
        self.home.add(image_id, name.encode(), name=name, **fields)
        return image_id

    def add_rule(self, **terms: Any) -> db_rule.Rule:
        return db_rule.create(
            self.context,
            project_id='p',
            user_id='u',
            name=str(uuid.uuid4()),
            priority=states.PRIORITIES.index(states.NORMAL),
            source_site_id=self.home_id,
            target_site_ids=[self.west_id],
            terms={**TERMS, **terms},
            trigger={},
        )

    def begin(self, rule: db_rule.Rule) -> db_execution.Execution:
        made = db_execution.trigger(self.context, rule, states.MANUAL)
        assert made is not None
        return made

    def work(self) -> None:
        """Let a conductor do once what is due of executions."""
        self.with_crew(executor.Executor(HOST))

    def copy_all(self, rule: db_rule.Rule) -> None:
        """Let a conductor make all copies of a rule that wait."""
        query = sa.select(db_replication.Replication.id).where(
            db_replication.Replication.rule_id == rule.id,
            db_replication.Replication.state == states.QUEUED,
        )
        with engine.reader(self.context) as session:
            ids = session.scalars(query).all()
        for replication_id in ids:
            self.run_copy(
                db_replication.get(self.context, replication_id, None)
            )

    def execute(self, rule: db_rule.Rule) -> db_execution.Execution:
        """Execute a rule to its end."""
        made = self.begin(rule)
        for _round in range(50):
            self.work()
            self.copy_all(rule)
            found = self.read(made)
            if found.state in (*states.ENDED, states.NEEDS_APPROVAL):
                return found
        self.fail(f'The execution goes on: {found.state}')

    def read(self, made: db_execution.Execution) -> db_execution.Execution:
        return db_execution.get(self.context, made.rule_id, made.id)

    def items(self, made: db_execution.Execution) -> list[tuple[str, str]]:
        """:returns: what was done, and what came of it."""
        return [
            (item.action, item.state)
            for item in db_item.items(self.context, made.id, 100)
        ]

    def replica(self, rule: db_rule.Rule) -> db_replica.Replica:
        [found] = db_replica.of_rule(self.context, rule.id)
        return found

    def only(self) -> dict[str, Any]:
        """:returns: the one image at the target."""
        [found] = self.made()
        return found

    def set_rule(self, rule: db_rule.Rule, **values: Any) -> None:
        with engine.writer(self.context) as session:
            session.execute(
                sa.update(models.Rule)
                .where(models.Rule.id == rule.id)
                .values(**values)
            )

    def silence(self, made: db_execution.Execution) -> None:
        """Make the conductor of an execution look as if it were dead."""
        with engine.writer(self.context) as session:
            session.execute(
                sa.update(models.Execution)
                .where(models.Execution.id == made.id)
                .values(heartbeat=made.created_at - timedelta(hours=1))
            )


def _activity(place: Any) -> Any:
    def answer(request: Any) -> None:
        image_id, action = request.path.split('/')[3::2]
        off = action == 'deactivate'
        place.images[image_id]['status'] = 'deactivated' if off else 'active'
        request.reply(204)

    return answer
