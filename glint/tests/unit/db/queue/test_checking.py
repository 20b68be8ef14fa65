# SPDX-License-Identifier: Apache-2.0

"""Tests of when credentials are checked again."""

from datetime import timedelta
import functools
from typing import Any

from glint import states
from glint.db import clock
from glint.db import credential as db_credential
from glint.db import engine
from glint.db import models
from glint.db import site as db_site
from glint.db.queue import checking
from glint.tests.unit.db import base

HOUR = 3600


class TestCase(base.TestCase):
    def now(self) -> Any:
        with engine.reader(self.context) as session:
            return clock.now(session)

    def get(self, credential_id: str) -> db_credential.Credential:
        return db_credential.get(self.context, credential_id, None, None)


class CheckingTest(TestCase):
    def _make(self, late: float, project_id: str = 'p') -> str:
        """Make a credential that was to be checked some seconds ago."""
        credential = self.add_credential(
            self.add_site().id, project_id=project_id
        )
        at = self.now() - timedelta(seconds=late)
        self.set_columns(models.Credential, credential.id, next_check_at=at)
        return credential.id

    def _due(self, limit: int = 10, *without: str) -> list[str]:
        found = checking.due(self.context, limit, without)
        return [item.id for item in found]

    def test_credential_is_due_at_its_time(self) -> None:
        self._make(-60)
        late = self._make(1)
        self.assertEqual([late], self._due())

    def test_one_that_waits_longest_comes_first(self) -> None:
        late, later = self._make(10), self._make(20)
        self.assertEqual([later, late], self._due())
        self.assertEqual([later], self._due(1))

    def test_projects_can_be_left_out(self) -> None:
        self._make(10)
        other = self._make(1, 'q')
        self.assertEqual([other], self._due(1, 'p'))

    def test_one_of_a_disabled_site_is_told(self) -> None:
        site_id = self.get(self._make(10)).site_id
        [found] = checking.due(self.context, 10)
        self.assertTrue(found.enabled)
        db_site.update(self.context, site_id, enabled=False)
        [found] = checking.due(self.context, 10)
        self.assertFalse(found.enabled)

    def test_one_conductor_of_many_gets_the_check(self) -> None:
        self._make(10)
        [found] = checking.due(self.context, 10)
        rights = self.together(
            *[functools.partial(checking.begin, self.context, found)] * 6
        )
        self.assertEqual(1, rights.count(True))
        self.assertEqual([], self._due())

    def test_check_that_is_cut_is_made_again_later(self) -> None:
        credential_id = self._make(10)
        [found] = checking.due(self.context, 10)
        self.assertTrue(checking.begin(self.context, found))
        left = self.get(credential_id).next_check_at - self.now()
        self.assertGreater(left, timedelta(hours=23))

    def test_one_that_was_checked_meanwhile_is_left(self) -> None:
        credential_id = self._make(10)
        [found] = checking.due(self.context, 10)
        self.accept(credential_id)
        self.assertFalse(checking.begin(self.context, found))

    def test_deleted_one_is_left(self) -> None:
        credential_id = self._make(10)
        [found] = checking.due(self.context, 10)
        db_credential.delete(self.context, credential_id)
        self.assertFalse(checking.begin(self.context, found))


class NextCheckTest(TestCase):
    """Each result of a check says when the next one is made."""

    def setUp(self) -> None:
        super().setUp()
        self.config(
            group='conductor',
            check_interval=24 * HOUR,
            recheck_delay=60,
            wrong_login_delay=HOUR,
        )
        self.made = self.add_credential(self.add_site().id)

    def assertNext(self, seconds: float) -> None:
        """The wait is so long, or longer by a quarter at most."""
        at = self.get(self.made.id).next_check_at
        left = (at - self.now()).total_seconds()
        self.assertTrue(seconds - 10 < left < seconds * 1.25 + 10, left)

    def _unreachable(self) -> None:
        db_credential.set_state(
            self.context, self.made.id, states.CREDENTIAL_UNREACHABLE, 'Gone.'
        )

    def _refused_for(self, seconds: float) -> None:
        """Let the site refuse it again, so long after the first time."""
        self.refuse(self.made.id)
        at = self.now() - timedelta(seconds=seconds)
        self.set_columns(models.Credential, self.made.id, refused_at=at)
        self.refuse(self.made.id)

    def test_new_one_is_checked_after_the_interval(self) -> None:
        self.assertNext(24 * HOUR)

    def test_one_that_works_is_checked_after_the_interval(self) -> None:
        self.accept(self.made.id)
        self.assertNext(24 * HOUR)

    def test_one_whose_site_is_silent_is_checked_soon(self) -> None:
        self._unreachable()
        self.assertNext(HOUR)

    def test_refused_one_is_checked_after_waits_that_double(self) -> None:
        self.refuse(self.made.id)
        self.assertNext(60)
        self._refused_for(600)
        self.assertNext(600)

    def test_refused_one_is_checked_in_each_interval(self) -> None:
        self._refused_for(1000 * HOUR)
        self.assertNext(24 * HOUR)

    def test_wrong_login_waits_four_times_as_long_each(self) -> None:
        for hours in (1, 4, 16):
            self.refuse(self.made.id, counted=True)
            self.assertNext(hours * HOUR)

    def test_silent_site_does_not_shorten_the_wait_for_a_login(self) -> None:
        for _number in range(3):
            self.refuse(self.made.id, counted=True)
        self._unreachable()
        self.assertNext(16 * HOUR)

    def test_fourth_wrong_login_is_the_last(self) -> None:
        for _number in range(4):
            self.refuse(self.made.id, counted=True)
        self.assertIsNone(self.get(self.made.id).next_check_at)
        self._unreachable()
        self.assertIsNone(self.get(self.made.id).next_check_at)
        self.accept(self.made.id)
        self.assertNext(24 * HOUR)

    def test_interval_of_0_checks_only_what_is_refused(self) -> None:
        self.config(group='conductor', check_interval=0)
        for note in (self._unreachable, lambda: self.accept(self.made.id)):
            note()
            self.assertIsNone(self.get(self.made.id).next_check_at)
        self.refuse(self.made.id)
        self.assertNext(60)

    def test_checks_are_spread(self) -> None:
        found = set()
        for _number in range(8):
            self.accept(self.made.id)
            left = self.get(self.made.id).next_check_at - self.now()
            found.add(int(left.total_seconds() / 60))
        self.assertGreater(len(found), 1)
