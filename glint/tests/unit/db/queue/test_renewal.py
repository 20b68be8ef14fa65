# SPDX-License-Identifier: Apache-2.0
"""Tests of the renewal of leases."""

from typing import Any

from glint import states
from glint.db import image_copy as db_image_copy
from glint.db import models
from glint.db.queue import renewal
from glint.db.queue import takeover
from glint.tests import takeovers
from glint.tests.unit.db import base

_NOTHING = dict.fromkeys(renewal.PROGRESS)


class RenewalTestCase(base.TestCase):
    def renew_all(
        self, *copies: models.ImageCopy, **progress: dict[str, Any]
    ) -> dict[str, renewal.Held]:
        return renewal.renew_all(
            self.context,
            {copy.id: copy for copy in copies},
            {
                copy.id: {**_NOTHING, 'bytes_sent': 0, **progress}
                for copy in copies
            },
        )

    def test_each_copy_gets_its_progress(self) -> None:
        copies = self.claim(self.replicate(targets=3).id)
        progress = {
            copy.id: {
                'phase': states.SENDING,
                'bytes_sent': 2**40 + number,
                'bytes_total': 2**41 if number else None,
                'rate': None,
            }
            for number, copy in enumerate(copies)
        }
        for copy in copies:
            self.silence(copy)
        held = renewal.renew_all(
            self.context, {copy.id: copy for copy in copies}, progress
        )
        self.assertEqual(
            {copy.id: (states.COPYING, True) for copy in copies}, held
        )
        for copy in self.copies(copies[0].replication_id):
            self.assertEqual(
                progress[copy.id],
                {name: getattr(copy, name) for name in renewal.PROGRESS},
            )
        self.assertEqual([], takeover.lost(self.context, 30))

    def test_what_copies_make_is_left_as_it_is(self) -> None:
        [copy] = self.claim(self.replicate().id)
        renewal.renew(self.context, copy, target_image_id='i', notes=['n'])
        self.renew_all(copy)
        row = self.copy(copy.replication_id)
        self.assertEqual(('i', ['n']), (row.target_image_id, row.notes))

    def test_cancelled_copy_is_told_and_kept(self) -> None:
        copy = self.make(states.CANCELLING)
        self.assertEqual(
            {copy.id: (states.CANCELLING, True)}, self.renew_all(copy)
        )

    def test_lost_copies_are_left_out_and_left_alone(self) -> None:
        copies = [self.make(states.COPYING) for _number in range(3)]
        lost, cancelled, mine = copies
        self.silence(lost)
        takeovers.requeue_lost(self.context, 30)
        self.claim(lost.replication_id, 'c2')
        db_image_copy.cancel(self.context, cancelled.replication_id)
        self.silence(cancelled)
        takeovers.take_cancelling(self.context, 'c2', 30)
        before = self.copy(lost.replication_id).heartbeat
        self.assertEqual([mine.id], list(self.renew_all(*copies)))
        self.assertEqual(before, self.copy(lost.replication_id).heartbeat)

    def test_without_copies_nothing_is_asked(self) -> None:
        self.assertEqual({}, self.renew_all())
