# SPDX-License-Identifier: Apache-2.0

"""Names of images that Glance could take for something else."""

from typing import Any

from glint.tests import noise
from glint.tests.functional import base

#: Each is the name of one image, whatever Glance reads in a filter.
NAMES = (
    'Debian 12: 2026-04-17 nightly',
    'in:Ubuntu,24',
    'eq:plain',
    'neq:x',
    'gt:',
    ':',
    'a,b',
    'in:"a,b"',
    '"quoted"',
    'half "quoted',
    "it's",
    'back\\slash',
    '100% sure',
    '%41',
    'a_b',
    'a+b',
    'a&name=b',
    'a=b;c#d?e',
    'Größe ☃ 日本',
    ' led and trailed ',
    '2026-11-29T12:00:00Z',
)


class NamesTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.lab.clouds[1]
        self.glance = self.cloud.member.glance()
        self.west = self.add_site(self.cloud)

    def _stand_in_the_way(self, name: str) -> None:
        """Make the record of another image at the target."""
        made = self.glance.images.create(name=name)
        self.addCleanup(self.glance.images.delete, made.id)

    def _replicate(self, name: str, policy: str) -> dict[str, Any]:
        image = self.make_image(noise.make(100), name=name)
        return self.replicate(
            image.id, self.west, options={'on_conflict': policy}
        )

    def _plan(self, image: Any, name: str) -> dict[str, Any]:
        """Ask for a plan, of which the answer is the same as for a copy."""
        answer = self.call(
            'POST',
            '/v1/replications?dry_run=true',
            200,
            image_id=image.id,
            target_site_ids=[self.west],
            options={'on_conflict': 'fail', 'image_name': name},
        )
        plan: dict[str, Any] = answer.json['targets'][0]
        return plan

    def test_namesakes_are_found_and_others_are_not(self) -> None:
        for other in ('Ubuntu', '24', 'plain', 'x', 'a', 'b', 'a b', 'A'):
            self._stand_in_the_way(other)
        image = self.make_image(noise.make(100))
        for name in NAMES:
            plan = self._plan(image, name)
            self.assertEqual('copy', plan['action'], (name, plan['reasons']))
            self._stand_in_the_way(name)
            plan = self._plan(image, name)
            self.assertEqual('conflict', plan['action'], (name, plan))
            self.assertIn(f'another image named {name}.', plan['reasons'][0])

    def test_copy_is_renamed(self) -> None:
        self._stand_in_the_way(NAMES[0])
        made = self.copied(self._replicate(NAMES[0], 'rename'), self.cloud)
        self.assertEqual(f'{NAMES[0]} (2)', made.name)

    def test_copy_is_not_made(self) -> None:
        for name in NAMES[:3]:
            self._stand_in_the_way(name)
            [copy] = self._replicate(name, 'fail')['copies']
            self.assertEqual(
                ('error', 'name_conflict'),
                (copy['state'], copy['error']['code']),
                name,
            )
            done = self._replicate(name, 'skip')
            [copy] = done['copies']
            self.assertEqual(
                ('completed', 'completed', 'skipped', None),
                (
                    *(done['state'], copy['state']),
                    *(copy['outcome'], copy['target_image_id']),
                ),
                name,
            )
            self.assertIn(f'another image named {name}', copy['notes'][0])

    def test_copy_without_a_namesake_is_made(self) -> None:
        made = self.copied(self._replicate(NAMES[1], 'fail'), self.cloud)
        self.assertEqual(NAMES[1], made.name)
