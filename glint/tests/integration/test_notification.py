# SPDX-License-Identifier: Apache-2.0

"""What other services hear of replications, from the real broker."""

from collections import Counter
from typing import Any

from glint.tests import waiting
from glint.tests.integration import base
from glint.tests.integration import hearing

_LAST = (
    'image_replication.replication.end',
    'image_replication.replication.error',
)


class NotificationTest(base.TestCase):
    def setUp(self) -> None:
        lab = base.labs.load()
        self.assertIsNotNone(lab)
        self.hearing = self.useFixture(
            hearing.Hearing(lab.services['rabbitmq'])
        )
        super().setUp()
        self.heard: list[dict[str, Any]] = []
        self.bodies: list[str] = []

    def settings(self) -> str:
        return self.hearing.settings

    def listen(self, replications: int) -> None:
        """Hear until some replications have ended, and nothing more comes."""

        def ended() -> bool:
            self._take()
            last = [n for n in self.heard if n['event_type'] in _LAST]
            return len(last) >= replications

        waiting.until(ended, 120, f'end of {replications} replications')

    def _take(self) -> None:
        bodies = self.hearing.take()
        self.bodies += bodies
        self.heard += [hearing.notification(body) for body in bodies]

    def events(self) -> Counter[str]:
        return Counter(
            item['event_type'].removeprefix('image_replication.')
            for item in self.heard
        )

    def test_each_start_and_end_is_heard_once(self) -> None:
        conductors = [
            self.stack.start_conductor(name) for name in ('one', 'two')
        ]
        sites = [self.add_site(cloud) for cloud in self.lab.clouds[1:3]]
        ids = []
        for number in range(4):
            image_id, _digest = self.make_image(base.MIB, name=f'n{number}')
            self.addCleanup(self.remove_made, image_id)
            ids.append(self.replicate(image_id, *sites))
        for replication_id in ids:
            self.await_state(replication_id, 'completed')
        for conductor in conductors:
            # What still waits is sent before the process ends.
            self.stack.stop(conductor)
        self._take()
        self.assertEqual(
            {
                'replication.start': 4,
                'copy.start': 8,
                'copy.end': 8,
                'replication.end': 4,
            },
            dict(self.events()),
        )
        for name, wanted in (('replication.', ids), ('copy.', ids * 2)):
            for verb in ('start', 'end'):
                self.assertCountEqual(
                    wanted,
                    [
                        item['payload'].get('replication_id')
                        or item['payload']['id']
                        for item in self.heard
                        if item['event_type'].endswith(name + verb)
                    ],
                )
        self._check_copies(set(sites))
        self._check_secrecy()

    def _check_copies(self, sites: set[str]) -> None:
        member = self.lab.home.member
        for item in self.heard:
            payload = item['payload']
            self.assertEqual(member.project_id, payload['project_id'])
            self.assertEqual(
                payload['request_id'], item['_context_request_id']
            )
            if item['event_type'].endswith('copy.end'):
                self.assertIn(payload['target_site_id'], sites)
                self.assertEqual(
                    ('completed', 'copied', base.MIB, None),
                    (
                        payload['state'],
                        payload['outcome'],
                        payload['bytes_sent'],
                        payload['error_code'],
                    ),
                )
                self.assertIn(
                    item['publisher_id'],
                    (
                        f'image_replication.{payload["conductor"]}',
                        'image_replication.one',
                        'image_replication.two',
                    ),
                )

    def _check_secrecy(self) -> None:
        everything = '\n'.join(self.bodies)
        self.assertNotIn(self.glint.session.get_token(), everything)
        for cloud in self.lab.clouds:
            self.assertNotIn(cloud.member.password, everything)

    def test_error_is_heard_as_one_with_its_code(self) -> None:
        self.stack.start_conductor()
        site_id = self.add_site(self.lab.clouds[1])
        self.replicate('00000000-0000-4000-8000-000000000000', site_id)
        self.listen(1)
        self.assertEqual(
            {
                'replication.start': 1,
                'copy.start': 1,
                'copy.error': 1,
                'replication.error': 1,
            },
            dict(self.events()),
        )
        errors = [item for item in self.heard if item['priority'] == 'ERROR']
        self.assertEqual(2, len(errors))
        self.assertEqual('source_gone', errors[0]['payload']['error_code'])

    def test_cancel_that_no_conductor_sees_is_heard_from_the_api(self) -> None:
        site_id = self.add_site(self.lab.clouds[1], check=False)
        replication_id = self.replicate(self.lab.home.seed_image_id, site_id)
        self.glint.put(f'/v1/replications/{replication_id}/cancel')
        self.listen(1)
        self.assertEqual(
            {'copy.end': 1, 'replication.end': 1}, dict(self.events())
        )
        self.assertEqual(
            {'cancelled'}, {item['payload']['state'] for item in self.heard}
        )


class WithoutBrokerTest(base.TestCase):
    """The broker for notifications is one that nobody can reach."""

    def settings(self) -> str:
        return (
            '[oslo_messaging_notifications]\ndriver = messagingv2\n'
            'transport_url = rabbit://nobody:none@127.0.0.1:1/\n'
        )

    def test_copies_do_not_wait_for_it(self) -> None:
        conductor = self.stack.start_conductor()
        site_id = self.add_site(self.lab.clouds[1])
        image_id, digest = self.make_image(base.MIB)
        self.addCleanup(self.remove_made, image_id)
        self.await_state(
            self.replicate(image_id, site_id), 'completed', timeout=20
        )
        [made] = self.made_from(self.lab.clouds[1], image_id)
        self.assertEqual(digest, made.os_hash_value)
        # Nor does the process that ends.
        self.stack.stop(conductor)
        self.assertIn('notifications were not sent', self.written())

    def written(self) -> str:
        return self.stack.log_file('conductor').read_text()
