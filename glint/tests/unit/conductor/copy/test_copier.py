# SPDX-License-Identifier: Apache-2.0

import hashlib
import io
import logging
from typing import Any
from unittest import mock

import fixtures
from oslo_config import cfg
from oslo_db import exception as db_exception
from oslo_log import formatters
from oslo_log import log

from glint import states
from glint.conductor.copy import copier
from glint.conductor.copy import run as runs
from glint.db import image_copy as db_image_copy
from glint.db import replication as db_replication
from glint.db.queue import lease
from glint.db.queue import reservation
from glint.db.queue import turn
from glint.tests import takeovers
from glint.tests.unit.conductor import base
from glint.tests.unit.image import cloud

FILE = base.FILE


class RunCopyTest(base.TestCase):
    """One copy from its claim to its end."""

    def test_copy_completes_with_the_image_at_the_target(self) -> None:
        replication = self.replicate()
        row = self.run_copy(replication)
        self.assertEqual(
            (states.COMPLETED, states.COPIED), (row.state, row.outcome)
        )
        [image] = self.made()
        self.assertEqual(row.target_image_id, image['id'])
        self.assertEqual(base.DATA, self.west.data[image['id']])
        self.assertEqual(base.IMAGE_ID, image['glint_source_id'])
        self.assertEqual(replication.id, image['glint_replication_id'])
        after = db_replication.get(self.context, replication.id, None)
        self.assertEqual(
            (states.COMPLETED, 'an image', len(base.DATA)),
            (after.state, after.image_name, after.size),
        )

    def test_reason_of_a_failure_is_logged_once(self) -> None:
        options = cfg.ConfigOpts()
        log.register_options(options)
        options([])
        output = io.StringIO()
        handler = logging.StreamHandler(output)
        handler.setFormatter(formatters.ContextFormatter(config=options))
        logger = logging.getLogger('glint.conductor.copy.ending')
        logger.addHandler(handler)
        self.addCleanup(logger.removeHandler, handler)
        self.west.reply('POST', '/v2/images', 503)
        self.run_copy(self.replicate())
        line = output.getvalue().splitlines()[0]
        self.assertIn('Failed, next attempt in ', line)
        self.assertNotIn('SiteFailure', line)

    def test_image_that_proves_to_be_large_gives_way_once(self) -> None:
        # What the image of the tests has counts as much more.
        self.config(group='queue', size_delay=1e6)
        large, other = self.replicate(), self.replicate()
        row = self.run_copy(large)
        self.assertEqual(
            (states.QUEUED, 0, None, None),
            (row.state, row.attempts, row.error, row.next_attempt_at),
        )
        self.assertEqual([], self.made())
        self.assertEqual([], self.home.sent('GET', FILE))
        self.assertEqual([other.id], turn.due(self.context, 1))
        row = self.run_copy(large)
        self.assertEqual((states.COMPLETED, 1), (row.state, row.attempts))

    def test_record_that_nobody_can_keep_ends_the_copy_at_once(self) -> None:
        self.config(group='conductor', max_attempts=3)
        for fields in (
            {'name': 'a\ud800'},
            {'name': 'a\0'},
            {'name': 'x' * 100_000},
            {'os_hash_value': 'x' * 100_000},
            {'owner': '\ud800'},
            {'key': '\ud800'},
        ):
            self.home.add(base.IMAGE_ID, base.DATA, **fields)
            row = self.run_copy(self.replicate())
            self.assertEqual(
                (states.ERROR, 'bad_answer', 1),
                (row.state, row.error['code'], row.attempts),
            )
        self.assertNotIn('Traceback', self.logs.output)
        self.assertEqual([], self.west.sent('POST', '/v2/images'))

    def test_large_image_that_nobody_waits_for_goes_on(self) -> None:
        self.config(group='queue', size_delay=1e6)
        row = self.run_copy(self.replicate())
        self.assertEqual(states.COMPLETED, row.state)

    def test_same_content_is_adopted_without_a_byte(self) -> None:
        there = self.new_id()
        self.west.add(there, base.DATA, name='another name')
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.COMPLETED, states.ADOPTED, there),
            (row.state, row.outcome, row.target_image_id),
        )
        self.assertEqual([], self.home.sent('GET', FILE))

    def test_upload_that_left_an_active_image_is_not_repeated(self) -> None:
        def upload(request: cloud.Request) -> None:
            length = int(request.headers['Content-Length'])
            image_id = request.path.split('/')[3]
            data = request.rfile.read(length)
            self.west.data[image_id] = data
            self.west.images[image_id].update(self.west._facts(data))
            request.cut()

        self.west.on('PUT', FILE, upload)
        row = self.run_copy(self.replicate())
        self.assertEqual(states.COMPLETED, row.state)
        self.assertEqual(1, len(self.west.sent('PUT', FILE)))

    def test_corrupt_source_never_becomes_active(self) -> None:
        self.home.data[base.IMAGE_ID] = base.DATA[:-1] + b'!'
        row = self.run_copy(self.replicate())
        self.assertNotEqual(states.COMPLETED, row.state)
        self.assertEqual([], self.made())
        self.assertIn('home', row.error['detail'])

    def test_cut_source_is_retried_later(self) -> None:
        self.config(group='conductor', max_attempts=2, retry_delay=3600)
        self.useFixture(
            fixtures.MonkeyPatch('glint.stream.reader.MAX_RESUMES', 0)
        )
        self.home.on(
            'GET',
            FILE,
            lambda r: (
                r.head(200, Content_Length=str(len(base.DATA))),
                r.wfile.write(base.DATA[:1000]),
                r.cut(),
            ),
        )
        row = self.run_copy(self.replicate())
        self.assertEqual(states.QUEUED, row.state)
        self.assertIsNotNone(row.next_attempt_at)
        self.assertTrue(row.error['retryable'])
        self.assertEqual([], self.made())

    def test_only_the_second_attempt_reads_the_source_again(self) -> None:
        self.config(group='conductor', retry_delay=0)
        self.west.on(
            'PUT', FILE, lambda r: (r.body(), r.reply(503, {'message': 'no'}))
        )
        replication = self.replicate()
        # The first one out of memory, the second one into the spool.
        for reads in (1, 2, 2):
            self.assertEqual(states.QUEUED, self.run_copy(replication).state)
            self.assertEqual(reads, len(self.home.sent('GET', FILE)))
        self.west.on('PUT', FILE, self.west._upload)
        self.assertEqual(states.COMPLETED, self.run_copy(replication).state)
        self.assertEqual(2, len(self.home.sent('GET', FILE)))

    def test_image_without_recorded_size_arrives_with_its_size(self) -> None:
        self.home.images[base.IMAGE_ID]['size'] = None
        self.home.on(
            'GET',
            FILE,
            lambda r: (r.head(200), r.wfile.write(base.DATA), r.cut()),
        )
        replication = self.replicate()
        row = self.run_copy(replication)
        size = len(base.DATA)
        self.assertEqual(
            (states.COMPLETED, size, size),
            (row.state, row.bytes_sent, row.bytes_total),
        )
        after = db_replication.get(self.context, replication.id, None)
        self.assertEqual(size, after.size)
        self.assertEqual(size, self.made()[0]['size'])

    def test_image_that_the_spool_has_no_room_for_arrives(self) -> None:
        self.config(group='conductor', spool_max_size=1)
        # The target's hash is one that the source does not have.
        facts = self.west._facts
        self.patch(
            self.west,
            '_facts',
            lambda data: (
                {**facts(data), 'os_hash_algo': 'sha256'}
                | {'os_hash_value': hashlib.sha256(data).hexdigest()}
            ),
        )
        row = self.run_copy(self.replicate())
        self.assertEqual(states.COMPLETED, row.state)
        self.assertEqual(base.DATA, self.west.data[row.target_image_id])

    def test_refused_upload_ends_in_error_and_leaves_nothing(self) -> None:
        def refuse(request: cloud.Request) -> None:
            request.body()
            # As Glance does: the record keeps the hash of what it refused.
            self.west.images[request.path.split('/')[3]]['checksum'] = 'x'
            request.reply(415, {'message': 'not the format'})

        self.west.on('PUT', FILE, refuse)
        row = self.run_copy(self.replicate())
        self.assertEqual(states.ERROR, row.state)
        self.assertEqual(415, row.error['http_status'])
        self.assertIn('not the format', row.error['detail'])
        self.assertEqual([], self.made())
        self.assertIsNone(row.target_image_id)

    def test_last_attempt_ends_in_error(self) -> None:
        self.config(group='conductor', max_attempts=1)
        self.west.reply('POST', '/v2/images', 503)
        row = self.run_copy(self.replicate())
        self.assertEqual(states.ERROR, row.state)
        self.assertTrue(row.error['retryable'])

    def test_copy_that_lost_too_many_conductors_is_given_up(self) -> None:
        self.config(group='conductor', max_attempts=1)
        replication = self.replicate()
        self.claim(replication)
        takeovers.requeue_lost(self.context, -60)
        row = self.run_copy(replication)
        self.assertEqual(
            (states.ERROR, 'conductor_lost'), (row.state, row.error['code'])
        )
        self.assertEqual([], self.west.sent('POST', '/v2/images'))

    def test_format_that_the_target_refuses_moves_no_byte(self) -> None:
        self.west.formats = ['qcow2']
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.ERROR, 'format_refused'), (row.state, row.error['code'])
        )
        self.assertEqual([], self.west.sent('POST', '/v2/images'))

    def test_conflict_is_skipped_with_the_reason_on_request(self) -> None:
        self.west.add('there', b'other bytes')
        replication = self.replicate(on_conflict='skip')
        row = self.run_copy(replication)
        self.assertEqual(
            (states.COMPLETED, states.SKIPPED, None, 0, None),
            (
                *(row.state, row.outcome, row.target_image_id),
                *(row.bytes_total, row.error),
            ),
        )
        self.assertIn('west has another image named an image', row.notes[0])
        self.assertEqual(['there'], list(self.west.images))
        after = db_replication.get(self.context, replication.id, None)
        self.assertEqual(states.COMPLETED, after.state)

    def test_what_was_begun_before_the_conflict_is_removed(self) -> None:
        replication = self.replicate(on_conflict='skip')
        run, _source = self.claim(replication)
        self.west.add(
            'begun',
            b'',
            status='queued',
            glint_replication_id=replication.id,
        )
        lease.hand_back(self.context, run.copy, target_image_id='begun')
        self.west.add('there', b'other bytes')
        row = self.run_copy(replication)
        self.assertEqual(
            (states.COMPLETED, states.SKIPPED, None),
            (row.state, row.outcome, row.target_image_id),
        )
        self.assertEqual(['there'], list(self.west.images))

    def test_conflict_fails_the_copy_on_request(self) -> None:
        self.west.add('there', b'other bytes')
        row = self.run_copy(self.replicate(on_conflict='fail'))
        self.assertEqual(
            (states.ERROR, 'name_conflict'), (row.state, row.error['code'])
        )

    def test_taken_id_is_replaced_and_noted(self) -> None:
        self.west.add(base.IMAGE_ID, b'of somebody else')
        row = self.run_copy(self.replicate(preserve_id=True))
        self.assertEqual(states.COMPLETED, row.state)
        self.assertNotEqual(base.IMAGE_ID, row.target_image_id)
        self.assertIn(base.IMAGE_ID, ' '.join(row.notes))
        self.assertEqual(b'of somebody else', self.west.data[base.IMAGE_ID])

    def test_taken_id_that_is_insisted_on_is_an_error(self) -> None:
        self.west.add(base.IMAGE_ID, b'of somebody else', name='other')
        for burnt in (False, True):
            row = self.run_copy(
                self.replicate(preserve_id=True, on_conflict='fail')
            )
            self.assertEqual(
                (states.ERROR, 'id_taken', None),
                (row.state, row.error['code'], row.target_image_id),
            )
            if not burnt:
                [image] = self.made()
                self.assertEqual('other', image['name'])
                # Nor is it free when that one is deleted.
                self.west.burnt.add(self.west.images.popitem()[0])
        self.assertEqual([], self.made())

    def test_id_is_preserved_on_request(self) -> None:
        row = self.run_copy(self.replicate(preserve_id=True))
        self.assertEqual(base.IMAGE_ID, row.target_image_id)

    def test_visibility_that_is_refused_is_noted(self) -> None:
        self.west.reply('PATCH', '/v2/images/[^/]+', 403, {'message': 'no'})
        row = self.run_copy(self.replicate(visibility='public'))
        self.assertEqual(states.COMPLETED, row.state)
        self.assertIn('visibility', ' '.join(row.notes))
        self.assertEqual('private', self.made()[0]['visibility'])

    def test_unexpected_error_is_retried_and_told_without_details(
        self,
    ) -> None:
        run, source = self.claim(replication := self.replicate())
        source._record.set_exception(ZeroDivisionError('canary'))
        copier.run_copy(run, source)
        row = self.row(replication)
        self.assertEqual(
            (states.QUEUED, 'internal'), (row.state, row.error['code'])
        )
        self.assertNotIn('canary', str(row.error))
        self.assertIn('canary', self.logs.output)

    def test_copy_goes_back_when_the_database_was_away(self) -> None:
        run, source = self.claim(replication := self.replicate())
        source.open()
        away = mock.patch.object(
            reservation,
            'reserve',
            autospec=True,
            side_effect=db_exception.DBConnectionError(),
        )
        with away:
            copier.run_copy(run, source)
        row = self.row(replication)
        self.assertEqual(
            (states.QUEUED, 0, None), (row.state, row.attempts, row.error)
        )
        self.assertIsNotNone(row.next_attempt_at)
        self.assertNotIn('Traceback', self.logs.output)

    def test_cancelled_copy_leaves_nothing(self) -> None:
        run, source = self.claim(replication := self.replicate())
        source.open()

        def cancel(request: cloud.Request) -> None:
            db_image_copy.cancel(self.context, replication.id)
            run.renew()
            request.cut()

        self.west.on('PUT', FILE, cancel)
        copier.run_copy(run, source)
        self.assertEqual(states.CANCELLED, self.row(replication).state)
        self.assertEqual([], self.made())

    def test_cancel_before_the_last_byte_wins(self) -> None:
        run, source = self.claim(replication := self.replicate())
        source.open()
        # Nobody but the copy itself renews the lease here.
        self.west.on(
            'POST',
            '/v2/images',
            lambda r: (
                self.west._create(r),
                db_image_copy.cancel(self.context, replication.id),
            ),
        )
        copier.run_copy(run, source)
        self.assertEqual(states.CANCELLED, self.row(replication).state)
        self.assertEqual([], self.made())

    def test_lost_copy_is_left_to_its_new_conductor(self) -> None:
        run, source = self.claim(replication := self.replicate())
        source.open()
        taken: list[Any] = []

        def lose(request: cloud.Request) -> None:
            self.west._create(request)
            self.assertEqual(
                [run.copy.id], takeovers.requeue_lost(self.context, -60)
            )
            taken.extend(
                lease.claim(self.context, replication.id, 'conductor-2', 1)
            )

        self.west.on('POST', '/v2/images', lose)
        copier.run_copy(run, source)
        [copy] = taken
        row = self.row(replication)
        self.assertEqual(
            (states.COPYING, 'conductor-2', copy.lease),
            (row.state, row.conductor, row.lease),
        )
        # The record is there for the other one, which knows its id.
        self.assertEqual([row.target_image_id], list(self.west.images))
        self.assertNotEqual('active', self.made()[0]['status'])

    def test_handed_back_copy_waits_for_another_conductor(self) -> None:
        run, source = self.claim(replication := self.replicate())
        source.open()

        def stop(request: cloud.Request) -> None:
            run.interrupt.set(runs.STOPPING)
            request.cut()

        self.west.on('PUT', FILE, stop)
        copier.run_copy(run, source)
        row = self.row(replication)
        self.assertEqual((states.QUEUED, 0), (row.state, row.attempts))
        self.assertEqual([], self.made())


class LeftoverTest(base.TestCase):
    """What an earlier attempt left at the target."""

    def _leave(self, status: str, **fields: Any) -> tuple[Any, str]:
        replication = self.replicate()
        run, source = self.claim(replication)
        source.open()
        image_id = self.new_id()
        run.target_image_id = image_id
        record = self.west.add(image_id, base.DATA)
        if status != 'active':
            record.update(
                size=None, checksum=None, os_hash_algo=None, os_hash_value=None
            )
        record.update(
            {'status': status, 'glint_replication_id': replication.id},
            **fields,
        )
        copier.run_copy(run, source)
        return self.row(replication), image_id

    def test_active_image_with_right_hash_is_taken(self) -> None:
        row, image_id = self._leave('active')
        self.assertEqual(
            (states.COMPLETED, states.COPIED, image_id),
            (row.state, row.outcome, row.target_image_id),
        )
        self.assertEqual([], self.west.sent('PUT', FILE))

    def test_active_image_is_replaced_where_nothing_proves_it(self) -> None:
        self.home.images[base.IMAGE_ID].update(
            checksum=None, os_hash_algo=None, os_hash_value=None
        )
        row, image_id = self._leave('active')
        self.assertEqual(states.COMPLETED, row.state)
        self.assertNotIn(image_id, self.west.images)
        self.assertEqual(base.DATA, self.west.data[row.target_image_id])

    def test_active_image_with_wrong_hash_is_removed(self) -> None:
        row, image_id = self._leave('active', os_hash_value='0' * 128)
        self.assertNotEqual(states.COMPLETED, row.state)
        self.assertNotIn(image_id, self.west.images)

    def test_queued_record_is_used_again(self) -> None:
        row, image_id = self._leave('queued')
        self.assertEqual(
            (states.COMPLETED, image_id), (row.state, row.target_image_id)
        )
        self.assertEqual([], self.west.sent('POST', '/v2/images'))

    def test_poisoned_record_is_replaced(self) -> None:
        row, image_id = self._leave('queued', checksum='0' * 32)
        self.assertEqual(states.COMPLETED, row.state)
        self.assertEqual([row.target_image_id], list(self.west.images))
        self.assertNotEqual(image_id, row.target_image_id)

    def test_record_that_somebody_saves_to_is_replaced(self) -> None:
        row, image_id = self._leave('saving')
        self.assertEqual(states.COMPLETED, row.state)
        self.assertEqual([row.target_image_id], list(self.west.images))
        self.assertNotEqual(image_id, row.target_image_id)

    def test_image_of_somebody_else_is_left_alone(self) -> None:
        row, image_id = self._leave('saving', glint_replication_id='other')
        self.assertEqual(states.COMPLETED, row.state)
        self.assertIn(image_id, self.west.images)

    def test_protected_leftover_is_told_of(self) -> None:
        self.config(group='conductor', max_attempts=1)
        self.west.reply(
            'DELETE', '/v2/images/[^/]+', 403, {'message': 'protected'}
        )
        row, image_id = self._leave('saving')
        self.assertEqual(states.ERROR, row.state)
        self.assertEqual(image_id, row.target_image_id)
        self.assertIn(image_id, ' '.join(row.notes))
