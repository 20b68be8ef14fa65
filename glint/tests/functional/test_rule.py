# SPDX-License-Identifier: Apache-2.0

"""Rules made by the API, at real Keystones and Glances."""

from typing import Any

from glint.tests import noise
from glint.tests import waiting
from glint.tests.functional import base

_ENDED = ('completed', 'partial', 'error', 'cancelled', 'needs_approval')


class RuleTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.lab.clouds[1]
        self.west = self.add_site(self.cloud)

    def add_rule(self, *names: str, **values: Any) -> str:
        """Make a rule for images of these names.

        :returns: its address.
        """
        rule = self.call(
            'POST',
            '/v1/rules',
            201,
            name='in-step',
            target_site_ids=[self.west],
            select={'names': list(names)},
            **values,
        ).json
        return f'/v1/rules/{rule["id"]}'

    def execute(self, path: str, dry_run: bool = False) -> dict[str, Any]:
        """Have a rule executed, and wait for the end."""
        made = self.call('PUT', f'{path}/execute', 202, dry_run=dry_run).json
        return self.end_of_execution(f'{path}/executions/{made["id"]}')

    def end_of_execution(self, path: str) -> dict[str, Any]:
        def ended() -> Any:
            found = self.call('GET', path, 200).json
            return found if found['state'] in _ENDED else None

        result: dict[str, Any] = waiting.until(
            ended, self.DEFAULT_TIMEOUT, 'end'
        )
        return result

    def actions(self, execution: dict[str, Any]) -> list[tuple[str, str]]:
        self.assertEqual('completed', execution['state'], execution)
        return [(item['action'], item['state']) for item in execution['items']]

    def replica(self, path: str) -> dict[str, Any]:
        """Read the one replica of a rule, whose image goes with the test."""
        [found] = self.call('GET', f'{path}/replicas', 200).json['replicas']
        image_id = found['target_image_id']
        if image_id:
            glance = self.cloud.member.glance()
            self.addCleanup(self._delete, glance, image_id)
        result: dict[str, Any] = found
        return result

    def test_image_is_copied_and_then_follows_its_source(self) -> None:
        image = self.make_image(noise.make(100), os_version='24.04')
        path = self.add_rule(f'{image.name}*')
        rehearsed = self.execute(path, dry_run=True)
        self.assertEqual([('copy', 'planned')], self.actions(rehearsed))
        self.assertEqual(
            [], self.call('GET', f'{path}/replicas', 200).json['replicas']
        )

        self.assertEqual([('copy', 'done')], self.actions(self.execute(path)))
        replica = self.replica(path)
        self.assertEqual('in_sync', replica['state'])
        there = self.cloud.member.glance().images
        made = there.get(replica['target_image_id'])
        self.assertEqual(
            (image.name, '24.04', image.id),
            (made.name, made.os_version, made.glint_source_id),
        )

        self.lab.home.member.glance().images.update(
            image.id, name=f'{image.name}-2', os_version='24.04.1'
        )
        self.assertEqual([('amend', 'done')], self.actions(self.execute(path)))
        made = there.get(replica['target_image_id'])
        self.assertEqual(
            (f'{image.name}-2', '24.04.1'), (made.name, made.os_version)
        )
        rule = self.call('GET', path, 200).json
        self.assertEqual('ok', rule['state'], rule['state_detail'])
        self.assertEqual(1, rule['replicas_summary']['in_sync'])

    def test_rule_with_a_schedule_begins_by_itself(self) -> None:
        image = self.make_image(noise.make(100))
        path = self.add_rule(image.name, trigger={'every': 3600})
        last = self.call('GET', path, 200).json['last_execution']
        self.assertEqual('change', last['trigger'])
        execution = self.end_of_execution(f'{path}/executions/{last["id"]}')
        self.assertEqual([('copy', 'done')], self.actions(execution))
        self.replica(path)
