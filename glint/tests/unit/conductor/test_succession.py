# SPDX-License-Identifier: Apache-2.0
"""Tests of the copies that a conductor takes over."""

from datetime import datetime
from unittest import mock

import fixtures
import sqlalchemy as sa

from glint import states
from glint.conductor import succession
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db import models
from glint.db.queue import lease
from glint.db.queue import renewal
from glint.tests.unit.conductor import base


class SuccessorTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.replication = self.replicate()
        self.run_, _source = self.claim(self.replication)
        self.silences = 0
        self.silence()
        self.now = 0.0
        clock = mock.Mock(spec=['monotonic'], monotonic=lambda: self.now)
        self.useFixture(
            fixtures.MonkeyPatch('glint.conductor.succession.time', clock)
        )
        self.successor = succession.Successor('c2')

    def silence(self) -> None:
        """Make the conductor look as if it were dead."""
        self.silences += 1
        with engine.writer(self.context) as session:
            session.execute(
                sa.update(models.ImageCopy).values(
                    heartbeat=datetime(2020, 1, self.silences)
                )
            )

    def look(self, *ours: str) -> list[lease.ImageCopy]:
        found = self.successor.take_over(self.context, ours)
        return [copy for copy, _began in found]

    def state(self) -> str:
        return self.row(self.replication).state

    def test_lost_copy_is_queued_after_its_grace(self) -> None:
        self.look()
        self.now = 2.4
        self.look()
        self.assertEqual(states.COPYING, self.state())
        self.now = 2.5
        self.look()
        self.assertEqual(states.QUEUED, self.state())

    def test_cancelled_copy_is_taken_after_its_grace(self) -> None:
        db_image_copy.cancel(self.context, self.replication.id)
        self.assertEqual([], self.look())
        self.now = 2.5
        [copy] = self.look()
        self.assertEqual('c2', copy.conductor)

    def test_copy_that_is_renewed_within_the_grace_is_left(self) -> None:
        self.look()
        renewal.renew(self.context, self.run_.copy)
        self.silence()
        self.now = 2.5
        self.look()
        self.assertEqual(states.COPYING, self.state())

    def test_grace_begins_anew_when_the_row_was_not_free(self) -> None:
        self.look()
        self.now = 2.0
        # One that is left out is not seen.
        self.look(self.run_.copy.id)
        self.now = 3.0
        self.look()
        self.assertEqual(states.COPYING, self.state())

    def test_conductor_takes_nothing_from_itself(self) -> None:
        for self.now in (0.0, 3.0):
            self.assertEqual([], self.look(self.run_.copy.id))
        self.assertEqual(states.COPYING, self.state())
