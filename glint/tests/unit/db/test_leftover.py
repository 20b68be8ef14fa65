# SPDX-License-Identifier: Apache-2.0

"""Tests of what copies that have ended left behind."""

from datetime import timedelta
from typing import Any

from oslo_utils import timeutils

from glint import exception
from glint import states
from glint.db import image_copy as db_image_copy
from glint.db import leftover
from glint.db import models
from glint.db import purge
from glint.db import replication as db_replication
from glint.db.queue import lease
from glint.tests.unit.db import base


class LeftoverTestCase(base.TestCase):
    def leave(self, state: str = states.ERROR) -> lease.ImageCopy:
        """Make a copy in a state with an image at its target."""
        copy = self.make(state)
        self.set_columns(models.ImageCopy, copy.id, target_image_id='image')
        return self.copy(copy.replication_id)

    def due(self, delay: float = 0) -> list[str]:
        return [copy.id for copy in leftover.due(self.context, delay)]

    def ago(self, copy: lease.ImageCopy, **minutes: float) -> None:
        values: dict[str, Any] = {
            name: timeutils.utcnow() - timedelta(minutes=value)
            for name, value in minutes.items()
        }
        self.set_columns(models.ImageCopy, copy.id, **values)

    def take(self) -> lease.ImageCopy:
        [copy] = leftover.due(self.context, 0)
        taken = leftover.take(self.context, copy, 30)
        assert taken is not None
        return taken

    def test_only_ended_copies_without_an_outcome_have_some(self) -> None:
        left = {self.leave(state).id: state for state in states.ALL}
        for state in states.ALL:
            self.make(state)
        self.set_columns(
            models.ImageCopy,
            next(i for i, s in left.items() if s == states.COMPLETED),
            outcome=states.COPIED,
        )
        self.assertEqual(
            {states.ERROR, states.CANCELLED},
            {left[copy_id] for copy_id in self.due()},
        )

    def test_each_wait_is_twice_as_long(self) -> None:
        copy = self.leave()
        for finished, cleaned, due in (
            (0.5, None, False),
            (1.1, None, True),
            (5, 2.6, True),
            (5, 2.4, False),
            (1000, 400, False),
            (1000, 501, True),
        ):
            times = {'finished_at': finished}
            if cleaned:
                times['cleaned_at'] = cleaned
            self.ago(copy, **times)
            self.assertEqual(due, bool(self.due(60)), (finished, cleaned))

    def test_one_of_many_conductors_takes_it(self) -> None:
        self.leave()
        [copy] = leftover.due(self.context, 0)
        taken = self.together(
            *[lambda: leftover.take(self.context, copy, 30)] * 6
        )
        self.assertEqual(5, taken.count(None))

    def test_copy_that_was_retried_after_a_look_is_left(self) -> None:
        self.leave()
        [copy] = leftover.due(self.context, 0)
        self.retry(copy)
        self.assertIsNone(leftover.take(self.context, copy, 30))

    def retry(self, copy: lease.ImageCopy) -> None:
        replication = self.replication(copy.replication_id)
        db_image_copy.retry(
            self.context,
            replication.id,
            replication.source_credential_id,
            {copy.id: copy.credential_id},
        )

    def test_retry_waits_until_the_removal_is_over(self) -> None:
        self.leave()
        copy = self.take()
        self.retry(copy)
        self.assertEqual([], self.claim(copy.replication_id))
        leftover.release(self.context, copy, target_image_id=None)
        [again] = self.claim(copy.replication_id)
        self.assertIsNone(again.target_image_id)

    def test_retry_waits_for_a_dead_remover_as_long_as_its_right(self) -> None:
        self.leave()
        copy = self.take()
        self.retry(copy)
        row = self.copy(copy.replication_id)
        wait = (row.next_attempt_at - timeutils.utcnow()).total_seconds()
        self.assertTrue(25 < wait <= 30, wait)

    def test_removed_one_is_no_longer_left(self) -> None:
        self.leave()
        leftover.release(
            self.context, self.take(), target_image_id=None, notes=['Gone.']
        )
        self.assertEqual([], self.due())
        [row] = self.rows()['copies']
        self.assertEqual(
            (states.ERROR, None, None, ['Gone.']),
            (
                row['state'],
                row['target_image_id'],
                row['next_attempt_at'],
                row['notes'],
            ),
        )

    def test_replication_with_one_is_neither_deleted_nor_purged(self) -> None:
        replication_id = self.leave().replication_id
        self.assertRaises(
            exception.ReplicationHasLeftovers,
            db_replication.delete,
            self.context,
            replication_id,
        )
        past = timedelta(days=-1)
        self.assertEqual((0, 0), purge.purge(self.context, past))
        leftover.release(self.context, self.take(), target_image_id=None)
        self.assertEqual((1, 0), purge.purge(self.context, past))


class AdoptedTestCase(base.TestCase):
    def test_only_an_adopted_image_is(self) -> None:
        for outcome in states.OUTCOMES:
            [copy] = self.claim(self.replicate().id)
            lease.complete(
                self.context,
                copy,
                outcome=outcome,
                target_image_id='image',
            )
            self.assertEqual(
                outcome == states.ADOPTED,
                db_image_copy.is_adopted(
                    self.context, copy.target_site_id, 'image'
                ),
            )
            for site_id, image_id in (
                (copy.target_site_id, 'another'),
                (self.add_site().id, 'image'),
            ):
                self.assertFalse(
                    db_image_copy.is_adopted(self.context, site_id, image_id)
                )
