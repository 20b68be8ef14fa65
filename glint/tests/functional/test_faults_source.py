# SPDX-License-Identifier: Apache-2.0

"""What Glint does when the source does not give the image as it should."""

import hashlib
import time
from typing import Any

import fixtures

from glint.tests.functional import faults
from glint.tests.functional import faulty
from glint.tests.functional import proxy

MIB = faulty.MIB


class _LateHash:
    """A hash of which the last step waits for an upload under way.

    :ivar sink: where to.
    """

    _new = staticmethod(hashlib.new)
    sink: proxy.Proxy

    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._hash = self._new(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._hash, name)

    def hexdigest(self) -> str:
        deadline = time.monotonic() + 30
        while not any(
            exchange.sent and not exchange.ended
            for exchange in self.sink.find(faults.UPLOAD)
        ):
            if time.monotonic() > deadline:
                break
            time.sleep(0.05)
        return self._hash.hexdigest()


class SourceFaultTest(faulty.TestCase):
    """From one cloud by way of a proxy to another, also by way of one."""

    def setUp(self) -> None:
        super().setUp()
        _home, self.cloud, self.target = self.lab.clouds
        self.west, self.source = self.add_site_through_proxy(self.cloud)
        self.east, self.sink = self.add_site_through_proxy(self.target)

    def bring(self, image_id: str) -> dict:
        """Replicate an image of the cloud to the target, to its end."""
        return self.replicate(image_id, self.east, source_site_id=self.west)

    def downloads(self) -> list:
        """Return what the source was asked for since the last time."""
        found = self.source.find(faults.DOWNLOAD)
        self.source.exchanges.clear()
        return found

    def test_cut_off_source_is_resumed(self) -> None:
        size = 8 * MIB
        for at, times, requests in (
            (3 * MIB + 5, 1, 2),
            (3 * MIB + 5, 2, 3),
            (MIB, None, 8),
        ):
            image = self.make_random_image(size, self.cloud)
            fault = self.source.inject(
                faults.Cut(faults.DOWNLOAD, faults.FROM_CLOUD, at, times)
            )
            replication = self.bring(image.id)
            fault.end()
            self.assert_completed(replication, attempts=1)
            self.assert_copied(image, self.target)
            found = self.downloads()
            self.assertEqual(
                [200] + [206] * (requests - 1), [e.status for e in found]
            )
            self.assertEqual(size, sum(e.received for e in found))

    def test_source_without_ranges_is_skipped_through(self) -> None:
        size = 8 * MIB
        at = 3 * MIB + 5
        image = self.make_random_image(size, self.cloud)
        self.source.inject(faults.DropHeader(faults.DOWNLOAD, 'Range'))
        self.source.inject(
            faults.Cut(faults.DOWNLOAD, faults.FROM_CLOUD, at, times=1)
        )
        self.assert_completed(self.bring(image.id), attempts=1)
        self.assert_copied(image, self.target)
        found = self.downloads()
        self.assertEqual([200, 200], [e.status for e in found])
        self.assertEqual([at, size], [e.received for e in found])

    def test_target_that_stands_still_does_not_hold_up_the_source(
        self,
    ) -> None:
        # More than the memory and the connections take.
        image = self.make_random_image(64 * MIB, self.cloud)
        fault = self.sink.inject(faults.Delay(faults.UPLOAD, 60, times=1))
        replication = self.start(image.id, self.east, source_site_id=self.west)
        self.assertTrue(fault.hit.wait(60))

        def read() -> bool:
            found = self.source.find(faults.DOWNLOAD)
            return [e.received for e in found if e.ended] == [64 * MIB]

        self.until(read, 'end of the download')
        self.assertIsNone(self.sink.find(faults.UPLOAD)[0].status)
        fault.end()
        self.assert_completed(self.end_of(replication['id']), attempts=1)
        self.assert_copied(image, self.target)
        self.assertEqual(1, len(self.downloads()))

    def test_source_cut_off_for_good_ends_in_error(self) -> None:
        self.config(group='conductor', max_attempts=1)
        image = self.make_random_image(8 * MIB, self.cloud)
        # Enough for the target to get the first bytes.
        fault = self.source.inject(
            faults.Cut(faults.DOWNLOAD, faults.FROM_CLOUD, 100_000)
        )
        replication = self.bring(image.id)
        [copy] = replication['copies']
        self.assertEqual(('error', 1), (copy['state'], copy['attempts']))
        self.assertEqual('source_lost', copy['error']['code'])
        self.assertTrue(copy['error']['retryable'])
        self.assertLess(len(self.downloads()), 20)
        self.assert_refused_by_target()
        self.assert_nothing_made(image, self.target)
        fault.end()
        self.assert_completed(self.retry(replication))
        self.assert_copied(image, self.target)

    def assert_refused_by_target(self) -> None:
        """Uploads began at the target, and it took none for a whole image."""
        found = self.sink.find(faults.UPLOAD)
        self.assertNotEqual([], found)
        for exchange in found:
            self.assertNotIn(exchange.status, range(200, 300))
            self.assertGreater(exchange.sent, 0)

    def test_corrupt_source_never_makes_an_image(self) -> None:
        self.config(group='conductor', max_attempts=2)
        size = 4 * MIB + 1
        # The target could have it all before it turns out to be wrong.
        late = type('LateHash', (_LateHash,), {'sink': self.sink})
        self.useFixture(fixtures.MonkeyPatch('hashlib.new', late))
        for at in (0, size // 2, size - 1):
            image = self.make_random_image(size, self.cloud)
            fault = self.source.inject(
                faults.Corrupt(faults.DOWNLOAD, faults.FROM_CLOUD, at)
            )
            replication = self.bring(image.id)
            [copy] = replication['copies']
            self.assertEqual(('error', 2), (copy['state'], copy['attempts']))
            self.assertEqual('source_corrupt', copy['error']['code'])
            self.assert_refused_by_target()
            self.assert_nothing_made(image, self.target)
            self.sink.exchanges.clear()
            fault.end()
        self.assert_completed(self.retry(replication))
        self.assert_copied(image, self.target)

    def test_source_that_changes_its_mind_makes_one_whole_image(self) -> None:
        image = self.make_random_image(4 * MIB, self.cloud)
        self.source.inject(
            faults.Corrupt(faults.DOWNLOAD, faults.FROM_CLOUD, MIB, times=1)
        )
        self.assert_completed(self.bring(image.id), attempts=2)
        self.assert_copied(image, self.target)

    def test_slow_and_stalling_source_does_not_stall_the_target(self) -> None:
        # Longer than uWSGI waits for a body that stalls.
        image = self.make_random_image(3 * MIB, self.cloud)
        self.source.inject(
            faults.Throttle(faults.DOWNLOAD, faults.FROM_CLOUD, MIB)
        )
        self.source.inject(
            faults.Stall(faults.DOWNLOAD, faults.FROM_CLOUD, 2 * MIB, 6)
        )
        self.assert_completed(self.bring(image.id), attempts=1)
        self.assert_copied(image, self.target)
        self.assertEqual(
            [204], [e.status for e in self.sink.find(faults.UPLOAD)]
        )

    def test_source_that_is_away_for_a_moment_is_asked_again(self) -> None:
        image = self.make_random_image(4 * MIB, self.cloud)
        for fault in (
            faults.Refuse(faults.SHOW, 503, times=1),
            faults.Refuse(faults.DOWNLOAD, 502, times=1),
        ):
            self.source.inject(fault)
        replication = self.bring(image.id)
        self.assert_completed(replication)
        self.assert_copied(image, self.target)
