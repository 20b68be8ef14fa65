# SPDX-License-Identifier: Apache-2.0

"""The statements that matter find their rows by an index.

``GLINT_PLANS=doc/source/contributor`` writes how, for the documentation;
``GLINT_PLANS_ROWS`` says with how many replications.
"""

from collections.abc import Callable
from datetime import timedelta
import os
import pathlib
from typing import Any

import testscenarios

from glint import states
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db import listing
from glint.db import purge
from glint.db import quota
from glint.db import replication as db_replication
from glint.db import summary
from glint.db.queue import lease
from glint.db.queue import refusal
from glint.db.queue import renewal
from glint.db.queue import takeover
from glint.db.queue import turn
from glint.db.queue import waiting
from glint.tests.integration.db import many as manys
from glint.tests.integration.db import plans
from glint.tests.integration.db import test_servers
from glint.tests.unit.db import base

load_tests = testscenarios.load_tests_apply_scenarios

_ROWS = int(os.environ.get('GLINT_PLANS_ROWS') or 20000)
#: What a statement may look at, whatever the size of the tables: a few pages,
#: or what a project has queued.
_FEW = 1000


class PlanTestCase(test_servers.OnServer, base.TestCase):
    DEFAULT_TIMEOUT = 600

    def test_no_hot_statement_reads_or_sorts_a_big_table(self) -> None:
        many = manys.Many(_ROWS)
        many.fill(self.context)
        found = {
            name: plans.explain(function)
            for name, function in self._hot(many).items()
        }
        self._write(found)
        self.assertEqual([], self._slow(found))
        for name in found:
            if self.service == 'mariadb' and name.endswith('after a marker'):
                # Not "ref": it would begin with the first page.
                self.assertIn('range', found[name][-1].steps[0].how, name)
        for name, of_function in found.items():
            self.assertTrue(of_function, name)
        # What is known to have no index is found out.
        page = listing.Page(limit=100, sort_key='image_name')
        sorts = plans.explain(
            lambda: db_replication.index(self.context, None, page)
        )
        self.assertTrue(self._slow({'sorts': sorts}))

    @staticmethod
    def _slow(
        found: dict[str, list[plans.Plan]],
    ) -> list[tuple[str, plans.Step]]:
        return [
            (name, step)
            for name, of_function in found.items()
            for plan in of_function
            for step in plan.steps
            if (step.whole or step.sorts) and step.rows > _FEW
        ]

    def _hot(self, many: manys.Many) -> dict[str, Callable[[], Any]]:
        context = self.context
        project = many.projects[0]
        middle = many.replication_id(_ROWS // 2 // 2 * 2)
        ids = [many.replication_id(number) for number in range(100)]

        def index(
            project_id: str | None = project, **page: Any
        ) -> Callable[[], Any]:
            return lambda: db_replication.index(
                context, project_id, listing.Page(limit=101, **page)
            )

        [due] = turn.due(context, 1)
        copies = db_image_copy.index(context, due, listing.Page())
        day = timedelta(days=1)
        return {
            'List, first page': index(),
            'List, after a marker': index(marker=middle),
            'List, by state, after a marker': index(
                filters={'state': 'completed'}, marker=middle
            ),
            'List, by state': index(filters={'state': 'error'}),
            'List, by source': index(
                filters={'source_site_id': many.sites[1]}
            ),
            'List, by image': index(
                filters={'image_id': '00000000-0000-0000-0000-000000000000'}
            ),
            'List, by target': index(
                filters={'target_site_id': many.sites[2]}
            ),
            'List, by target, after a marker': index(
                filters={'target_site_id': many.sites[2]}, marker=middle
            ),
            'List, by user': index(filters={'user_id': 'user-1'}),
            'List of all projects': index(None),
            'List of all projects, after a marker': index(None, marker=middle),
            'List of all projects, by state': index(
                None, filters={'state': states.QUEUED}
            ),
            'Copies of the replications of a page': lambda: summary.read(
                context, ids
            ),
            'Quota, before a replication is added': (
                lambda: self._count(project)
            ),
            'Whose turn it is': lambda: turn.due(context, 16),
            'Why copies wait': lambda: waiting.read(
                context, db_image_copy.queued(copies)
            ),
            'Claim': lambda: lease.claim(context, due, 'c1', 1),
            'Renewal of all leases': self._renew,
            'Take-over of lost copies': lambda: takeover.lost(context, 3600),
            'Copies that waited too long for a credential': lambda: (
                refusal.late(context, 3600)
            ),
            'Purge, the first batch': lambda: purge._remove(
                context, purge._old(context, day * 3, ())
            ),
        }

    def _renew(self) -> None:
        held = {
            copy.id: copy for copy in takeover.lost(self.context, -3600)[:16]
        }
        progress = {
            copy_id: {name: getattr(copy, name) for name in renewal.PROGRESS}
            for copy_id, copy in held.items()
        }
        renewal.renew_all(self.context, held, progress)

    def _count(self, project_id: str) -> None:
        limit = quota.Limit(project_id, quota.ACTIVE_REPLICATIONS, 10**6)
        with engine.writer(self.context) as session:
            quota.enforce(session, limit)

    def _write(self, found: dict[str, list[plans.Plan]]) -> None:
        """Write what is to be seen in the documentation."""
        folder = os.environ.get('GLINT_PLANS')
        if not folder:
            return
        lines = []
        for name, of_function in found.items():
            lines += [name, '  ' + '-' * 60]
            for plan in of_function:
                words = plan.statement.split()
                lines.append(
                    f'  {words[0]} ... of {len(plan.statement)} characters'
                )
                lines += [
                    f'    {step.table:<13}{step.rows:>7}  {step.how}'
                    for step in plan.steps
                ]
            lines.append('')
        path = pathlib.Path(folder) / f'plans-{self.service}.out'
        path.write_text('\n'.join(lines))
