# SPDX-License-Identifier: Apache-2.0

"""What a cancelled copy leaves: nothing, wherever it was."""

from glint.tests.functional import faults
from glint.tests.functional import faulty

MIB = faulty.MIB
SIZE = 16 * MIB
#: Longer than any of these tests takes.
_LONG = 60


class CancelTest(faulty.TestCase):
    """From one cloud to another, both by way of a proxy that holds it up."""

    def setUp(self) -> None:
        super().setUp()
        _home, self.cloud, self.target = self.lab.clouds
        self.west, self.source = self.add_site_through_proxy(self.cloud)
        self.east, self.sink = self.add_site_through_proxy(self.target)

    def check(self, where: str, fault: faults.Fault, phase: str) -> None:
        """Cancel a copy that is held up, and see that nothing is left."""
        image = self.make_random_image(SIZE, self.cloud)
        getattr(self, where).inject(fault)
        replication = self.start(image.id, self.east, source_site_id=self.west)
        self.assertTrue(fault.hit.wait(30))

        def in_phase() -> bool:
            [copy] = self.copies(replication)
            return copy['phase'] == phase

        self.until(in_phase, f'phase {phase}', 10)
        replication = self.cancel(replication)
        [copy] = replication['copies']
        self.assertEqual(
            ('cancelled', None, 1),
            (copy['state'], copy['target_image_id'], copy['attempts']),
        )
        self.assert_nothing_made(image, self.target)
        # Nor does anything come later, of what was under way.
        fault.end()
        late = self.source.exchanges + self.sink.exchanges
        self.until(lambda: all(e.ended for e in late), 'end of requests')
        self.assert_nothing_made(image, self.target)
        self.assert_completed(self.retry(replication))
        self.assert_copied(image, self.target)

    def test_cancel_while_the_source_is_looked_at_leaves_nothing(self) -> None:
        self.check('source', faults.Delay(faults.SHOW, _LONG), 'preparing')

    def test_cancel_while_the_target_is_looked_at_leaves_nothing(self) -> None:
        self.check('sink', faults.Delay(faults.LIST, _LONG), 'preparing')

    def test_cancel_while_the_record_is_made_leaves_nothing(self) -> None:
        for kind in (faults.Delay, faults.LateAnswer):
            fault = kind(faults.CREATE, _LONG, times=1)
            self.check('sink', fault, 'preparing')

    def test_cancel_while_the_source_is_read_leaves_nothing(self) -> None:
        for at in (0, MIB):
            self.check(
                'source',
                faults.Stall(faults.DOWNLOAD, faults.FROM_CLOUD, at, _LONG),
                'sending' if at else 'reading',
            )

    def test_cancel_while_the_target_reads_leaves_nothing(self) -> None:
        for at in (MIB, SIZE - 1):
            self.check(
                'sink',
                faults.Stall(faults.UPLOAD, faults.TO_CLOUD, at, _LONG),
                'sending',
            )

    def test_cancel_while_the_target_stores_leaves_nothing(self) -> None:
        self.check('sink', faults.LateAnswer(faults.UPLOAD, _LONG), 'sending')

    def test_cancel_while_the_target_is_verified_leaves_nothing(self) -> None:
        # Once, as its removal looks at it as well.
        fault = faults.Delay(faults.SHOW, _LONG, times=1)
        self.check('sink', fault, 'verifying')
