# SPDX-License-Identifier: Apache-2.0

"""Replications and plans."""

from openstack import exceptions

from glintclient.tests.unit import base
from glintclient.v1 import image_copy

SHOWN = base.sample('replication-show-response')
GIVEN = base.sample('replication-create-request')


class TestReplication(base.TestCase):
    def test_all_fields_are_read(self) -> None:
        self.server.get(f'{base.V1}/replications/x', json=SHOWN)
        found = self.client.get_replication('x')
        for key, value in SHOWN.items():
            if key != 'copies':
                self.assertEqual(value, getattr(found, key), key)
        (copy,) = found.copies
        self.assertIsInstance(copy, image_copy.ImageCopy)
        for key, value in SHOWN['copies'][0].items():
            self.assertEqual(value, getattr(copy, key), key)
        self.assertFalse(found.is_final)

    def test_create_sends_what_is_given(self) -> None:
        self.server.post(
            f'{base.V1}/replications',
            json=base.sample('replication-create-response'),
            status_code=202,
        )
        made = self.client.create_replication(**GIVEN)
        self.assertEqual('queued', made.state)
        self.assertEqual(GIVEN, self.server.last_request.json())
        self.assertEqual({}, self.last_query())

    def test_update_sends_the_priority(self) -> None:
        given = base.sample('replication-update-request')
        self.server.patch(
            f'{base.V1}/replications/{SHOWN["id"]}', json=SHOWN | given
        )
        changed = self.client.update_replication(SHOWN['id'], **given)
        self.assertEqual(given, self.server.last_request.json())
        self.assertEqual(given['priority'], changed.priority)

    def test_plan_asks_for_a_dry_run(self) -> None:
        answer = base.sample('plan-show-response')
        self.server.post(f'{base.V1}/replications', json=answer)
        plan = self.client.plan_replication(image_id='i', target_site_ids=[])
        self.assertEqual({'dry_run': ['true']}, self.last_query())
        for key, value in answer.items():
            self.assertEqual(value, getattr(plan, key), key)

    def test_cancel_and_retry(self) -> None:
        for verb, act in (
            ('cancel', self.client.cancel_replication),
            ('retry', self.client.retry_replication),
        ):
            self.server.put(
                f'{base.V1}/replications/x/{verb}',
                json=SHOWN | {'state': 'cancelling'},
                status_code=202,
            )
            self.assertEqual('cancelling', act('x').state)

    def test_empty_id_is_refused(self) -> None:
        for call in (
            self.client.get_replication,
            self.client.find_replication,
            self.client.delete_replication,
            self.client.retry_replication,
            self.client.copies,
            self.client.get_site,
            self.client.find_site,
            self.client.check_credential,
        ):
            error = self.assertRaises(exceptions.InvalidRequest, call, '')
            self.assertIn('is empty', str(error))
        asked = [request.url for request in self.server.request_history]
        self.assertFalse([url for url in asked if '/v1/' in url])

    def test_unknown_filter_is_refused(self) -> None:
        for call in (self.client.replications, self.client.sites):
            error = self.assertRaises(
                exceptions.InvalidResourceQuery, call, nosuch=1, limit=5
            )
            self.assertIn('cannot be filtered by nosuch', str(error))

    def test_list_takes_what_openstacksdk_takes(self) -> None:
        rows = base.sample('replication-index-response')
        self.server.get(f'{base.V1}/replications', json=rows)
        found = self.client.replications(
            paginated=False, max_items=1, state='completed', limit=1
        )
        self.assertEqual(1, len(list(found)))

    def test_delete_of_an_active_one(self) -> None:
        self.refuse(
            'DELETE', '/replications/x', 409, 'replication.not_final', 'No.'
        )
        self.assertRaises(
            exceptions.ConflictException, self.client.delete_replication, 'x'
        )

    def test_find_prefers_the_only_one_that_goes_on(self) -> None:
        self.refuse(
            'GET', '/replications/x', 404, 'replication.not_found', 'None.'
        )
        row = base.sample('replication-index-response')['replications'][0]
        for states, found in (
            (('completed', 'copying', 'error'), '1'),
            (('queued', 'copying'), None),
            (('completed', 'error'), None),
        ):
            rows = [
                row | {'id': str(number), 'state': state}
                for number, state in enumerate(states)
            ]
            self.server.get(
                f'{base.V1}/replications',
                json={'replications': rows, 'links': []},
            )
            if found:
                self.assertEqual(found, self.client.find_replication('x').id)
            else:
                self.assertRaises(
                    exceptions.DuplicateResource,
                    self.client.find_replication,
                    'x',
                )

    def test_find_by_client_token_then_by_image_name(self) -> None:
        self.refuse(
            'GET', '/replications/x', 404, 'replication.not_found', 'None.'
        )
        none = {'replications': [], 'links': []}
        one = base.sample('replication-index-response')
        url = f'{base.V1}/replications'
        self.server.get(f'{url}?client_token=x', json=one)
        self.assertEqual(SHOWN['id'], self.client.find_replication('x').id)
        self.server.get(f'{url}?client_token=x', json=none)
        self.server.get(f'{url}?image_name=x', json=one)
        self.assertEqual(SHOWN['id'], self.client.find_replication('x').id)
        one['replications'] *= 2
        self.server.get(f'{url}?image_name=x', json=one)
        error = self.assertRaises(
            exceptions.DuplicateResource, self.client.find_replication, 'x'
        )
        self.assertRegex(
            str(error), r'\(\w+, \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\)'
        )
        self.server.get(f'{url}?image_name=x', json=none)
        self.assertRaises(
            exceptions.NotFoundException,
            self.client.find_replication,
            'x',
            ignore_missing=False,
        )
        self.assertIsNone(self.client.find_replication('x'))
