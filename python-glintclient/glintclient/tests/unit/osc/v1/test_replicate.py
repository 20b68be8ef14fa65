# SPDX-License-Identifier: Apache-2.0

"""openstack image replicate."""

import json
from typing import Any

import fixtures
from osc_lib import exceptions

from glintclient import exceptions as errors
from glintclient.osc.v1 import replicate
from glintclient.tests.unit import base as unit
from glintclient.tests.unit.osc import base
from glintclient.tests.unit.v1 import test_image

IMAGE = '6a6b8b90-6b1e-4a7e-9a3f-2f0d6a3d7f11'
NORTH, HOME = unit.sample('site-index-response')['sites']
EAST = NORTH | {'id': 'e' * 36, 'name': 'east'}


class TestCase(base.TestCase):
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


class TestReplicate(TestCase):
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


class TestSeveral(TestCase):
    """Several images, named by their IDs: no Glance is asked for them."""

    IMAGES = ('1' + IMAGE[1:], '2' + IMAGE[1:], '3' + IMAGE[1:])

    def setUp(self) -> None:
        super().setUp()
        self.server.post(f'{unit.V1}/replications', json=self._make)
        self.refused: dict[str, tuple[int, str]] = {}
        self.asked: list[dict[str, Any]] = []

    def _make(self, request: Any, context: Any) -> Any:
        """Answer as the service does."""
        body = request.json()
        image_id = body['image_id']
        if image_id in self.refused:
            context.status_code, code = self.refused[image_id]
            error = unit.sample('error-response')
            error['errors'][0] |= {
                'status': context.status_code,
                'code': f'image-replication.{code}',
                'detail': f'Not {image_id[0]}.',
            }
            return error
        self.asked.append(body)
        if request.qs.get('dry_run'):
            return unit.sample('plan-show-response') | {
                'image_id': image_id,
                'image_name': image_id[0],
            }
        context.status_code = 202
        made = unit.sample('replication-create-response')
        return made | {'id': image_id, 'image_id': image_id}

    def _several(self, *arguments: str, code: int = 0) -> Any:
        self.logs = self.useFixture(fixtures.FakeLogger())
        found, text = self.run_command(
            replicate.ReplicateImage,
            *(*self.IMAGES, '--from', 'east', '--to', 'north'),
            *(*arguments, '-f', 'json'),
        )
        self.assertEqual(code, found)
        return json.loads(text)

    def test_each_is_asked_for_and_listed(self) -> None:
        rows = self._several('--visibility', 'shared')
        self.assertEqual(list(self.IMAGES), [row['ID'] for row in rows])
        self.assertEqual('cern', rows[0]['Copies'][0]['target_site'])
        for body, image_id in zip(self.asked, self.IMAGES, strict=True):
            self.assertEqual(image_id, body['image_id'])
            self.assertEqual({'visibility': 'shared'}, body['options'])
            self.assertNotIn('client_token', body)

    def test_token_is_bound_to_each_image(self) -> None:
        self._several('--client-token', 'nightly')
        self.assertEqual(
            [f'nightly-{image_id}' for image_id in self.IMAGES],
            [body['client_token'] for body in self.asked],
        )

    def test_plans_say_which_image_they_are_of(self) -> None:
        rows = self._several('--dry-run', '--client-token', 'x')
        targets = len(unit.sample('plan-show-response')['targets'])
        self.assertEqual(
            [number for number in '123' for _target in range(targets)],
            [row['Image'] for row in rows],
        )

    def test_one_that_is_refused_keeps_no_other(self) -> None:
        self.refused[self.IMAGES[0]] = (409, 'replication.client_token_used')
        rows = self._several('--client-token', 'x', code=1)
        self.assertEqual(list(self.IMAGES[1:]), [row['ID'] for row in rows])
        self.assertIn(f'{self.IMAGES[0]}: Not 1.', self.logs.output)

    def test_what_ends_all_tells_what_was_not_asked_for(self) -> None:
        self.refused[self.IMAGES[1]] = (403, 'quota.exceeded')
        rows = self._several(code=1)
        self.assertEqual([self.IMAGES[0]], [row['ID'] for row in rows])
        self.assertIn('Not 2.', self.logs.output)
        self.assertIn(f'Not asked for: {self.IMAGES[2]}', self.logs.output)

    def test_nothing_is_asked_for_when_the_first_says_it_all(self) -> None:
        for code, kind, words in (
            (
                'replication.no_credential',
                exceptions.CommandError,
                'You have no credential for east.',
            ),
            ('replication.site_disabled', errors.BadRequest, 'Not 1.'),
        ):
            self.refused[self.IMAGES[0]] = (400, code)
            error = self.assertRaises(kind, self._several)
            self.assertIn(words, str(error))
        self.assertEqual([], self.asked)

    def test_what_fits_one_image_only_is_refused_before(self) -> None:
        for options, words in (
            (('--name', 'x'), '--name is for one image'),
            (('-f', 'shell'), 'choose another format'),
        ):
            error = self.assertRaises(
                exceptions.CommandError,
                self.run_command,
                *(replicate.ReplicateImage, *self.IMAGES),
                *('--from', 'east', '--to', 'north', *options),
            )
            self.assertIn(words, str(error))
        self.assertEqual([], self.asked)

    def test_wait_ends_with_1_if_one_failed(self) -> None:
        shown = unit.sample('replication-show-response')
        for image_id, state in zip(
            self.IMAGES, ('completed', 'error', 'completed'), strict=True
        ):
            self.server.get(
                f'{unit.V1}/replications/{image_id}',
                json=shown | {'id': image_id, 'state': state},
            )
        rows = self._several('--wait', code=1)
        self.assertEqual(
            ['completed', 'error', 'completed'], [row['State'] for row in rows]
        )
