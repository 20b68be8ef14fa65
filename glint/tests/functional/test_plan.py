# SPDX-License-Identifier: Apache-2.0

"""Plans, made by looking at real Glances."""

from typing import Any

from glint.tests import noise
from glint.tests.functional import base


class PlanTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.west = self.add_site(self.lab.clouds[1])
        self.east = self.add_site(self.lab.clouds[2])

    def _plan(self, image_id: str, **options: Any) -> dict[str, Any]:
        answer = self.call(
            'POST',
            '/v1/replications?dry_run=true',
            200,
            image_id=image_id,
            target_site_ids=[self.west, self.east],
            options=options,
        )
        targets = {
            item['target_site_id']: item for item in answer.json['targets']
        }
        self.assertEqual({self.west, self.east}, set(targets))
        return targets

    def test_plan_tells_what_each_target_needs_and_does_nothing(self) -> None:
        data = noise.make(1000)
        image = self.make_image(data, instance_uuid='x')
        there = self.make_image(data, self.lab.clouds[2])
        plan = self._plan(image.id)
        self.assertEqual('copy', plan[self.west]['action'])
        self.assertEqual(1000, plan[self.west]['bytes'])
        self.assertIn('instance_uuid', ' '.join(plan[self.west]['notes']))
        self.assertEqual('adopt', plan[self.east]['action'])
        self.assertEqual(0, plan[self.east]['bytes'])
        self.assertEqual(there.id, plan[self.east]['target_image_id'])
        listed = self.call('GET', '/v1/replications', 200).json
        self.assertEqual([], listed['replications'])

    def test_conflict_is_told(self) -> None:
        image = self.make_image(noise.make(1000))
        self.make_image(noise.make(10), self.lab.clouds[1])
        plan = self._plan(image.id, on_conflict='fail')
        self.assertEqual('conflict', plan[self.west]['action'])
        self.assertIn(image.name, plan[self.west]['reasons'][0])
        self.assertEqual('copy', plan[self.east]['action'])

    def test_missing_image_blocks_all(self) -> None:
        plan = self._plan('00000000-0000-4000-8000-000000000000')
        self.assertEqual(
            ['blocked', 'blocked'], [item['action'] for item in plan.values()]
        )
