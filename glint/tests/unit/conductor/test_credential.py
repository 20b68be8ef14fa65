# SPDX-License-Identifier: Apache-2.0

from datetime import datetime
from datetime import timedelta
import threading
from typing import Any

from oslo_utils import timeutils
import sqlalchemy as sa

from glint import interrupt as interrupts
from glint import states
from glint.conductor import access
from glint.conductor import credential
from glint.conductor import crew
from glint.conductor import refusal
from glint.conductor.copy import copier
from glint.db import credential as db_credential
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db import models
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.db.queue import lease
from glint.db.queue import turn
from glint.image import failure
from glint.tests.unit.conductor import base
from glint.tests.unit.conductor import glance
from glint.tests.unit.image import cloud

TOKENS = '/v3/auth/tokens'
FILE = '/v2/images/[^/]+/file'


class TestCase(base.TestCase):
    def revoke(self, place: glance.Glance) -> None:
        place.reply(
            'POST', TOKENS, 404, {'error': {'message': 'Could not find it.'}}
        )

    def restore(self, place: glance.Glance) -> None:
        place.on('POST', TOKENS, place._issue)

    def run_copy(
        self, replication: db_replication.Replication
    ) -> db_image_copy.ImageCopy:
        run, source = self.claim(replication)
        source.open()
        copier.run_copy(run, source)
        return self.row(replication)

    def state(self, credential_id: str) -> str:
        found = db_credential.get(self.context, credential_id, None, None)
        return found.state

    def check_at(self, credential_id: str, at: datetime) -> None:
        """Set when a credential is to be checked."""
        with engine.writer(self.context) as session:
            session.execute(
                sa.update(models.Credential)
                .where(models.Credential.id == credential_id)
                .values(next_check_at=at)
            )

    def due(self) -> list[str]:
        found: list[str] = []
        while more := turn.due(self.context, 10, found):
            found += more
        return found


class RefusedTest(TestCase):
    """A site that does not take the credential of a copy."""

    def assertParked(self, copy: db_image_copy.ImageCopy, site: str) -> None:
        self.assertEqual((states.QUEUED, 0), (copy.state, copy.attempts))
        rows = [
            db_credential.get(self.context, credential_id, None, None)
            for credential_id in (
                self.west_credential_id,
                self.home_credential_id,
            )
        ]
        [refused] = [row for row in rows if row.refused_at is not None]
        for words in (f'Site {site}', 'Could not find it'):
            self.assertIn(words, refused.detail)
        self.assertEqual([], self.due())

    def test_copy_to_the_site_is_parked(self) -> None:
        self.revoke(self.west)
        copy = self.run_copy(self.replicate())
        self.assertParked(copy, 'west')
        self.assertEqual(
            states.CREDENTIAL_UNAUTHORIZED, self.state(self.west_credential_id)
        )
        self.assertNotEqual(
            states.CREDENTIAL_UNAUTHORIZED, self.state(self.home_credential_id)
        )

    def test_copy_from_the_site_is_parked(self) -> None:
        self.revoke(self.home)
        self.assertParked(self.run_copy(self.replicate()), 'home')
        self.assertEqual(
            states.CREDENTIAL_UNAUTHORIZED, self.state(self.home_credential_id)
        )

    def test_other_copies_wait_and_do_not_ask(self) -> None:
        self.revoke(self.west)
        first, second = self.replicate(), self.replicate()
        self.run_copy(first)
        asked = len(self.west.requests)
        self.assertParked(self.row(second), 'west')
        self.assertEqual(
            [],
            lease.claim(self.context, second.id, base.HOST, 10),
        )
        self.assertEqual(asked, len(self.west.requests))

    def test_successful_check_lets_all_go_on(self) -> None:
        self.revoke(self.west)
        first, second = self.replicate(), self.replicate()
        self.run_copy(first)
        self.restore(self.west)
        self.assertTrue(
            credential.check(self.context, self.west_credential_id)
        )
        self.assertEqual({first.id, second.id}, set(self.due()))
        for replication in (first, second):
            self.assertIsNone(self.row(replication).error)
            self.assertEqual(
                states.COMPLETED, self.run_copy(replication).state
            )

    def test_check_in_vain_lets_none_go_on(self) -> None:
        self.revoke(self.west)
        self.run_copy(replication := self.replicate())
        self.assertFalse(
            credential.check(self.context, self.west_credential_id)
        )
        self.assertParked(self.row(replication), 'west')

    def test_copy_that_waits_too_long_ends_in_error(self) -> None:
        self.revoke(self.west)
        self.run_copy(replication := self.replicate())
        self.with_crew(refusal.give_up)
        self.assertParked(self.row(replication), 'west')
        self.config(group='conductor', park_timeout=0)
        self.with_crew(refusal.give_up)
        copy = self.row(replication)
        self.assertEqual(
            (states.ERROR, 'credential_unauthorized'),
            (copy.state, copy.error['code']),
        )
        # The cause, and the remedy.
        for words in ('Site west', 'Could not find it', 'register another'):
            self.assertIn(words, copy.error['detail'])

    def test_token_that_ended_early_is_another_attempt(self) -> None:
        self.config(group='conductor', retry_delay=3600)
        self.west.reply('PUT', FILE, 401, {'message': 'expired'})
        copy = self.run_copy(self.replicate())
        self.assertEqual((states.QUEUED, 1), (copy.state, copy.attempts))
        self.assertEqual('unauthorized', copy.error['code'])
        self.assertIsNotNone(copy.next_attempt_at)
        self.assertEqual(
            states.CREDENTIAL_OK, self.state(self.west_credential_id)
        )

    def test_copies_at_once_cost_one_login(self) -> None:
        self.revoke(self.west)
        replications = [self.replicate() for _number in range(5)]
        ended = threading.Semaphore(0)
        for run, source in [self.claim(item) for item in replications]:
            copier.start([run], source, lambda run: ended.release())
        for _replication in replications:
            self.assertTrue(ended.acquire(timeout=30))
        for replication in replications:
            self.assertParked(self.row(replication), 'west')
        self.assertEqual(1, len(self.west.sent('POST', TOKENS)))

    def test_token_that_is_never_taken_ends_the_copy(self) -> None:
        self.config(group='conductor', retry_delay=0)
        self.west.reply('PUT', FILE, 401, {'message': 'bad password'})
        replication = self.replicate()
        self.run_copy(replication)
        copy = self.run_copy(replication)
        self.assertEqual(
            (states.ERROR, 2, 'unauthorized', 401),
            (
                copy.state,
                copy.attempts,
                copy.error['code'],
                copy.error['http_status'],
            ),
        )
        self.assertIn('PUT /v2/images/', copy.error['detail'])
        self.assertNotIn('password', copy.error['detail'])
        self.assertEqual(
            states.CREDENTIAL_OK, self.state(self.west_credential_id)
        )


class WrongLoginTest(TestCase):
    """A refused password, which the site may have counted."""

    def setUp(self) -> None:
        super().setUp()
        self.config(
            group='conductor',
            recheck_delay=0,
            wrong_login_delay=3600,
            park_timeout=10**9,
        )
        self.west.reply(
            'POST', TOKENS, 401, {'error': {'message': 'Wrong password.'}}
        )
        self.run_copy(self.replicate())
        self._plan()

    def _after(self, hours: float) -> int:
        """Let time pass since the last login, and a conductor look.

        :returns: how many logins there were until now.
        """
        logins = len(self.west.sent('POST', TOKENS))
        if self.planned is not None:
            at = self.planned - timedelta(hours=hours)
            self.check_at(self.west_credential_id, at)
        self.with_crew(credential.check_due)
        now = len(self.west.sent('POST', TOKENS))
        if now != logins:
            self._plan()
        return now

    def _plan(self) -> None:
        """Read when the next login is planned."""
        found = db_credential.get(
            self.context, self.west_credential_id, None, None
        )
        self.planned = found.next_check_at

    def test_each_try_waits_four_times_as_long_and_the_fifth_for_ever(
        self,
    ) -> None:
        for hours, logins in (
            *((0.9, 1), (1.3, 2), (3.9, 2), (5.1, 3)),
            *((15.9, 3), (20.1, 4), (64.1, 4), (10000, 4)),
        ):
            self.assertEqual(logins, self._after(hours), hours)

    def test_user_may_try_it_and_success_forgets_the_failures(self) -> None:
        for hours in (2, 6, 21):
            self._after(hours)
        self.restore(self.west)
        self.assertTrue(
            credential.check(self.context, self.west_credential_id)
        )
        found = db_credential.get(
            self.context, self.west_credential_id, None, None
        )
        self.assertEqual(0, found.wrong_logins)

    def test_refused_credential_is_not_used_to_list_or_to_clean(self) -> None:
        session = access.open_session(
            self.context,
            self.west_id,
            self.west_credential_id,
            interrupts.Interrupt(),
        )
        self.addCleanup(session.close)
        found = self.assertRaises(failure.SiteFailure, session.token)
        self.assertEqual('unauthorized', found.code)
        self.assertIn('Wrong password', found.detail)
        self.assertEqual(1, len(self.west.sent('POST', TOKENS)))


class CheckDueTest(TestCase):
    """Conductors check what nobody uses as well."""

    def _due(self, hours: float = 1) -> None:
        """Both credentials were to be checked some hours ago."""
        for credential_id in (
            self.west_credential_id,
            self.home_credential_id,
        ):
            at = timeutils.utcnow() - timedelta(hours=hours)
            self.check_at(credential_id, at)

    def _check_due(self) -> str:
        self.with_crew(credential.check_due)
        return self.state(self.west_credential_id)

    def test_revoked_credential_that_nobody_uses_is_found(self) -> None:
        self.revoke(self.west)
        self._due()
        self.assertEqual(states.CREDENTIAL_UNAUTHORIZED, self._check_due())
        self.assertEqual(
            states.CREDENTIAL_OK, self.state(self.home_credential_id)
        )

    def test_restored_credential_is_found_and_its_copies_go_on(self) -> None:
        replication = self.replicate()
        self.revoke(self.west)
        credential.check(self.context, self.west_credential_id)
        self.assertEqual([], self.due())
        self.restore(self.west)
        self._due()
        self.assertEqual(states.CREDENTIAL_OK, self._check_due())
        self.assertEqual([replication.id], self.due())

    def test_what_has_time_is_left(self) -> None:
        self._due(hours=-1)
        self._check_due()
        self.assertEqual([], self.west.requests)

    def test_one_of_a_disabled_site_is_left(self) -> None:
        db_site.update(self.context, self.west_id, enabled=False)
        self._due()
        for _number in range(2):
            self._check_due()
        self.assertEqual([], self.west.requests)

    def test_each_is_checked_once(self) -> None:
        self._due()
        for _conductor in range(2):
            self._check_due()
        self.assertEqual(1, len(self.west.sent('POST', TOKENS)))

    def test_interrupt_ends_it(self) -> None:
        self._due()
        stopping = crew.Crew('test', 4)
        stopping.stop()
        self.assertRaises(
            interrupts.Interrupted,
            credential.check_due,
            self.context,
            stopping,
        )
        self.assertEqual([], self.west.requests)

    def test_site_that_never_answers_delays_no_other_project(self) -> None:
        """It keeps its own project's share of the threads, and no more."""
        self.patch(credential, '_AT_ONCE', 2)
        asked, answer = threading.Semaphore(0), threading.Event()
        self.addCleanup(answer.set)

        def stall(request: cloud.Request) -> Any:
            asked.release()
            answer.wait(60)
            request.reply(503)

        self.west.on('POST', TOKENS, stall)
        # Those of the first project have waited for longer.
        self._due(hours=2)
        for _number in range(6):
            credential_id = db_credential.new_id()
            self.add_credential(self.west_id, credential_id)
            self.check_at(
                credential_id, timeutils.utcnow() - timedelta(hours=2)
            )
        other = threading.Event()
        self.home.on(
            'POST', TOKENS, lambda r: (other.set(), self.home._issue(r))
        )
        with engine.writer(self.context) as session:
            session.execute(
                sa.update(models.Credential)
                .where(models.Credential.id == self.home_credential_id)
                .values(project_id='q')
            )
        self.check_at(
            self.home_credential_id, timeutils.utcnow() - timedelta(hours=1)
        )
        helpers = crew.Crew('test', 8)
        self.addCleanup(helpers.stop)
        credential.check_due(self.context, helpers)
        for _number in range(2):
            self.assertTrue(asked.acquire(timeout=10))
        self.assertEqual(['p'], helpers.full())
        credential.check_due(self.context, helpers)
        self.assertTrue(other.wait(10))
        self.assertFalse(asked.acquire(blocking=False))


class CheckTest(TestCase):
    def test_site_that_takes_too_long_is_one_that_does_not_answer(
        self,
    ) -> None:
        answer = threading.Event()
        self.addCleanup(answer.set)

        def stall(request: cloud.Request) -> Any:
            answer.wait(60)
            request.reply(503)

        self.west.on('POST', TOKENS, stall)
        self.assertFalse(
            credential.check(
                self.context, self.west_credential_id, seconds=0.2
            )
        )
        found = db_credential.get(
            self.context, self.west_credential_id, None, None
        )
        self.assertEqual(states.CREDENTIAL_UNREACHABLE, found.state)
        self.assertIn('too long', str(found.detail))

    def test_success_says_that_the_site_answers(self) -> None:
        credential.check(self.context, self.west_credential_id)
        site = db_site.get(self.context, self.west_id, None)
        self.assertEqual(states.SITE_OK, site.health_state)

    def test_silence_says_nothing_against_the_credential(self) -> None:
        def fail(request: cloud.Request) -> Any:
            request.reply(503)

        self.west.on('POST', TOKENS, fail)
        credential.check(self.context, self.west_credential_id)
        self.assertEqual(
            states.CREDENTIAL_UNREACHABLE, self.state(self.west_credential_id)
        )
        site = db_site.get(self.context, self.west_id, None)
        self.assertEqual(states.SITE_UNREACHABLE, site.health_state)
