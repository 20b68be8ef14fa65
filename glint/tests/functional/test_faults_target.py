# SPDX-License-Identifier: Apache-2.0

"""What Glint does when a target does not take the image as it should."""

import dataclasses
import time

import fixtures

from glint.tests.functional import faults
from glint.tests.functional import faulty

MIB = faulty.MIB
SIZE = 8 * MIB


class TargetFaultTest(faulty.TestCase):
    """From the home site to a cloud by way of a proxy."""

    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.lab.clouds[1]
        self.west, self.proxy = self.add_site_through_proxy(self.cloud)

    def uploads(self) -> list:
        """Return how the target answered each upload, None for not."""
        return [e.status for e in self.proxy.find(faults.UPLOAD)]

    def test_target_that_fails_once_gets_one_image(self) -> None:
        upload = faults.UPLOAD, faults.TO_CLOUD
        for fault in (
            faults.Cut(*upload, 0, times=1),
            faults.Cut(*upload, SIZE // 2, times=1),
            faults.Cut(*upload, SIZE - 1, times=1),
            faults.Corrupt(*upload, 0, times=1),
            faults.Corrupt(*upload, SIZE - 1, times=1),
            faults.Refuse(faults.UPLOAD, 503, times=1),
            faults.Refuse(faults.CREATE, 502, times=1),
            faults.Refuse(faults.LIST, 503, times=1),
            faults.LoseAnswer(faults.CREATE, times=1),
            faults.LoseAnswer(faults.SHOW, times=1),
        ):
            image = self.make_random_image(SIZE)
            self.proxy.exchanges.clear()
            self.proxy.inject(fault)
            replication = self.replicate(image.id, self.west)
            self.assertLess(len(self.uploads()), 3)
            self.assertTrue(fault.hit.is_set())
            self.assert_completed(replication)
            self.assert_copied(image, self.cloud)

    def test_target_that_fails_for_good_keeps_nothing(self) -> None:
        self.config(group='conductor', max_attempts=2)
        upload = faults.UPLOAD, faults.TO_CLOUD
        for fault, code in (
            (faults.Cut(*upload, SIZE // 2), 'upload_lost'),
            (faults.Corrupt(*upload, SIZE // 2), 'content_differs'),
            (faults.Refuse(faults.UPLOAD, 503), 'storage_unavailable'),
        ):
            image = self.make_random_image(SIZE)
            self.proxy.inject(fault)
            replication = self.replicate(image.id, self.west)
            [copy] = replication['copies']
            self.assertEqual(('error', 2), (copy['state'], copy['attempts']))
            self.assertEqual(code, copy['error']['code'])
            self.assertTrue(copy['error']['retryable'])
            self.assert_nothing_made(image, self.cloud)
            fault.end()
            self.assert_completed(self.retry(replication))
            self.assert_copied(image, self.cloud)

    def test_target_that_refuses_connections_is_tried_again(self) -> None:
        self.config(group='conductor', max_attempts=1000, retry_delay=0.2)
        image = self.make_random_image(MIB)
        self.proxy.refuse()
        replication = self.start(image.id, self.west)

        def refused() -> bool:
            [copy] = self.copies(replication)
            path = f'/v1/replications/{replication["id"]}/copies/{copy["id"]}'
            history = self.call('GET', path, 200).json['history']
            return len(history) > 1 and copy['error'] is not None

        self.until(refused, 'second attempt')
        [copy] = self.copies(replication)
        self.assertEqual('unreachable', copy['error']['code'])
        self.proxy.listen()
        self.assert_completed(self.end_of(replication['id']))
        self.assert_copied(image, self.cloud)
        self.assertEqual([204], self.uploads())

    def test_target_that_stops_reading_is_given_up_and_tried_again(
        self,
    ) -> None:
        self.config(group='network', stall_timeout=1)
        self.useFixture(
            fixtures.MonkeyPatch('glint.stream.upload._LAST_WORDS', 1)
        )
        self.useFixture(
            fixtures.MonkeyPatch('glint.conductor.copy.storing.SETTLE', 0)
        )
        # More than the kernel keeps of what is not read.
        image = self.make_random_image(2 * SIZE)
        fault = self.proxy.inject(
            faults.Stall(faults.UPLOAD, faults.TO_CLOUD, MIB, 60, times=1)
        )
        self.assert_completed(self.replicate(image.id, self.west))
        # What its own server said of the first one came too late, if at all.
        self.assertEqual([204], self.uploads()[1:])
        # What comes late must change nothing.
        fault.end()
        self.until(
            lambda: all(e.ended for e in self.proxy.exchanges),
            'end of all uploads',
        )
        self.assert_copied(image, self.cloud)

    def test_slow_answers_make_no_difference(self) -> None:
        image = self.make_random_image(SIZE)
        self.proxy.inject(faults.Delay(faults.ANY, 0.5))
        replication = self.replicate(image.id, self.west)
        self.assert_completed(replication, attempts=1)
        self.assert_copied(image, self.cloud)

    def test_requests_that_arrive_after_they_were_given_up_leave_nothing(
        self,
    ) -> None:
        self.config(group='network', request_timeout=1)
        for requests in (faults.LIST, faults.CREATE, faults.SHOW):
            image = self.make_random_image(SIZE)
            self.proxy.exchanges.clear()
            self.proxy.inject(faults.Delay(requests, 2, times=1))
            self.assert_completed(self.replicate(image.id, self.west))
            [late] = self.proxy.find(requests)[:1]
            self.until(lambda: late.ended, 'late answer')  # noqa: B023
            self.assert_copied(image, self.cloud)

    def test_upload_of_which_the_answer_is_lost_is_not_repeated(self) -> None:
        image = self.make_random_image(SIZE)
        self.proxy.inject(faults.LoseAnswer(faults.UPLOAD, times=1))
        replication = self.replicate(image.id, self.west)
        self.assert_completed(replication, attempts=1)
        self.assertEqual([204], self.uploads())
        self.assert_copied(image, self.cloud)

    def test_token_that_ends_during_the_upload_does_no_harm(self) -> None:
        image = self.make_random_image(SIZE)
        fault = self.proxy.inject(
            faults.Stall(faults.UPLOAD, faults.TO_CLOUD, SIZE // 2, 30)
        )
        replication = self.start(image.id, self.west)
        self.assertTrue(fault.hit.wait(30))
        [upload] = self.proxy.find(faults.UPLOAD)
        self.revoke(self.cloud, upload.token)
        fault.end()
        replication = self.end_of(replication['id'])
        self.assert_completed(replication, attempts=1)
        self.assert_copied(image, self.cloud)

    def test_slow_target_does_not_slow_the_others(self) -> None:
        _home, west, east = self.lab.clouds
        # Another project there sees nothing of what the first one has.
        other = dataclasses.replace(west, member=west.other)
        slow, proxy = self.add_site_through_proxy(other)
        fast = [self.add_site(west), self.add_site(east)]
        image = self.make_random_image(8 * SIZE)
        began = time.monotonic()
        self.assert_completed(self.replicate(image.id, *fast))
        alone = time.monotonic() - began
        for cloud in (west, east):
            self.assert_copied(image, cloud)

        image = self.make_random_image(8 * SIZE)
        fault = proxy.inject(
            faults.Throttle(
                faults.UPLOAD, faults.TO_CLOUD, image.size / alone / 50
            )
        )
        replication = self.start(image.id, slow, *fast)

        def finished() -> bool:
            return [copy['state'] for copy in self.copies(replication)].count(
                'completed'
            ) == len(fast)

        self.until(finished, 'end of the fast ones')
        # Had they waited for the slow one, it would have nearly all by now.
        [behind] = [
            copy['bytes_sent']
            for copy in self.copies(replication)
            if copy['target_site_id'] == slow
        ]
        self.assertLess(behind, image.size / 4)
        self.assertTrue(fault.hit.is_set())
        for cloud in (west, east):
            self.assert_copied(image, cloud)
        replication = self.cancel(replication)
        self.assertEqual(
            {slow: 'cancelled'} | dict.fromkeys(fast, 'completed'),
            {c['target_site_id']: c['state'] for c in replication['copies']},
        )
        self.assert_nothing_made(image, other)
