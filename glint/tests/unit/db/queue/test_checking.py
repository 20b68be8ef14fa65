# SPDX-License-Identifier: Apache-2.0

from datetime import timedelta
import functools

import sqlalchemy as sa

from glint import states
from glint.db import clock
from glint.db import credential as db_credential
from glint.db import engine
from glint.db import models
from glint.db import site as db_site
from glint.db.queue import checking
from glint.tests.unit.db import base

HOUR = 3600


class CheckingTest(base.TestCase):
    def _make(self, hours: float | None, **values: object) -> str:
        """Make a credential that was checked some hours ago, or never."""
        credential = self.add_credential(self.add_site().id)
        with engine.writer(self.context) as session:
            now = clock.now(session)
            if hours is not None:
                values['checked_at'] = now - timedelta(hours=hours)
            session.execute(
                sa.update(models.Credential)
                .where(models.Credential.id == credential.id)
                .values(**values)
            )
        return credential.id

    def _due(self, limit: int = 10) -> list[str]:
        found = checking.due(self.context, 24 * HOUR, limit)
        return [item.id for item in found]

    def test_credential_is_due_after_the_interval(self) -> None:
        self._make(17)
        late = self._make(24.1)
        self.assertEqual([late], self._due())

    def test_checks_are_spread_over_the_last_quarter(self) -> None:
        ids = {self._make(21) for _number in range(24)}
        due = set(self._due(100))
        self.assertTrue(due)
        self.assertTrue(ids - due)

    def test_one_that_waits_longest_comes_first(self) -> None:
        late, later = self._make(50), self._make(60)
        self.assertEqual([later, late], self._due())
        self.assertEqual([later], self._due(1))

    def test_one_that_was_never_checked_is_due_after_the_interval(
        self,
    ) -> None:
        self._make(None)
        self.assertEqual([], self._due())
        with engine.reader(self.context) as session:
            long_ago = clock.now(session) - timedelta(hours=25)
        late = self._make(None, created_at=long_ago)
        self.assertEqual([late], self._due())

    def test_one_whose_site_was_silent_is_due_soon(self) -> None:
        state = states.CREDENTIAL_UNREACHABLE
        self._make(0.9, state=state)
        late = self._make(1.1, state=state)
        self.assertEqual([late], self._due())

    def test_one_of_a_disabled_site_is_not_due(self) -> None:
        credential_id = self._make(50)
        site_id = db_credential.get(
            self.context, credential_id, None, None
        ).site_id
        db_site.update(self.context, site_id, enabled=False)
        self.assertEqual([], self._due())

    def test_one_conductor_of_many_gets_the_check(self) -> None:
        for hours in (50, None):
            row = db_credential.get(
                self.context, self._make(hours), None, None
            )
            found = checking.Due(
                row.id, row.state, row.checked_at, row.project_id
            )
            rights = self.together(
                *[functools.partial(checking.begin, self.context, found)] * 6
            )
            self.assertEqual(1, rights.count(True))
        self.assertEqual([], self._due())

    def test_one_that_was_checked_meanwhile_is_left(self) -> None:
        credential_id = self._make(50)
        [found] = checking.due(self.context, 24 * HOUR, 10)
        db_credential.set_state(
            self.context, credential_id, states.CREDENTIAL_OK, None
        )
        self.assertFalse(checking.begin(self.context, found))
