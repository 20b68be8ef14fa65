# SPDX-License-Identifier: Apache-2.0

from typing import Any

import fixtures
from oslo_db import exception as db_exception
import sqlalchemy as sa

from glint import states
from glint.conductor import dispatcher
from glint.db import engine
from glint.db import image_copy as db_image_copy
from glint.db import listing
from glint.db import models
from glint.db import replication as db_replication
from glint.tests.unit.conductor import base
from glint.tests.unit.conductor import glance
from glint.tests.unit.image import cloud


class DispatcherTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.config(
            group='conductor', timer_interval=0.1, progress_interval=0.1
        )
        self.dispatcher = dispatcher.Dispatcher(base.HOST)

    def _start(self) -> None:
        self.dispatcher.start()
        self.addCleanup(self.dispatcher.stop, 5)

    def test_copies_of_dead_source_come_back_and_read_it_once(self) -> None:
        self.config(group='conductor', retry_delay=0.2)
        self.useFixture(
            fixtures.MonkeyPatch('glint.stream.reader.MAX_RESUMES', 0)
        )
        east = self.useFixture(glance.Glance())
        site_id, credential_id = self._add('east', east)
        file = '/v2/images/[^/]+/file'

        def cut(request: cloud.Request) -> None:
            self.home.on('GET', file, self.home._download)
            request.head(200, Content_Length=str(len(base.DATA)))
            request.wfile.write(base.DATA[:100_000])
            # Not before both copies are in the middle.
            self.until(
                lambda: self.west.sent('PUT', file) and east.sent('PUT', file),
                'two uploads',
            )
            request.cut()

        self.home.on('GET', file, cut)
        replication = self.replicate(
            {self.west_id: self.west_credential_id, site_id: credential_id}
        )
        self._start()
        self.until(
            lambda: len(self._completed(replication)) == 2, 'completed copies'
        )
        rows = self._completed(replication)
        self.assertEqual([2, 2], [row.attempts for row in rows])
        self.assertEqual(2, len(self.home.sent('GET', file)))

    def _completed(self, replication: db_replication.Replication) -> list[Any]:
        rows = db_image_copy.index(
            self.context, replication.id, listing.Page()
        )
        return [row for row in rows if row.state == states.COMPLETED]

    def _await(
        self, replication: db_replication.Replication, state: str
    ) -> Any:
        self.until(lambda: self.row(replication).state == state, state)
        return self.row(replication)

    def _await_upload(self) -> None:
        self.until(
            lambda: self.west.sent('PUT', '/v2/images/[^/]+/file'), 'upload'
        )

    def test_announced_copy_is_made(self) -> None:
        self.config(group='conductor', timer_interval=3600)
        self._start()
        replication = self.replicate()
        self.dispatcher.ring()
        row = self._await(replication, states.COMPLETED)
        self.assertEqual((base.HOST, 1), (row.conductor, row.attempts))

    def test_copy_that_nobody_announced_is_found(self) -> None:
        self._start()
        self._await(self.replicate(), states.COMPLETED)

    def test_no_more_copies_run_than_permitted(self) -> None:
        self.config(group='conductor', max_copies=1)
        self.west.on('GET', '/v2/schemas/image', self._block)
        replications = [self.replicate(), self.replicate()]
        self._start()
        self.until(
            lambda: self.west.sent('GET', '/v2/schemas/image'), 'question'
        )
        self.assertEqual(
            [states.COPYING, states.QUEUED],
            sorted(self.row(item).state for item in replications),
        )
        self.west.on('GET', '/v2/schemas/image', self.west._schema)
        self.west.stopping.set()
        for item in replications:
            self._await(item, states.COMPLETED)

    def _block(self, request: cloud.Request) -> None:
        self.west.stopping.wait(30)
        self.west._schema(request)

    def test_lost_copy_is_taken_over(self) -> None:
        replication = self.replicate()
        self.claim(replication)
        self._silence()
        self._start()
        row = self._await(replication, states.COMPLETED)
        self.assertEqual(2, row.attempts)

    def test_lost_cancelled_copy_is_cleaned_up(self) -> None:
        replication = self.replicate()
        run, _source = self.claim(replication)
        run.target_image_id = 'made'
        run.renew()
        self.west.add(
            'made',
            b'',
            status='queued',
            glint_replication_id=replication.id,
        )
        db_image_copy.cancel(self.context, replication.id)
        self._silence()
        self._start()
        self._await(replication, states.CANCELLED)
        self.assertEqual([], self.made())

    def _silence(self) -> None:
        """Let the conductor of all copies be silent for long."""
        with engine.writer(self.context) as session:
            session.execute(
                sa.update(models.ImageCopy).values(
                    heartbeat=sa.text("'2020-01-01 00:00:00.000000'")
                )
            )

    def test_cancelled_copy_stops_although_its_target_stalls(self) -> None:
        def stall(request: cloud.Request) -> None:
            self.west.stopping.wait(30)

        self.west.on('PUT', '/v2/images/[^/]+/file', stall)
        self._start()
        replication = self.replicate()
        self._await_upload()
        db_image_copy.cancel(self.context, replication.id)
        self._await(replication, states.CANCELLED)
        self.assertEqual([], self.made())

    def _break(self) -> None:
        """Have the database not answer, until it is mended."""
        due = dispatcher.turn.due
        patch = self.useFixture(
            fixtures.MockPatchObject(
                dispatcher.turn,
                'due',
                autospec=True,
                side_effect=db_exception.DBConnectionError('gone'),
            )
        )
        self.mend = lambda: setattr(patch.mock, 'side_effect', due)
        self.dispatcher.start()
        self.until(
            lambda: 'does not answer' in self.logs.output, 'line of the log'
        )

    def test_end_of_an_outage_is_told(self) -> None:
        self._break()
        self.addCleanup(self.dispatcher.stop, 5)
        self.mend()
        self.until(
            lambda: 'answers again' in self.logs.output, 'line of the log'
        )

    def test_stop_during_an_outage_does_not_tell_of_its_end(self) -> None:
        self.config(group='conductor', timer_interval=60)
        self._break()
        # What is stopping asks the database for nothing more.
        self.mend()
        self.dispatcher.stop(5)
        self.assertNotIn('answers again', self.logs.output)

    def test_stop_hands_copies_back(self) -> None:
        def stall(request: cloud.Request) -> None:
            self.west.stopping.wait(30)

        self.west.on('PUT', '/v2/images/[^/]+/file', stall)
        replication = self.replicate()
        self.dispatcher.start()
        self._await_upload()
        self.dispatcher.stop(10)
        row = self.row(replication)
        self.assertEqual((states.QUEUED, 0), (row.state, row.attempts))
        self.assertEqual([], self.made())
