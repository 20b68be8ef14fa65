# SPDX-License-Identifier: Apache-2.0

import threading
from typing import Any

from glint import states
from glint.conductor import sweeper
from glint.conductor.copy import copier
from glint.conductor.copy import run as runs
from glint.conductor.copy import storing
from glint.db import image_copy as db_image_copy
from glint.db import replication as db_replication
from glint.image import record
from glint.tests import takeovers
from glint.tests.unit.conductor import base
from glint.tests.unit.image import cloud

IMAGES = '/v2/images'


class PartsTest(base.TestCase):
    """An image with a kernel and a ramdisk."""

    def setUp(self) -> None:
        super().setUp()
        self.config(group='conductor', max_attempts=1)
        self.patch(storing, 'SETTLE', 0.1)
        self.home.images[base.IMAGE_ID].update(kernel_id='k', ramdisk_id='r')
        self.home.add('k', b'the kernel', name='kernel')
        self.home.add('r', b'the ramdisk', name='ramdisk')

    def _named(self, name: str) -> dict[str, Any]:
        [image] = [item for item in self.made() if item['name'] == name]
        return image

    def _refuse_main(self, request: cloud.Request) -> None:
        """Take the parts, refuse the image."""
        image = self.west.images[request.path.split('/')[3]]
        if image['name'] == 'an image':
            request.body()
            request.reply(413, {'message': 'quota'})
        else:
            self.west._upload(request)

    def test_parts_are_copied_and_named_by_the_image(self) -> None:
        replication = self.replicate()
        row = self.run_copy(replication)
        self.assertEqual(states.COMPLETED, row.state)
        image = self._named('an image')
        self.assertEqual(row.target_image_id, image['id'])
        for key, name in (('kernel_id', 'kernel'), ('ramdisk_id', 'ramdisk')):
            part = self._named(name)
            self.assertEqual(part['id'], image[key])
            self.assertEqual(
                b'the ' + name.encode(), self.west.data[part['id']]
            )
            self.assertEqual(replication.id, part[record.REPLICATION_ID])
        total = len(base.DATA) + len(b'the kernel') + len(b'the ramdisk')
        self.assertEqual((total, total), (row.bytes_sent, row.bytes_total))
        # They belong to the image now.
        self.assertIsNone(row.made_image_ids)

    def test_part_that_is_kernel_and_ramdisk_is_sent_once(self) -> None:
        self.home.images[base.IMAGE_ID].update(ramdisk_id='k')
        row = self.run_copy(self.replicate())
        self.assertEqual(states.COMPLETED, row.state)
        image, part = self._named('an image'), self._named('kernel')
        self.assertEqual(
            (part['id'], part['id']), (image['kernel_id'], image['ramdisk_id'])
        )
        total = len(base.DATA) + len(b'the kernel')
        self.assertEqual((total, total), (row.bytes_sent, row.bytes_total))

    def test_parts_get_the_visibility_of_the_image(self) -> None:
        self.run_copy(self.replicate(visibility='public'))
        self.assertEqual(
            ['public'] * 3, [image['visibility'] for image in self.made()]
        )

    def test_part_that_is_there_is_used(self) -> None:
        self.west.add('there', b'the kernel', name='any')
        row = self.run_copy(self.replicate())
        self.assertEqual(states.COMPLETED, row.state)
        self.assertEqual('there', self._named('an image')['kernel_id'])
        self.assertEqual(2, len(self.west.sent('PUT', base.FILE)))

    def test_part_that_two_images_need_is_sent_once(self) -> None:
        self.home.add('2', b'another image', name='second', kernel_id='k')
        first, second = self.replicate(), self.replicate(image_id='2')
        rows: list[db_image_copy.ImageCopy] = []

        def upload(request: cloud.Request) -> None:
            name = self.west.images[request.path.split('/')[3]]['name']
            if name in ('kernel', 'an image') and len(rows) < 2:
                rows.append(self.run_copy(second))
                self.make_due()
            self.west._upload(request)

        self.west.on('PUT', base.FILE, upload)
        row = self.run_copy(first)
        self.assertEqual(states.COMPLETED, row.state)
        waiting, ended = rows
        self.assertEqual(states.QUEUED, waiting.state)
        self.assertEqual(first.id, waiting.awaited_id)
        # It waits for the kernel only, not for the image that came with it.
        self.assertEqual(
            (states.COMPLETED, len(b'another image')),
            (ended.state, ended.bytes_sent),
        )
        kernel = self._named('kernel')['id']
        self.assertEqual(kernel, self._named('second')['kernel_id'])
        self.assertEqual(kernel, self._named('an image')['kernel_id'])
        self.assertEqual(4, len(self.west.sent('PUT', base.FILE)))

    def test_part_that_is_there_is_noted_in_place_of_its_reservation(
        self,
    ) -> None:
        self.west.add('there', b'the kernel', name='any')
        noted: list[Any] = []

        def upload(request: cloud.Request) -> None:
            noted.append(self.row(replication).made_image_ids)
            self.west._upload(request)

        replication = self.replicate()
        self.west.on('PUT', base.FILE, upload)
        self.run_copy(replication)
        ramdisk = self._named('ramdisk')['id']
        self.assertEqual([{'there', ramdisk}] * 2, [set(n) for n in noted])
        self.assertEqual({'there': None, ramdisk: None}, noted[1])

    def test_missing_part_is_an_error_before_a_byte_is_moved(self) -> None:
        del self.home.images['k']
        row = self.run_copy(self.replicate())
        self.assertEqual(
            (states.ERROR, 'source_no_kernel'), (row.state, row.error['code'])
        )
        self.assertIn('kernel_id is k', row.error['detail'])
        self.assertEqual([], self.west.sent('POST', IMAGES))

    def test_part_that_cannot_be_replicated_is_named(self) -> None:
        self.home.images['r']['status'] = 'queued'
        row = self.run_copy(self.replicate())
        self.assertEqual(states.ERROR, row.state)
        self.assertIn('ramdisk_id r', row.error['detail'])
        self.assertIn('queued', row.error['detail'])

    def test_part_that_the_user_gives_is_used(self) -> None:
        self.run_copy(
            self.replicate(
                properties={
                    'set': {'kernel_id': 'mine'},
                    'remove': ['ramdisk_id'],
                }
            )
        )
        [image] = self.made()
        self.assertEqual('mine', image['kernel_id'])
        self.assertNotIn('ramdisk_id', image)

    def test_parts_are_removed_when_the_image_fails(self) -> None:
        self.west.on('PUT', base.FILE, self._refuse_main)
        row = self.run_copy(self.replicate())
        self.assertEqual(states.ERROR, row.state)
        self.assertEqual(3, len(self.west.sent('PUT', base.FILE)))
        self.assertEqual([], self.made())
        self.assertIsNone(row.made_image_ids)

    def test_part_that_was_there_stays_when_the_image_fails(self) -> None:
        self.west.add('there', b'the kernel', name='any')
        self.west.on('PUT', base.FILE, self._refuse_main)
        self.run_copy(self.replicate())
        self.assertEqual(['there'], list(self.west.images))

    def test_part_that_another_image_uses_by_now_stays(self) -> None:
        def refuse(request: cloud.Request) -> None:
            kernel_id = self._named('kernel')['id']
            self.west.add('another', b'x', name='x', kernel_id=kernel_id)
            self._refuse_main(request)

        self.west.on('PUT', base.FILE, refuse)
        row = self.run_copy(self.replicate())
        self.assertEqual(states.ERROR, row.state)
        self.assertEqual({'kernel', 'x'}, {i['name'] for i in self.made()})

    def _fail_while_another_sends(
        self,
        first: db_replication.Replication,
        second: db_replication.Replication,
        refused: bool = False,
    ) -> tuple[db_image_copy.ImageCopy, db_image_copy.ImageCopy]:
        """Let a copy fail when another one uses its kernel.

        The other one sends its own ramdisk, so nothing at the site tells yet
        what it uses.

        :param refused: whether that ramdisk is refused in the end.
        :returns: the rows of both: of the first at the end of its attempt.
        """
        kernel_there, other_sends = threading.Event(), threading.Event()
        ended: list[db_image_copy.ImageCopy] = []
        failing = threading.Thread(
            target=lambda: ended.append(self.run_copy(first))
        )

        def upload(request: cloud.Request) -> None:
            sent = self.west.images[request.path.split('/')[3]]['name']
            if sent == 'an image':
                kernel_there.set()
                self.assertTrue(other_sends.wait(20))
                self._refuse_main(request)
                return
            if sent == 'ramdisk 2':
                other_sends.set()
                failing.join(20)
                if refused:
                    request.body()
                    request.reply(413, {'message': 'quota'})
                    return
            self.west._upload(request)

        self.west.on('PUT', base.FILE, upload)
        failing.start()
        self.assertTrue(kernel_there.wait(20))
        row = self.run_copy(second)
        failing.join(20)
        return ended[0], row

    def _second(self) -> db_replication.Replication:
        """Ask for another image with the same kernel."""
        self.home.add('2', b'2', name='second', kernel_id='k', ramdisk_id='r2')
        self.home.add('r2', b'another ramdisk', name='ramdisk 2')
        return self.replicate(image_id='2')

    def test_part_that_another_copy_counts_on_stays(self) -> None:
        first, second = self.replicate(), self._second()
        failed, row = self._fail_while_another_sends(first, second)
        self.assertEqual(states.ERROR, failed.state)
        self.assertEqual(states.COMPLETED, row.state)
        kernel = self._named('kernel')
        self.assertEqual('active', kernel['status'])
        self.assertEqual(kernel['id'], self._named('second')['kernel_id'])
        # What nobody counts on is removed at once; the kernel is looked at
        # again, and is the other one's by then.
        self.assertEqual([kernel['id']], list(failed.made_image_ids))
        self.assertIn('in use', failed.notes[-1])
        self._sweep()
        self.assertEqual(
            {'kernel', 'ramdisk 2', 'second'},
            {image['name'] for image in self.made()},
        )
        self.assertIsNone(self.row(first).made_image_ids)

    def test_part_that_a_failed_copy_counted_on_is_removed(self) -> None:
        first, second = self.replicate(), self._second()
        failed, row = self._fail_while_another_sends(
            first, second, refused=True
        )
        self.assertEqual(
            (states.ERROR, states.ERROR), (failed.state, row.state)
        )
        self.assertEqual(['kernel'], [item['name'] for item in self.made()])
        self._sweep()
        self.assertEqual([], self.made())

    def _sweep(self) -> None:
        """Remove what was left behind, as if its time had come."""
        self.config(group='conductor', recheck_delay=0)
        self.with_crew(sweeper.sweep)

    def test_parts_are_removed_when_the_copy_is_cancelled(self) -> None:
        replication = self.replicate()
        run, source = self.claim(replication)
        source.open()

        def cancel(request: cloud.Request) -> None:
            if self._refuse_main(request) is None and len(self.made()) == 3:
                db_image_copy.cancel(self.context, replication.id)
                run.renew()

        self.west.on('PUT', base.FILE, cancel)
        copier.run_copy(run, source)
        self.assertEqual(states.CANCELLED, self.row(replication).state)
        self.assertEqual([], self.made())

    def _crash(self, name: str) -> runs.CopyRun:
        """Let the conductor die while it sends an image.

        :returns: the run of the conductor that takes over.
        """
        self.config(group='conductor', max_attempts=3)
        replication = self.replicate()
        run, source = self.claim(replication)
        source.open()

        def crash(request: cloud.Request) -> None:
            image = self.west.images[request.path.split('/')[3]]
            if image['name'] == name:
                # Only then does the copy not renew its lease itself.
                request.body()
                takeovers.requeue_lost(self.context, -60)
                run.interrupt.set(runs.LOST)
                request.cut()
            else:
                self.west._upload(request)

        self.west.on('PUT', base.FILE, crash)
        copier.run_copy(run, source)
        self.west.on('PUT', base.FILE, self.west._upload)
        taken, self.source = self.claim(replication)
        self.source.open()
        return taken

    def test_finished_part_of_a_dead_conductor_is_used(self) -> None:
        run = self._crash('an image')
        self.assertEqual(2, len(run.made_image_ids))
        sent = len(self.west.sent('PUT', base.FILE))
        copier.run_copy(run, self.source)
        self.assertEqual(3, len(self.made()))
        self.assertEqual(sent + 1, len(self.west.sent('PUT', base.FILE)))
        image = self._named('an image')
        self.assertEqual(self._named('kernel')['id'], image['kernel_id'])

    def test_unfinished_part_of_a_dead_conductor_is_replaced(self) -> None:
        run = self._crash('ramdisk')
        left = self._named('ramdisk')['id']
        copier.run_copy(run, self.source)
        self.assertEqual(3, len(self.made()))
        self.assertNotEqual(left, self._named('ramdisk')['id'])

    def test_parts_of_a_dead_conductor_are_removed_after_a_cancel(
        self,
    ) -> None:
        run = self._crash('an image')
        db_image_copy.cancel(self.context, run.copy.replication_id)
        run.renew()
        copier.run_copy(run, self.source)
        self.assertEqual([], self.made())
