# SPDX-License-Identifier: Apache-2.0

"""Tests of what the API does with copies."""

from datetime import timedelta
import uuid

from oslo_utils import timeutils

from glint import exception
from glint import states
from glint.db import image_copy as db_image_copy
from glint.db import models
from glint.db import replication as db_replication
from glint.db.queue import lease
from glint.tests.unit.db import base


class GetTestCase(base.TestCase):
    def test_copy_is_found_in_its_replication_only(self) -> None:
        copy = self.make(states.QUEUED)
        found = db_image_copy.get(self.context, copy.replication_id, copy.id)
        self.assertEqual(copy.id, found.id)
        other = self.replicate()
        self.assertRaises(
            exception.CopyNotFound,
            db_image_copy.get,
            self.context,
            other.id,
            copy.id,
        )
        self.assertNotIn(copy.id, [row.id for row in self.copies(other.id)])


class OnlyTryTestCase(base.TestCase):
    def test_copy_is_alone_until_it_failed_or_there_are_two(self) -> None:
        copy = self.make(states.QUEUED)
        for attempts, right in ((0, True), (1, True), (2, False)):
            self.set_columns(models.ImageCopy, copy.id, attempts=attempts)
            found = db_image_copy.is_only_try(
                self.context, copy.replication_id
            )
            self.assertEqual(right, found)
        two = self.replicate(2)
        self.assertFalse(db_image_copy.is_only_try(self.context, two.id))


class RefusedTestCase(base.TestCase):
    def test_what_a_site_refused_is_told_of_the_image_there(self) -> None:
        site_id, image_id = None, str(uuid.uuid4())
        for refused in ({'a': None}, {'visibility': 'public'}, None):
            copy = self.make(states.COMPLETED)
            site_id = site_id or copy.target_site_id
            self.set_columns(
                models.ImageCopy,
                copy.id,
                target_site_id=site_id,
                target_image_id=image_id,
                refused=refused,
                outcome=states.ADOPTED,
            )
        self.assertEqual(
            {'a': None, 'visibility': 'public'},
            db_image_copy.refused(self.context, site_id, image_id),
        )
        for other in ((site_id, 'x'), ('x', image_id)):
            found = db_image_copy.refused(self.context, *other)
            self.assertEqual({}, found)


class RecentTestCase(base.TestCase):
    def recent(self, project_id: str = 'p', days: int = 1) -> list[str]:
        since = timeutils.utcnow() - timedelta(days=days)
        found = db_image_copy.recent(self.context, project_id, since)
        return [copy.replication_id for copy in found]

    def test_active_and_just_finished_copies_are_read(self) -> None:
        made = [self.make(state).replication_id for state in states.ALL]
        self.assertEqual(made[::-1], self.recent())

    def test_copies_finished_long_ago_are_not_read(self) -> None:
        copy = self.make(states.ERROR)
        self.set_columns(
            models.ImageCopy,
            copy.id,
            finished_at=timeutils.utcnow() - timedelta(days=2),
        )
        self.assertEqual([], self.recent())
        self.assertEqual([copy.replication_id], self.recent(days=3))

    def test_copies_of_another_project_are_not_read(self) -> None:
        self.make(states.QUEUED)
        self.assertEqual([], self.recent('q'))

    def test_copy_tells_what_it_is_of(self) -> None:
        copy = self.make(states.COPYING)
        db_replication.set_image(
            self.context, copy.replication_id, 'debian', 7, 'sha512:aa'
        )
        [found] = db_image_copy.recent(self.context, 'p', timeutils.utcnow())
        replication = self.replication(copy.replication_id)
        self.assertEqual(
            (copy.id, copy.target_site_id, 'debian', 'sha512:aa'),
            (
                found.id,
                found.target_site_id,
                found.image_name,
                found.source_hash,
            ),
        )
        self.assertEqual(
            (replication.source_site_id, replication.image_id),
            (found.source_site_id, found.image_id),
        )


class CancelTestCase(base.TestCase):
    def test_cancel_of_a_replication_cancels_all_that_is_unfinished(
        self,
    ) -> None:
        replication_id = self.replicate(targets=3).id
        done, running = self.claim(replication_id, limit=2)
        lease.complete(self.context, done, outcome=states.COPIED)
        db_image_copy.cancel(self.context, replication_id)
        found = {copy.id: copy.state for copy in self.copies(replication_id)}
        self.assertEqual(states.COMPLETED, found.pop(done.id))
        self.assertEqual(states.CANCELLING, found.pop(running.id))
        self.assertEqual([states.CANCELLED], list(found.values()))
        self.assertEqual(
            states.CANCELLING, self.replication(replication_id).state
        )

    def test_cancel_of_one_copy_leaves_the_others(self) -> None:
        replication_id = self.replicate(targets=2).id
        first, second = self.copies(replication_id)
        db_image_copy.cancel(self.context, replication_id, first.id)
        first, second = self.copies(replication_id)
        self.assertEqual(states.CANCELLED, first.state)
        self.assertIsNotNone(first.finished_at)
        self.assertEqual(states.QUEUED, second.state)

    def test_copy_of_another_replication_is_not_cancelled(self) -> None:
        copy = self.make(states.QUEUED)
        db_image_copy.cancel(self.context, self.replicate().id, copy.id)
        self.assertEqual(states.QUEUED, self.copy(copy.replication_id).state)

    def test_cancelled_while_queued_is_never_claimed(self) -> None:
        copy = self.make(states.QUEUED)
        db_image_copy.cancel(self.context, copy.replication_id)
        self.assertEqual([], self.claim(copy.replication_id))

    def test_cancel_and_claim_at_once_agree(self) -> None:
        for _round in range(5):
            replication_id = self.replicate(targets=2).id
            claimed, _nothing = self.together(
                lambda of=replication_id: self.claim(of),
                lambda of=replication_id: db_image_copy.cancel(
                    self.context, of
                ),
            )
            expected = states.CANCELLING if claimed else states.CANCELLED
            self.assertEqual(
                {expected},
                {copy.state for copy in self.copies(replication_id)},
            )
            self.assertEqual(expected, self.replication(replication_id).state)

    def test_cancel_and_completion_at_once_agree(self) -> None:
        for _round in range(5):
            [copy] = self.claim(self.replicate().id)
            done, _nothing = self.together(
                lambda of=copy: lease.complete(
                    self.context, of, outcome=states.COPIED
                ),
                lambda of=copy: db_image_copy.cancel(
                    self.context, of.replication_id
                ),
            )
            expected = states.COMPLETED if done else states.CANCELLING
            self.assertEqual(expected, self.copy(copy.replication_id).state)
            self.assertEqual(
                expected, self.replication(copy.replication_id).state
            )


class RetryTestCase(base.TestCase):
    def retry(self, copy: lease.ImageCopy) -> None:
        replication = self.replication(copy.replication_id)
        db_image_copy.retry(
            self.context,
            replication.id,
            replication.source_credential_id,
            {copy.id: copy.credential_id},
        )

    def test_retried_copy_begins_anew(self) -> None:
        [copy] = self.claim(self.replicate().id)
        lease.fail(
            self.context, copy, base.ERROR, bytes_sent=7, notes=['Stripped.']
        )
        self.retry(copy)
        row = self.copy(copy.replication_id)
        self.assertEqual(
            (states.QUEUED, 0, 0),
            (row.state, row.attempts, row.bytes_sent),
        )
        self.assertEqual(
            [None] * 5,
            [
                row.error,
                row.notes,
                row.started_at,
                row.finished_at,
                row.next_attempt_at,
            ],
        )
        replication = self.replication(copy.replication_id)
        self.assertEqual(states.QUEUED, replication.state)
        self.assertIsNone(replication.started_at)
        self.assertIsNone(replication.finished_at)
        self.assertEqual(1, len(self.claim(copy.replication_id)))

    def test_retried_copy_uses_the_credentials_of_today(self) -> None:
        copy = self.make(states.ERROR)
        source = self.replication(copy.replication_id).source_site_id
        new_source = self.add_credential(source).id
        new_target = self.add_credential(copy.target_site_id).id
        db_image_copy.retry(
            self.context,
            copy.replication_id,
            new_source,
            {copy.id: new_target},
        )
        self.assertEqual(
            (new_source, new_target),
            (
                self.replication(copy.replication_id).source_credential_id,
                self.copy(copy.replication_id).credential_id,
            ),
        )

    def test_retried_beside_completed_makes_the_replication_copy(self) -> None:
        replication_id = self.replicate(targets=2).id
        first, second = self.claim(replication_id)
        lease.complete(self.context, first, outcome=states.COPIED)
        lease.fail(self.context, second, base.ERROR)
        self.retry(second)
        self.assertEqual(
            states.COPYING, self.replication(replication_id).state
        )

    def test_retry_to_a_site_that_is_gone_changes_nothing(self) -> None:
        copy = self.make(states.ERROR)
        credential = self.add_credential(self.add_site().id)
        self.delete_site(copy.target_site_id)
        copy.credential_id = credential.id
        same = self.rows()
        self.assertRaises(exception.UnknownSite, self.retry, copy)
        self.assertEqual(same, self.rows())

    def test_retry_from_a_site_that_is_gone_changes_nothing(self) -> None:
        copy = self.make(states.ERROR)
        source = self.replication(copy.replication_id).source_site_id
        self.delete_site(source)
        same = self.rows()
        self.assertRaises(exception.UnknownSite, self.retry, copy)
        self.assertEqual(same, self.rows())

    def test_retry_with_a_credential_that_is_gone_changes_nothing(
        self,
    ) -> None:
        copy = self.make(states.CANCELLED)
        copy.credential_id = 'gone'
        same = self.rows()
        self.assertRaises(exception.CredentialNotFound, self.retry, copy)
        self.assertEqual(same, self.rows())

    def test_retry_and_deletion_of_the_site_at_once_leave_no_orphan(
        self,
    ) -> None:
        for _round in range(5):
            copy = self.make(states.ERROR)
            retried, deleted = self.together(
                lambda of=copy: self.retry(of),
                lambda of=copy: self.delete_site(of.target_site_id),
            )
            self.assertIn(
                (retried, deleted),
                [
                    (None, exception.SiteInUse),
                    (exception.UnknownSite, None),
                ],
            )
