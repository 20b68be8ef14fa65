# SPDX-License-Identifier: Apache-2.0

"""openstack image replicate."""

import json
from typing import Any

from osc_lib import exceptions

from glintclient.osc.v1 import replicate
from glintclient.tests.unit import base as unit
from glintclient.tests.unit.osc import base
from glintclient.tests.unit.v1 import test_image

IMAGE = '6a6b8b90-6b1e-4a7e-9a3f-2f0d6a3d7f11'
NORTH, HOME = unit.sample('site-index-response')['sites']
EAST = NORTH | {'id': 'e' * 36, 'name': 'east'}


class TestReplicate(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.server.get(
            f'{unit.V1}/sites',
            json={'sites': [NORTH, HOME, EAST], 'links': []},
        )
        self.server.get(
            f'{unit.V1}/credentials',
            json=unit.sample('credential-index-response'),
        )
        self.post = self.server.post(
            f'{unit.V1}/replications',
            json=unit.sample('replication-create-response'),
            status_code=202,
        )

    def _run(self, *arguments: str) -> Any:
        # From another site than home, no Glance is asked for the image.
        return self.json(
            replicate.ReplicateImage, IMAGE, '--from', 'east', *arguments
        )

    def test_all_options_are_sent(self) -> None:
        shown = self._run(
            *('--to', 'north', '--to', 'home', '--to', NORTH['id']),
            *('--name', 'n', '--visibility', 'shared', '--preserve-id'),
            *('--property', 'a=1', '--property', 'b=x=y'),
            *('--remove-property', 'c', '--member-copy'),
            *('--on-conflict', 'rename', '--on-difference', 'amend'),
            *('--client-token', 't'),
        )
        self.assertEqual(
            {
                'image_id': IMAGE,
                'source_site_id': EAST['id'],
                'target_site_ids': [NORTH['id'], HOME['id']],
                'options': {
                    'image_name': 'n',
                    'visibility': 'shared',
                    'preserve_id': True,
                    'members': True,
                    'on_conflict': 'rename',
                    'on_difference': 'amend',
                    'properties': {
                        'set': {'a': '1', 'b': 'x=y'},
                        'remove': ['c'],
                    },
                },
                'client_token': 't',
            },
            self.post.last_request.json(),
        )
        self.assertEqual('queued', shown['state'])
        self.assertEqual('cern', shown['copies'][0]['target_site'])

    def test_credential_is_sent_by_its_id(self) -> None:
        credential = unit.sample('credential-show-response')
        for name in (credential['name'], credential['id']):
            self._run('--to', 'north', '--credential', name)
            self.assertEqual(
                [credential['id']],
                self.post.last_request.json()['credential_ids'],
            )
        self.assertRaises(
            exceptions.CommandError,
            self._run,
            *('--to', 'home', '--credential', credential['id']),
        )

    def test_nothing_is_sent_that_is_not_asked_for(self) -> None:
        self._run('--to', 'north')
        body = self.post.last_request.json()
        self.assertEqual({}, body['options'])
        self.assertNotIn('client_token', body)

    def test_name_of_the_image_is_sent_with_its_id(self) -> None:
        there = {
            'site_id': EAST['id'],
            'image_id': IMAGE,
            'name': 'debian-13',
            'os_hidden': False,
            'status': 'active',
            'updated_at': '2026',
        }
        self.server.get(
            f'{unit.V1}/images',
            json={
                'images': [test_image.image('debian-13', east=there)],
                'links': [],
                'sites': [],
            },
        )
        self.json(
            replicate.ReplicateImage,
            *('debian-13', '--from', 'east', '--to', 'north'),
        )
        body = self.post.last_request.json()
        self.assertEqual(
            (IMAGE, 'debian-13'), (body['image_id'], body['image_name'])
        )

    def test_all_are_those_with_a_credential(self) -> None:
        self._run('--to-all')
        self.assertEqual(
            [NORTH['id'], HOME['id']],
            self.post.last_request.json()['target_site_ids'],
        )

    def test_missing_credential_is_named_with_its_command(self) -> None:
        self.refuse(
            'POST',
            '/replications',
            400,
            'replication.no_credential',
            'You have none.',
        )
        error = self.assertRaises(
            exceptions.CommandError, self._run, '--to', 'north'
        )
        self.assertIn('You have no credential for east.', str(error))
        self.assertIn('credential create --site east ', str(error))

    def test_dry_run_ends_with_1_if_a_site_would_not_get_it(self) -> None:
        plan = unit.sample('plan-show-response')
        for action, expected in (
            ('copy', 0),
            ('adopt', 0),
            ('skip', 0),
            ('conflict', 1),
            ('blocked', 1),
        ):
            targets = [item | {'action': action} for item in plan['targets']]
            self.server.post(
                f'{unit.V1}/replications', json=plan | {'targets': targets}
            )
            code, _text = self.run_command(
                replicate.ReplicateImage,
                *(IMAGE, '--from', 'east', '--to', 'north', '--dry-run'),
            )
            self.assertEqual(expected, code, action)

    def test_wait_ends_with_1_if_a_copy_failed(self) -> None:
        failed = unit.sample('replication-show-response') | {'state': 'error'}
        self.server.get(f'{unit.V1}/replications/{failed["id"]}', json=failed)
        code, text = self.run_command(
            replicate.ReplicateImage,
            *(IMAGE, '--from', 'east', '--to', 'north', '--wait'),
            *('-f', 'json'),
        )
        self.assertEqual(1, code)
        self.assertEqual('error', json.loads(text)['state'])
