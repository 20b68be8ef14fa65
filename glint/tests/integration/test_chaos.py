# SPDX-License-Identifier: Apache-2.0


"""The chaos suite, in short."""

from glint.tests import base
from glint.tests.chaos import report
from glint.tests.chaos import run as runs
from glint.tests.chaos import world as worlds
from glint.tests.integration import lab as labs
from glint.tests.integration import stack as stacks


class ChaosTest(base.TestCase):
    DEFAULT_TIMEOUT = 600

    def test_nothing_is_lost_doubled_or_half_done(self) -> None:
        lab = labs.load()
        if lab is None:
            self.fail('Set GLINT_LAB to the lab.json of "tools/lab start".')
        options = runs.Options(seed=20, faults=20, copies=30, seconds=30)
        world = self.useFixture(worlds.World(lab, options.database))
        said: list[str] = []
        result = runs.run(world, options, said.append)
        self.addDetail(
            'report', stacks.text('\n'.join([*said, report.text(result)]))
        )
        self.assertEqual([], result.broken)
        self.assertEqual([], result.violations)
        self.assertEqual(20, len(result.injuries))
        self.assertGreaterEqual(sum(result.states.values()), 30)
