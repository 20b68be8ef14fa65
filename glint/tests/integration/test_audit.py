# SPDX-License-Identifier: Apache-2.0

"""What auditors read from the broker."""

import pathlib
from typing import Any

from glint.tests import rbac
from glint.tests.integration import base
from glint.tests.integration import hearing
from glint.tests.integration import stack as stacks

_MAP = pathlib.Path(__file__).parents[3] / 'etc/glint/api_audit_map.conf'


class AuditTest(base.TestCase):
    def setUp(self) -> None:
        lab = base.labs.load()
        self.assertIsNotNone(lab)
        self.hearing = self.useFixture(
            hearing.Hearing(lab.services['rabbitmq'])
        )
        super().setUp()

    def settings(self) -> str:
        return (
            f'[audit]\nenabled = true\naudit_map_file = {_MAP}\n'
            + self.hearing.settings
        )

    def outcomes(self, bodies: list[str]) -> list[dict[str, Any]]:
        """Return the events of answers, in their order."""
        notifications = [hearing.notification(body) for body in bodies]
        return [
            item['payload']
            for item in notifications
            if item['event_type'] == 'audit.http.response'
        ]

    def test_who_made_used_and_removed_what_is_told(self) -> None:
        member, reader = self.lab.home.member, self.lab.home.reader
        url = 'https://site.example.org/v3'
        site = self.post('/v1/sites', 201, name='n', auth_url=url)['id']
        key = self.post(
            '/v1/credentials', 201, **rbac.credential(site, 'canary-name')
        )['id']
        replication = self.post(
            '/v1/replications',
            202,
            **rbac.replication(site),
            credential_ids=[key],
        )['id']
        path = f'/v1/replications/{replication}'
        forbidden = stacks.client(reader, self.url).delete(f'/v1/sites/{site}')
        self.assertEqual(403, forbidden.status_code)
        self.glint.put(f'{path}/cancel')
        for gone in (path, f'/v1/credentials/{key}', f'/v1/sites/{site}'):
            self.assertEqual(204, self.glint.delete(gone).status_code)
        bodies = self.hearing.take()
        events = self.outcomes(bodies)
        kinds = 'service/image-replication'
        self.assertEqual(
            [
                ('create', 'sites', 'success', '201'),
                ('create', 'credentials', 'success', '201'),
                ('create', 'replications', 'success', '202'),
                ('delete', 'sites/site', 'failure', '403'),
                (
                    'update/cancel',
                    'replications/replication',
                    'success',
                    '202',
                ),
                ('delete', 'replications/replication', 'success', '204'),
                ('delete', 'credentials/credential', 'success', '204'),
                ('delete', 'sites/site', 'success', '204'),
            ],
            [
                (
                    event['action'],
                    event['target']['typeURI'].removeprefix(f'{kinds}/'),
                    event['outcome'],
                    event['reason']['reasonCode'],
                )
                for event in events
            ],
        )
        callers = [event['initiator']['id'] for event in events]
        self.assertEqual(
            [member.user_id] * 3 + [reader.user_id] + [member.user_id] * 4,
            callers,
        )
        self.assertEqual(
            {member.project_id},
            {event['initiator']['project_id'] for event in events},
        )
        self.assertEqual({'glint'}, {e['target']['name'] for e in events})
        self.assertEqual(
            [
                '/v1/sites',
                '/v1/credentials',
                '/v1/replications',
                f'/v1/sites/{site}',
                f'{path}/cancel',
                path,
                f'/v1/credentials/{key}',
                f'/v1/sites/{site}',
            ],
            [event['requestPath'] for event in events],
        )
        made = [
            note['content']['id']
            for event in events
            for note in event.get('attachments', ())
            if note['name'] == 'created'
        ]
        self.assertEqual([site, key, replication], made)
        used = {
            note['name']: note['content'] for note in events[2]['attachments']
        }['used']
        self.assertIn(site, used['site_ids'])
        self.assertIn(key, used['credential_ids'])
        self.assertNotIn('canary', ''.join(bodies))
        for client in (self.glint, stacks.client(reader, self.url)):
            token = client.session.get_token()
            self.assertNotIn(token, ''.join(bodies))
