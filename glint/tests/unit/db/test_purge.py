# SPDX-License-Identifier: Apache-2.0

"""Tests of the removal of old replications."""

from datetime import timedelta
from unittest import mock

from oslo_utils import timeutils

from glint import states
from glint.db import image_copy as db_image_copy
from glint.db import models
from glint.db import purge
from glint.db.queue import lease
from glint.tests.unit.db import base


class PurgeTestCase(base.TestCase):
    def purge(self, days: int) -> int:
        purged = purge.purge(self.context, timedelta(days=days))
        self.assertEqual(0, purged.locked)
        return purged.removed

    def make_old(self, state: str, days: int = 9) -> lease.ImageCopy:
        copy = self.make(state)
        if state in states.FINAL:
            self.set_columns(
                models.Replication,
                copy.replication_id,
                finished_at=timeutils.utcnow() - timedelta(days=days),
            )
        return copy

    def left(self) -> set[str]:
        return {row['id'] for row in self.rows()['replications']}

    def test_only_what_finished_long_ago_is_removed(self) -> None:
        kept = {self.make_old(state).replication_id for state in states.ACTIVE}
        for state in states.FINAL:
            self.make_old(state)
            kept.add(self.make_old(state, days=7).replication_id)
        self.assertEqual(3, self.purge(8))
        self.assertEqual(kept, self.left())
        self.assertEqual(len(kept), len(self.rows()['copies']))

    def test_nothing_is_removed_twice(self) -> None:
        self.make_old(states.ERROR)
        self.assertEqual([1, 0], [self.purge(8), self.purge(8)])

    def test_all_batches_are_removed(self) -> None:
        for _number in range(5):
            self.make_old(states.COMPLETED)
        with mock.patch.object(purge, 'BATCH', 2):
            self.assertEqual(5, self.purge(8))
        self.assertEqual(set(), self.left())

    def test_replication_that_is_retried_meanwhile_stays(self) -> None:
        copy = self.make_old(states.ERROR)
        writer = purge.engine.writer

        def retry_before(context: object) -> object:
            patched.side_effect = writer
            db_image_copy.retry(
                self.context,
                copy.replication_id,
                self.replication(copy.replication_id).source_credential_id,
                {copy.id: copy.credential_id},
            )
            return writer(context)

        with mock.patch.object(
            purge.engine, 'writer', autospec=True
        ) as patched:
            patched.side_effect = retry_before
            self.assertEqual(0, self.purge(8))
        self.assertEqual(states.QUEUED, self.copy(copy.replication_id).state)
