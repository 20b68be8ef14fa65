# SPDX-License-Identifier: Apache-2.0

"""Tests of why copies wait: what is told is what keeps them from a claim."""

from collections.abc import Iterator
import contextlib
from typing import Any

import sqlalchemy as sa

from glint import states
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db import models
from glint.db import replication as db_replication
from glint.db.queue import health
from glint.db.queue import lease
from glint.db.queue import waiting
from glint.tests.unit.db import base


class TestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.config(group='conductor', breaker_failures=1)

    def waits(self, copy: lease.ImageCopy) -> list[waiting.Wait]:
        return waiting.read(self.context, [copy.id])[copy.id]

    def wait(self, copy: lease.ImageCopy) -> waiting.Wait:
        """Read the one reason of a copy, which is not claimed for it."""
        [found] = self.waits(copy)
        self.assertEqual([], self.claim(copy.replication_id), found)
        self.assertNotIn(copy.replication_id, self.due())
        return found

    def run_one(self, **values: Any) -> lease.ImageCopy:
        """Start the copy of a new replication."""
        [copy] = self.claim(self.replicate(**values).id)
        return copy

    @contextlib.contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Collect the statements that the database gets."""
        statements: list[str] = []

        def note(*event: Any) -> None:
            statements.append(event[2])

        with engine.reader(self.context) as session:
            bind = session.get_bind()
        sa.event.listen(bind, 'before_cursor_execute', note)
        try:
            yield statements
        finally:
            sa.event.remove(bind, 'before_cursor_execute', note)


class ReasonsTestCase(TestCase):
    def test_copy_that_nothing_holds_back_waits_for_its_turn(self) -> None:
        copy = self.make(states.QUEUED)
        self.assertEqual(
            [waiting.Wait(states.TURN, ahead=0)], self.waits(copy)
        )
        self.assertEqual(1, len(self.claim(copy.replication_id)))

    def test_replications_that_come_before_are_counted(self) -> None:
        self.run_one()
        for priority in (0, 1):
            self.replicate(priority=priority)
        copy = self.make(states.QUEUED)
        self.replicate()
        self.replicate(priority=2)
        self.replicate(project_id='q')
        self.assertEqual(
            [waiting.Wait(states.TURN, ahead=2)], self.waits(copy)
        )

    def test_refused_credential_of_the_target(self) -> None:
        copy = self.make(states.QUEUED)
        self.refuse(copy.credential_id)
        found = self.wait(copy)
        self.assertEqual(states.CREDENTIAL_REFUSED, found.reason)
        self.assertEqual(
            (copy.target_site_id, copy.credential_id, 'No such user.'),
            (found.site.id, found.credential.id, found.credential.detail),
        )

    def test_refused_credential_of_the_source(self) -> None:
        replication = self.replicate()
        self.refuse(replication.source_credential_id)
        found = self.wait(self.copy(replication.id))
        self.assertEqual(
            (
                states.CREDENTIAL_REFUSED,
                replication.source_site_id,
                replication.source_credential_id,
            ),
            (found.reason, found.site.id, found.credential.id),
        )

    def test_silent_sites(self) -> None:
        copy = self.make(states.QUEUED)
        source_id = self.replication(copy.replication_id).source_site_id
        for site_id in (copy.target_site_id, source_id):
            health.failed(self.context, site_id, 'Gone.')
            found = self.wait(copy)
            self.assertEqual(states.SITE_SILENT, found.reason)
            self.assertEqual(site_id, found.site.id)
            self.assertEqual(found.site.next_probe_at, found.until)
            health.answered(self.context, site_id)

    def test_full_target_with_its_numbers(self) -> None:
        self.config(group='queue', max_copies_to_site=2)
        request = self.request()
        for _number in range(2):
            made, _new = db_replication.create(self.context, **request)
            self.claim(made.id)
        made, _new = db_replication.create(self.context, **request)
        copy = self.copy(made.id)
        found = self.wait(copy)
        self.assertEqual(
            (states.TARGET_FULL, copy.target_site_id, 2, 2),
            (found.reason, found.site.id, found.running, found.limit),
        )

    def test_full_source_with_its_numbers(self) -> None:
        self.config(group='queue', max_reads_from_site=1)
        running = self.run_one()
        source = self.replication(running.replication_id)
        replication = self.replicate(
            source_site_id=source.source_site_id,
            source_credential_id=source.source_credential_id,
        )
        found = self.wait(self.copy(replication.id))
        self.assertEqual(
            (states.SOURCE_FULL, source.source_site_id, 1, 1),
            (found.reason, found.site.id, found.running, found.limit),
        )

    def test_full_project_with_its_numbers(self) -> None:
        self.config(group='queue', max_copies_per_project=1)
        self.run_one()
        copy = self.make(states.QUEUED)
        self.assertEqual(
            waiting.Wait(states.PROJECT_FULL, running=1, limit=1),
            self.wait(copy),
        )

    def test_next_attempt(self) -> None:
        copy = self.run_one()
        lease.postpone(self.context, copy, base.ERROR, 60)
        row = self.copy(copy.replication_id)
        self.assertEqual(
            waiting.Wait(states.BACKOFF, until=row.next_attempt_at),
            self.wait(copy),
        )

    def test_replication_that_makes_the_same_image(self) -> None:
        copy = self.run_one()
        lease.hand_back(self.context, copy, 60, awaited_id='other')
        row = self.copy(copy.replication_id)
        found = self.wait(copy)
        self.assertEqual(
            (
                states.RESERVATION,
                copy.target_site_id,
                row.next_attempt_at,
                'other',
            ),
            (found.reason, found.site.id, found.until, found.replication_id),
        )

    def test_claim_forgets_the_other_replication(self) -> None:
        copy = self.run_one()
        lease.hand_back(self.context, copy, -1, awaited_id='other')
        [copy] = self.claim(copy.replication_id)
        lease.postpone(self.context, copy, base.ERROR, 60)
        self.assertEqual(states.BACKOFF, self.wait(copy).reason)

    def test_retry_forgets_the_other_replication(self) -> None:
        copy = self.run_one()
        lease.hand_back(self.context, copy, 60, awaited_id='other')
        db_image_copy.cancel(self.context, copy.replication_id)
        replication = self.replication(copy.replication_id)
        db_image_copy.retry(
            self.context,
            replication.id,
            replication.source_credential_id,
            {copy.id: copy.credential_id},
        )
        self.assertEqual(states.TURN, self.waits(copy)[0].reason)

    def test_all_reasons_are_told(self) -> None:
        self.config(
            group='queue',
            max_copies_to_site=1,
            max_reads_from_site=1,
            max_copies_per_project=1,
        )
        request = self.request()
        made, _new = db_replication.create(self.context, **request)
        self.claim(made.id)
        made, _new = db_replication.create(self.context, **request)
        copy = self.copy(made.id)
        self.set_columns(
            models.ImageCopy, copy.id, next_attempt_at=copy.created_at.max
        )
        for site_id in (copy.target_site_id, made.source_site_id):
            health.failed(self.context, site_id, 'Gone.')
        for credential_id in (copy.credential_id, made.source_credential_id):
            self.refuse(credential_id)
        reasons = [found.reason for found in self.waits(copy)]
        self.assertEqual(
            {
                states.BACKOFF: 1,
                states.CREDENTIAL_REFUSED: 2,
                states.PROJECT_FULL: 1,
                states.SITE_SILENT: 2,
                states.SOURCE_FULL: 1,
                states.TARGET_FULL: 1,
            },
            {reason: reasons.count(reason) for reason in set(reasons)},
        )

    def test_only_queued_copies_wait(self) -> None:
        ids = [self.make(state).id for state in states.ALL]
        found = waiting.read(self.context, ids)
        self.assertEqual([ids[states.ALL.index(states.QUEUED)]], list(found))
        self.assertEqual({}, waiting.read(self.context, []))


class CostTestCase(TestCase):
    def test_number_of_copies_does_not_matter(self) -> None:
        counts = []
        for targets in (1, 9):
            copies = self.copies(self.replicate(targets=targets).id)
            self.refuse(copies[0].credential_id)
            with self.counted() as statements:
                found = waiting.read(
                    self.context, [copy.id for copy in copies]
                )
            self.assertEqual(targets, len(found))
            counts.append(len(statements))
        # The turn is counted once, for all that nothing else holds back.
        self.assertEqual(counts[0] + 1, counts[1])

    def test_number_of_replications_does_not_matter(self) -> None:
        counts = []
        for number in (1, 5):
            ids = [self.replicate().id for _number in range(number)]
            with self.counted() as statements:
                found = waiting.of_replications(self.context, ids)
            self.assertEqual(
                {
                    replication_id: [waiting.Wait(states.TURN)]
                    for replication_id in ids
                },
                found,
            )
            counts.append(len(statements))
        self.assertEqual(counts[0], counts[1])

    def test_reasons_cost_a_claim_no_statement(self) -> None:
        counts = []
        for _round in range(2):
            replication = self.replicate()
            with self.counted() as statements:
                self.assertEqual([replication.id], self.due(1))
                self.assertEqual(1, len(self.claim(replication.id)))
            counts.append(len(statements))
            self.refuse(self.make(states.QUEUED).credential_id)
            silent = self.make(states.QUEUED).target_site_id
            health.failed(self.context, silent, 'Gone.')
        self.assertEqual(counts[0], counts[1])
