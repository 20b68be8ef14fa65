# SPDX-License-Identifier: Apache-2.0

"""Tests of the sites that do not answer."""

from datetime import timedelta
from typing import Any

from oslo_utils import timeutils

from glint import states
from glint.db import engine
from glint.db import models
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.db.queue import health
from glint.tests.unit.db import base


class TestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.config(
            group='conductor',
            breaker_failures=3,
            probe_delay=100,
            max_probe_delay=300,
        )

    def fail(self, site_id: str, times: int = 3) -> None:
        for _number in range(times):
            health.failed(self.context, site_id, 'No answer.')

    def site(self, site_id: str) -> Any:
        return db_site.get(self.context, site_id, None)

    def wait(self, site_id: str) -> float:
        """:returns: the seconds until the next probe."""
        at = self.site(site_id).next_probe_at
        return float((at - timeutils.utcnow()).total_seconds())

    def elapse(self, site_id: str) -> None:
        """Let the time of the next probe come."""
        self.set_columns(
            models.Site,
            site_id,
            next_probe_at=timeutils.utcnow() - timedelta(seconds=1),
        )

    def queue(self, images: int, source: str, target: str) -> list[str]:
        """Queue copies of as many images between two sites.

        :returns: the ids of the replications.
        """
        credentials = [self.add_credential(at).id for at in (source, target)]
        values = self.request() | {
            'targets': {target: credentials[1]},
            'source_site_id': source,
            'source_credential_id': credentials[0],
        }
        return [
            db_replication.create(self.context, **values)[0].id
            for _number in range(images)
        ]


class BreakerTestCase(TestCase):
    def test_first_failure_is_told_and_holds_no_copy(self) -> None:
        copy = self.make(states.QUEUED)
        self.fail(copy.target_site_id, 1)
        site = self.site(copy.target_site_id)
        self.assertEqual(
            (states.SITE_UNREACHABLE, 'No answer.', None),
            (site.health_state, site.health_detail, site.updated_at),
        )
        self.fail(copy.target_site_id, 1)
        self.assertEqual([copy.replication_id], self.due(9))

    def test_answer_begins_the_count_again(self) -> None:
        copy = self.make(states.QUEUED)
        self.fail(copy.target_site_id, 2)
        health.answered(self.context, copy.target_site_id)
        self.assertEqual(
            states.SITE_OK, self.site(copy.target_site_id).health_state
        )
        self.fail(copy.target_site_id, 2)
        self.assertEqual([copy.replication_id], self.due(9))

    def test_failures_in_a_row_hold_the_copies_to_the_site(self) -> None:
        copy, other = self.make(states.QUEUED), self.make(states.QUEUED)
        self.fail(copy.target_site_id)
        site = self.site(copy.target_site_id)
        self.assertEqual(
            (states.SITE_UNREACHABLE, 'No answer.'),
            (site.health_state, site.health_detail),
        )
        self.assertIsNotNone(site.health_checked_at)
        self.assertEqual([other.replication_id], self.due(9))
        self.assertEqual([], self.claim(copy.replication_id))

    def test_failures_in_a_row_hold_the_copies_from_the_site(self) -> None:
        replication = self.replicate(targets=2)
        self.fail(replication.source_site_id)
        self.assertEqual([], self.due(9))
        self.assertEqual([], self.claim(replication.id))

    def test_dead_target_costs_other_targets_nothing(self) -> None:
        replication = self.replicate(targets=3)
        dead = self.copies(replication.id)[1]
        self.fail(dead.target_site_id)
        claimed = self.claim(replication.id)
        self.assertEqual(2, len(claimed))
        self.assertNotIn(dead.id, [copy.id for copy in claimed])

    def test_many_failures_at_once_wait_no_longer(self) -> None:
        site_id = self.add_site().id
        self.together(*[lambda: self.fail(site_id, 1)] * 8)
        self.assertTrue(70 < self.wait(site_id) <= 125)

    def test_answer_lets_all_copies_go(self) -> None:
        source, target = self.add_site().id, self.add_site().id
        ids = self.queue(3, source, target)
        self.fail(target)
        health.answered(self.context, target)
        self.assertEqual(states.SITE_OK, self.site(target).health_state)
        self.assertEqual(set(ids), set(self.due(9)))


class ProbeTestCase(TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.source, self.target = self.add_site().id, self.add_site().id

    def probe(self) -> health.Probe:
        """Let the time of the next question come, and read it."""
        self.elapse(self.target)
        [probe] = health.due(self.context, 9)
        return probe

    def test_no_copy_tries_a_silent_site(self) -> None:
        ids = self.queue(3, self.source, self.target)
        for site_id in (self.target, self.source):
            self.fail(site_id)
            self.elapse(site_id)
            self.assertEqual([], self.due(9))
            for replication_id in ids:
                self.assertEqual([], self.claim(replication_id))
            health.answered(self.context, site_id)
        self.assertEqual(set(ids), set(self.due(9)))

    def test_silent_site_is_due_at_its_time(self) -> None:
        self.fail(self.target)
        self.assertEqual([], health.due(self.context, 9))
        self.assertEqual(self.target, self.probe().site_id)

    def test_site_is_asked_again_from_the_first_failure_on(self) -> None:
        [replication_id] = self.queue(1, self.source, self.target)
        self.fail(self.target, 1)
        for _question in range(2):
            self.assertEqual([replication_id], self.due(9))
            self.assertTrue(health.begin(self.context, self.probe()))
            health.failed(self.context, self.target, 'No.', counted=True)
        self.assertEqual([], self.due(9))
        self.assertEqual(3, self.site(self.target).failures)

    def test_one_of_many_conductors_asks_a_silent_site(self) -> None:
        self.fail(self.target)
        probe = self.probe()
        taken = self.together(*[lambda: health.begin(self.context, probe)] * 6)
        self.assertEqual(1, sum(taken))
        self.assertEqual([], health.due(self.context, 9))

    def test_wait_doubles_with_each_question_up_to_the_longest(self) -> None:
        self.fail(self.target)
        waits = [self.wait(self.target)]
        for _number in range(4):
            self.assertTrue(health.begin(self.context, self.probe()))
            self.fail(self.target, 1)
            waits.append(self.wait(self.target))
        for delay, wait in zip((100, 200, 300, 300, 300), waits, strict=True):
            self.assertTrue(
                delay * 0.75 - 5 <= wait <= delay * 1.25, (delay, wait)
            )

    def test_refused_credential_is_not_asked_with(self) -> None:
        refused, silent = (
            self.add_credential(self.target).id for _number in range(2)
        )
        found = health.credentials(self.context, self.target)
        self.assertEqual({refused, silent}, set(found))
        for credential_id, state in (
            (refused, states.CREDENTIAL_UNAUTHORIZED),
            (silent, states.CREDENTIAL_UNREACHABLE),
        ):
            self.set_columns(models.Credential, credential_id, state=state)
        found = health.credentials(self.context, self.target)
        self.assertEqual([silent], found)
        good = self.add_credential(self.target).id
        self.set_columns(models.Credential, good, state=states.CREDENTIAL_OK)
        found = health.credentials(self.context, self.target)
        self.assertEqual([good], found)

    def test_site_that_is_forgotten_lets_its_copies_go(self) -> None:
        ids = self.queue(2, self.source, self.target)
        self.fail(self.target)
        health.forget(self.context, self.target)
        self.assertEqual(
            states.SITE_UNKNOWN, self.site(self.target).health_state
        )
        self.assertEqual(set(ids), set(self.due(9)))

    def test_site_that_is_gone_stops_nothing(self) -> None:
        [replication_id] = self.queue(1, self.source, self.target)
        with health.engine.writer(self.context) as session:
            session.execute(
                health.sa.delete(models.Site).where(
                    models.Site.id == self.target
                )
            )
        self.assertEqual(1, len(self.claim(replication_id)))


class HasteTestCase(TestCase):
    """A user does not want to wait for the next question."""

    def setUp(self) -> None:
        super().setUp()
        self.site_id = self.add_site().id

    def hasten(self) -> bool:
        """:returns: whether the site is to be asked now."""
        with engine.writer(self.context) as session:
            health.hasten(session, [self.site_id])
        return bool(health.due(self.context, 9))

    def rest(self) -> None:
        """Let the last question be a while ago."""
        self.set_columns(
            models.Site,
            self.site_id,
            health_checked_at=timeutils.utcnow() - timedelta(seconds=10),
        )

    def test_silent_site_is_asked_at_once(self) -> None:
        self.fail(self.site_id)
        self.rest()
        self.assertTrue(self.hasten())

    def test_site_rests_after_a_question(self) -> None:
        self.fail(self.site_id)
        self.assertFalse(self.hasten())

    def test_site_that_is_being_asked_is_not_asked_twice(self) -> None:
        self.fail(self.site_id)
        self.rest()
        self.assertTrue(self.hasten())
        [probe] = health.due(self.context, 9)
        self.assertTrue(health.begin(self.context, probe))
        self.assertFalse(self.hasten())
        health.failed(self.context, self.site_id, 'No.', counted=True)
        self.assertFalse(self.hasten())
        long_ago = timeutils.utcnow() - timedelta(seconds=30)
        self.set_columns(models.Site, self.site_id, probed_at=long_ago)
        self.rest()
        self.assertTrue(self.hasten())

    def test_question_of_a_dead_conductor_is_asked_again(self) -> None:
        self.fail(self.site_id)
        long_ago = timeutils.utcnow() - timedelta(seconds=81)
        self.set_columns(
            models.Site,
            self.site_id,
            probed_at=long_ago,
            health_checked_at=long_ago - timedelta(seconds=1),
        )
        self.assertTrue(self.hasten())

    def test_site_that_answers_is_left_alone(self) -> None:
        self.rest()
        self.assertFalse(self.hasten())
        self.fail(self.site_id, 1)
        self.rest()
        self.assertFalse(self.hasten())
