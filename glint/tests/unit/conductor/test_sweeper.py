# SPDX-License-Identifier: Apache-2.0

from typing import Any

import fixtures
import sqlalchemy as sa

from glint import states
from glint.conductor import sweeper
from glint.conductor.copy import copier
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db import models
from glint.db.queue import lease
from glint.tests.unit.conductor import base

IMAGE = '/v2/images/[^/]+'
FILE = '/v2/images/[^/]+/file'


class SweeperTest(base.TestCase):
    """A copy that ended in error and could not clean up."""

    def setUp(self) -> None:
        super().setUp()
        self.config(group='conductor', max_attempts=1, recheck_delay=0)
        self.west.on(
            'PUT', FILE, lambda r: (r.body(), r.reply(415, {'message': 'no'}))
        )
        self.west.reply('DELETE', IMAGE, 503)
        self.replication = self.replicate()
        run, source = self.claim(self.replication)
        source.open()
        copier.run_copy(run, source)
        [self.left] = self.made()

    def _remove(self) -> Any:
        # As if the last time were long ago.
        self._set(cleaned_at=None)
        self.with_crew(sweeper.sweep)
        return self.row(self.replication)

    def _mend(self) -> None:
        self.west.on('DELETE', IMAGE, self.west._delete)

    def test_image_is_named_and_told_of(self) -> None:
        row = self.row(self.replication)
        self.assertEqual(
            (states.ERROR, 'format_refused', self.left['id']),
            (row.state, row.error['code'], row.target_image_id),
        )
        self.assertIn(self.left['id'], ' '.join(row.notes))

    def test_image_is_removed_later(self) -> None:
        self._mend()
        row = self._remove()
        self.assertEqual([], self.made())
        self.assertEqual(
            (states.ERROR, 'format_refused', None),
            (row.state, row.error['code'], row.target_image_id),
        )
        self.assertIn('No unfinished image', row.notes[-1])

    def test_removal_in_vain_is_tried_again(self) -> None:
        notes = self.row(self.replication).notes
        for _time in range(2):
            row = self._remove()
            self.assertEqual(
                (self.left['id'], notes, None),
                (row.target_image_id, row.notes, row.next_attempt_at),
            )
        self._mend()
        self.assertIsNone(self._remove().target_image_id)
        self.assertEqual([], self.made())

    def test_removal_waits_for_its_time(self) -> None:
        self._mend()
        self.config(group='conductor', recheck_delay=3600)
        self._remove()
        self.assertEqual([self.left], self.made())

    def test_image_that_is_gone_is_forgotten(self) -> None:
        self._mend()
        self.west.images.clear()
        self.assertIsNone(self._remove().target_image_id)
        self.assertEqual([], self.made())

    def test_nothing_is_removed_when_the_right_to_it_has_ended(self) -> None:
        self._mend()
        self.useFixture(
            fixtures.MonkeyPatch(
                'glint.conductor.sweeper._right', lambda: -1.0
            )
        )
        self._remove()
        self.assertEqual([self.left], self.made())

    def test_nothing_else_is_ever_removed(self) -> None:
        self._mend()
        for marker in (None, 'another-replication'):
            self.left.pop('glint_replication_id', None)
            if marker is not None:
                self.left['glint_replication_id'] = marker
            other = self.west.add('other', b'of the user')
            self._set(target_image_id=self.left['id'])
            self.assertIsNone(self._remove().target_image_id)
            self.assertEqual([self.left, other], self.made())

    def test_image_that_another_copy_adopted_stays(self) -> None:
        self._mend()
        self.left['status'] = 'active'
        other = self.replicate()
        [copy] = lease.claim(self.context, other.id, base.HOST, 1)
        lease.complete(
            self.context,
            copy,
            outcome=states.ADOPTED,
            target_image_id=self.left['id'],
        )
        self.assertIsNone(self._remove().target_image_id)
        self.assertEqual([self.left], self.made())

    def test_protection_by_somebody_is_respected_until_it_ends(self) -> None:
        self.west.reply('DELETE', IMAGE, 403, {'message': 'protected'})
        self.assertEqual(self.left['id'], self._remove().target_image_id)
        self._mend()
        self._remove()
        self.assertEqual([], self.made())

    def test_deleted_credential_ends_the_matter_with_a_note(self) -> None:
        with engine.writer(self.context) as session:
            session.execute(
                sa.delete(models.Credential).where(
                    models.Credential.id == self.west_credential_id
                )
            )
        row = self._remove()
        self.assertIsNone(row.target_image_id)
        self.assertIn(self.left['id'], row.notes[-1])
        self.assertIn('Remove it there', row.notes[-1])

    def test_copy_that_was_cancelled_while_queued_is_cleaned_up(self) -> None:
        self._mend()
        self._set(state=states.QUEUED, finished_at=None)
        db_image_copy.cancel(self.context, self.replication.id)
        row = self._remove()
        self.assertEqual(
            (states.CANCELLED, None), (row.state, row.target_image_id)
        )
        self.assertEqual([], self.made())

    def test_removal_ends_with_its_right(self) -> None:
        self.config(group='conductor', lease=1)
        self.west.on('DELETE', IMAGE, lambda r: self.west.stopping.wait(30))
        row = self._remove()
        self.assertEqual(self.left['id'], row.target_image_id)

    def _set(self, **values: Any) -> None:
        with engine.writer(self.context) as session:
            session.execute(sa.update(models.ImageCopy).values(**values))
