# SPDX-License-Identifier: Apache-2.0

"""Tests of all changes of a copy's state: those that are and those not."""

from typing import Any

import ddt

from glint import states
from glint.db import image_copy as db_image_copy
from glint.db.queue import lease
from glint.db.queue import renewal
from glint.tests import takeovers
from glint.tests.unit.db import base

#: From the states in which an operation does something to those after it.
CHANGES = {
    'claim': {states.QUEUED: states.COPYING},
    'renew': {
        states.COPYING: states.COPYING,
        states.CANCELLING: states.CANCELLING,
    },
    'complete': {states.COPYING: states.COMPLETED},
    'fail': {states.COPYING: states.ERROR},
    'postpone': {states.COPYING: states.QUEUED},
    'park': {states.COPYING: states.QUEUED},
    'hand_back': {states.COPYING: states.QUEUED},
    'close_cancelled': {states.CANCELLING: states.CANCELLED},
    'requeue_lost': {states.COPYING: states.QUEUED},
    'take_cancelling': {states.CANCELLING: states.CANCELLING},
    'cancel': {
        states.QUEUED: states.CANCELLED,
        states.COPYING: states.CANCELLING,
    },
    'retry': {
        states.ERROR: states.QUEUED,
        states.CANCELLED: states.QUEUED,
    },
}


@ddt.ddt
class TransitionTestCase(base.TestCase):
    def act(self, operation: str, copy: lease.ImageCopy) -> Any:
        """Do what the API or a conductor does to a copy."""
        context = self.context
        replication_id = copy.replication_id
        return {
            'claim': lambda: self.claim(replication_id, 'c2'),
            'renew': lambda: renewal.renew(context, copy, bytes_sent=7),
            'complete': lambda: lease.complete(
                context, copy, outcome=states.COPIED
            ),
            'fail': lambda: lease.fail(context, copy, base.ERROR),
            'postpone': lambda: lease.postpone(context, copy, base.ERROR, 9),
            'park': lambda: lease.park(context, copy, base.ERROR),
            'hand_back': lambda: lease.hand_back(context, copy),
            'close_cancelled': lambda: lease.close_cancelled(context, copy),
            'requeue_lost': lambda: takeovers.requeue_lost(context, 30),
            'take_cancelling': lambda: takeovers.take_cancelling(
                context, 'c2', 30
            ),
            'cancel': lambda: db_image_copy.cancel(
                context, replication_id, copy.id
            ),
            'retry': lambda: db_image_copy.retry(
                context,
                replication_id,
                self.replication(replication_id).source_credential_id,
                {copy.id: copy.credential_id},
            ),
        }[operation]()

    def make_old(self, state: str) -> lease.ImageCopy:
        """Make a copy in a state, whose conductor is silent if it has one."""
        copy = self.make(state)
        if state in states.HELD:
            self.silence(copy)
        return copy

    def everything(self) -> dict[str, list[dict[str, Any]]]:
        rows = self.rows()
        # A retry chooses the credential of the source in any case.
        for row in rows['replications']:
            del row['updated_at']
        return rows

    @ddt.data(*CHANGES)
    def test_allowed_change_is_made(self, operation: str) -> None:
        for before, after in CHANGES[operation].items():
            copy = self.make_old(before)
            unlike = self.everything()
            result = self.act(operation, copy)
            self.assertNotIn(result, (False, []), before)
            replication = self.replication(copy.replication_id)
            self.assertEqual(
                (after, after),
                (self.copy(replication.id).state, replication.state),
                before,
            )
            self.assertNotEqual(unlike, self.everything(), before)

    @ddt.data(*CHANGES)
    def test_other_change_changes_no_row(self, operation: str) -> None:
        copies = {
            before: self.make_old(before)
            for before in states.ALL
            if before not in CHANGES[operation]
        }
        same = self.everything()
        for before, copy in copies.items():
            self.assertFalse(self.act(operation, copy), before)
            self.assertEqual(same, self.everything(), before)

    @ddt.data('renew', 'complete', 'fail', 'postpone', 'park', 'hand_back')
    def test_conductor_that_lost_a_copy_changes_no_row(
        self, operation: str
    ) -> None:
        old = self.make_old(states.COPYING)
        takeovers.requeue_lost(self.context, 30)
        [new] = self.claim(old.replication_id, 'c2')
        same = self.rows()
        self.assertFalse(self.act(operation, old))
        self.assertEqual(same, self.rows())
        self.assertTrue(self.act(operation, new))

    @ddt.data('renew', 'close_cancelled')
    def test_conductor_that_lost_a_cancelled_copy_changes_no_row(
        self, operation: str
    ) -> None:
        old = self.make_old(states.CANCELLING)
        [new] = takeovers.take_cancelling(self.context, 'c2', 30)
        same = self.rows()
        self.assertFalse(self.act(operation, old))
        self.assertEqual(same, self.rows())
        self.assertTrue(self.act(operation, new))

    @ddt.data('requeue_lost', 'take_cancelling')
    def test_copy_whose_conductor_lives_is_left_to_it(
        self, operation: str
    ) -> None:
        held = [self.make(state) for state in states.HELD]
        same = self.rows()
        self.assertEqual([], self.act(operation, held[0]))
        self.assertEqual(same, self.rows())
