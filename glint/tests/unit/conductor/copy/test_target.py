# SPDX-License-Identifier: Apache-2.0

from collections.abc import Callable
import io
import threading

from glint import states
from glint.conductor.copy import copier
from glint.db import image_copy as db_image_copy
from glint.db.queue import lease
from glint.db.queue import renewal
from glint.tests.unit.conductor import base
from glint.tests.unit.image import cloud

IMAGES = '/v2/images'


class BeginningTest(base.TestCase):
    """What comes before the plan."""

    def test_target_is_met_while_the_source_is_asked(self) -> None:
        met = threading.Event()
        self.west.on('POST', '/v3/auth/tokens', self._issue(met))

        def show(request: cloud.Request) -> None:
            self.assertTrue(met.wait(20))
            self.home._show(request)

        self.home.on('GET', '/v2/images/[^/]+', show)
        run, source = self.claim(self.replicate())
        opener = threading.Thread(target=source.open)
        opener.start()
        copier.run_copy(run, source)
        opener.join()
        self.assertEqual(1, len(self.made()))

    def _issue(self, met: threading.Event) -> Callable[[cloud.Request], None]:
        def issue(request: cloud.Request) -> None:
            self.west._issue(request)
            met.set()

        return issue

    def test_source_is_opened_while_the_record_is_made(self) -> None:
        opened = threading.Event()

        def download(request: cloud.Request) -> None:
            opened.set()
            self.home._download(request)

        def create(request: cloud.Request) -> None:
            self.assertTrue(opened.wait(20))
            self.west._create(request)

        self.home.on('GET', base.FILE, download)
        self.west.on('POST', IMAGES, create)
        row = self.run_copy(self.replicate())
        self.assertEqual(states.COMPLETED, row.state)
        self.assertEqual(1, len(self.home.sent('GET', base.FILE)))

    def test_failure_of_the_source_comes_before_that_of_the_target(
        self,
    ) -> None:
        self.west.reply('POST', '/v3/auth/tokens', 500, {})
        self.home.images.clear()
        replication = self.replicate()
        row = self.run_copy(replication)
        self.assertIn('home', row.error['detail'])


class WaitingTest(base.TestCase):
    """Two replications of one image to one site."""

    def setUp(self) -> None:
        super().setUp()
        self.first = self.replicate()
        self.second = self.replicate()

    def test_second_copy_waits_and_adopts(self) -> None:
        waited: list[db_image_copy.ImageCopy] = []

        def upload(request: cloud.Request) -> None:
            waited.append(self.run_copy(self.second))
            self.west._upload(request)

        self.west.on('PUT', base.FILE, upload)
        self.run_copy(self.first)
        [row] = waited
        self.assertEqual(
            (states.QUEUED, 0, None),
            (row.state, row.attempts, row.target_image_id),
        )
        self.assertEqual(self.first.id, row.awaited_id)
        # It is not due at once.
        self.assertIsNotNone(row.next_attempt_at)
        self.assertEqual([], lease.claim(self.context, self.second.id, 'c', 1))

        self.make_due()
        row = self.run_copy(self.second)
        self.assertEqual(
            (states.COMPLETED, states.ADOPTED, 1),
            (row.state, row.outcome, row.attempts),
        )
        self.assertEqual(
            self.row(self.first).target_image_id, row.target_image_id
        )
        self.assertEqual([], row.notes or [])
        self.assertEqual(1, len(self.west.sent('PUT', base.FILE)))

    def _run_while_the_first_is_sent(
        self, begun: str
    ) -> db_image_copy.ImageCopy:
        """Run a copy by a credential that does not see what the first makes.

        :param begun: the phase that the first one has got to.
        """
        credential_id = self.new_id()
        self.add_credential(self.west_id, credential_id)
        second = self.replicate({self.west_id: credential_id})
        ended: list[db_image_copy.ImageCopy] = []
        run, source = self.claim(self.first)
        source.open()

        def upload(request: cloud.Request) -> None:
            self.west.on('PUT', base.FILE, self.west._upload)
            # The copy goes on only when all was taken.
            request.rfile = io.BytesIO(request.body())
            renewal.renew(self.context, run.copy, phase=begun)
            hidden = dict(self.west.images)
            self.west.images.clear()
            ended.append(self.run_copy(second))
            self.west.images.update(hidden)
            self.west._upload(request)

        self.west.on('PUT', base.FILE, upload)
        copier.run_copy(run, source)
        self.assertEqual(states.COMPLETED, self.row(self.first).state)
        [row] = ended
        return row

    def test_copy_that_cannot_see_what_another_makes_does_not_wait(
        self,
    ) -> None:
        row = self._run_while_the_first_is_sent(states.SENDING)
        self.assertEqual(
            (states.COMPLETED, states.COPIED), (row.state, row.outcome)
        )

    def test_copy_waits_until_it_could_see_what_another_makes(self) -> None:
        row = self._run_while_the_first_is_sent(states.PREPARING)
        self.assertEqual(states.QUEUED, row.state)

    def test_second_copy_sends_when_the_first_has_failed(self) -> None:
        self.config(group='conductor', max_attempts=1)
        self.west.on(
            'PUT',
            base.FILE,
            lambda r: (r.body(), r.reply(413, {'message': 'quota'})),
        )
        self.assertEqual(states.ERROR, self.run_copy(self.first).state)
        self.west.on('PUT', base.FILE, self.west._upload)
        row = self.run_copy(self.second)
        self.assertEqual(states.COPIED, row.outcome)

    def test_planned_copy_that_fails_is_not_waited_for(self) -> None:
        self.config(group='conductor', max_attempts=2)
        self.west.reply('GET', IMAGES, 503)
        row = self.run_copy(self.first)
        self.assertEqual(
            (states.QUEUED, None), (row.state, row.target_image_id)
        )
        self.assertEqual([], row.notes or [])


class UnknownTest(base.TestCase):
    """An image of which the source tells neither size nor hash."""

    def setUp(self) -> None:
        super().setUp()
        self.config(group='conductor', spool_linger=0)
        self.home.images[base.IMAGE_ID].update(
            size=None, checksum=None, os_hash_algo=None, os_hash_value=None
        )

    def test_same_data_are_adopted(self) -> None:
        self.west.add('there', base.DATA)
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.COMPLETED, states.ADOPTED, 'there', 0),
            (row.state, row.outcome, row.target_image_id, row.bytes_sent),
        )
        self.assertEqual(['there'], list(self.west.images))

    def test_other_data_are_sent_and_read_once(self) -> None:
        self.west.add('there', b'other')
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.COMPLETED, states.COPIED), (row.state, row.outcome)
        )
        self.assertEqual(base.DATA, self.west.data[row.target_image_id])
        self.assertEqual(1, len(self.home.sent('GET', base.FILE)))

    def test_same_data_of_another_id_are_sent_if_ids_are_preserved(
        self,
    ) -> None:
        self.west.add('there', base.DATA)
        row = self.run_copy(self.replicate(preserve_id=True))
        self.assertEqual(
            (states.COPIED, base.IMAGE_ID), (row.outcome, row.target_image_id)
        )

    def test_cancel_is_heard_while_the_data_come(self) -> None:
        replication = self.replicate()
        run, source = self.claim(replication)
        source.open()

        def stall(request: cloud.Request) -> None:
            db_image_copy.cancel(self.context, replication.id)
            run.renew()
            request.cut()

        self.home.on('GET', base.FILE, stall)
        copier.run_copy(run, source)
        self.assertEqual(states.CANCELLED, self.row(replication).state)
        self.assertEqual([], self.made())
