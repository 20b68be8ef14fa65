# SPDX-License-Identifier: Apache-2.0

"""Replications: asked for, planned, shown, listed, ended, deleted."""

from tempest.lib import decorators
from tempest.lib import exceptions
from tempest.lib.common.utils import data_utils

from glint_tempest_plugin.tests import base


class ReplicationTest(base.CloudTest):
    """Replications to a site where nobody answers: they stay active."""

    def setUp(self):
        super().setUp()
        self.site_id = self.create_dead_site()
        # What is not there would be an error, and soon.
        self.image_id = self.create_image(3)['id']

    @decorators.attr(type='smoke')
    @decorators.idempotent_id('ee95f125-1926-41b7-8208-f950fd2adf68')
    def test_accepted_replication_is_shown(self):
        token = data_utils.rand_name('token')
        options = {
            'image_name': 'renamed',
            'visibility': 'private',
            'preserve_id': False,
            'members': False,
            'on_conflict': 'rename',
            'on_difference': 'adopt',
            'properties': {'set': {'os_distro': 'debian'}, 'remove': ['x']},
        }
        made = self.create_replication(
            self.image_id,
            self.site_id,
            options=options,
            client_token=token,
            image_name='as-i-call-it',
        )
        self.assertEqual('as-i-call-it', made['image_name'])
        self.assertTrue(
            made.response['location'].endswith(
                f'/v1/replications/{made["id"]}'
            )
        )
        (home,) = self.member.sites.list_sites(home=True)['sites']
        shown = self.member.replications.show_replication(made['id'])
        for answer in (made, shown):
            self.assertEqual(options, answer['options'])
            self.assertEqual(token, answer['client_token'])
            self.assertEqual(self.image_id, answer['image_id'])
            self.assertEqual(home['id'], answer['source_site_id'])
            self.assertEqual(home['name'], answer['source_site_name'])
            self.assertEqual([self.site_id], answer['target_site_ids'])
            self.assertEqual(1, answer['copies_summary']['total'])
            self.assertEqual(
                [self.site_id], [c['target_site_id'] for c in answer['copies']]
            )

    @decorators.idempotent_id('6c5debc9-928f-4526-b59f-1d95bdbbd89b')
    def test_same_client_token_gets_the_same_replication(self):
        token = data_utils.rand_name('token')
        first = self.create_replication(
            self.image_id, self.site_id, client_token=token
        )
        again = self.create_replication(
            self.image_id, self.site_id, client_token=token
        )
        self.assertEqual(first['id'], again['id'])
        listed = self.member.replications.list_replications(client_token=token)
        self.assertEqual(1, len(listed['replications']))

    @decorators.idempotent_id('c537f3f1-0866-43fc-9b4f-53e20f260a21')
    def test_filters_leave_out_others(self):
        first = self.create_replication(self.image_id, self.site_id)
        self.create_replication(self.create_image(3)['id'], self.site_id)
        (home,) = self.member.sites.list_sites(home=True)['sites']
        client = self.member.replications
        for query, expected in (
            ({'image_id': self.image_id}, [first['id']]),
            (
                {'image_id': self.image_id, 'target_site_id': self.site_id},
                [first['id']],
            ),
            ({'image_id': self.image_id, 'target_site_id': home['id']}, []),
            ({'image_id': self.image_id, 'state': 'completed'}, []),
            ({'image_id': self.image_id, 'source_site_id': self.site_id}, []),
        ):
            listed = client.list_replications(**query)['replications']
            self.assertEqual(expected, [item['id'] for item in listed], query)

    @decorators.idempotent_id('92837c01-9e3d-4f9d-9df8-8b1af33c2f7f')
    def test_links_lead_through_all_pages(self):
        made = [
            self.create_replication(self.image_id, self.site_id)['id']
            for _number in range(3)
        ]
        client = self.member.replications
        page = client.list_replications(
            image_id=self.image_id,
            sort_key='created_at',
            sort_dir='asc',
            limit=2,
        )
        found = [[item['id'] for item in page['replications']]]
        while page['links']:
            page = client.follow_replications(page['links'][0]['href'])
            found.append([item['id'] for item in page['replications']])
        self.assertEqual([made[:2], made[2:]], found)

    @decorators.idempotent_id('c3be591a-3069-42b8-a757-221bd3dc5ff5')
    def test_only_ended_replication_is_deleted(self):
        made = self.create_replication(self.image_id, self.site_id)
        client = self.member.replications
        self.refused(
            exceptions.Conflict,
            'replication.not_final',
            client.delete_replication,
            made['id'],
        )
        client.cancel_replication(made['id'])
        self.await_state(made['id'], 'cancelled')
        client.delete_replication(made['id'])
        self.refused(
            exceptions.NotFound,
            'replication.not_found',
            client.show_replication,
            made['id'],
        )

    @decorators.idempotent_id('aa170aec-013f-4310-a34c-384662b14bff')
    def test_repeated_cancel_is_no_error(self):
        made = self.create_replication(self.image_id, self.site_id)
        client = self.member.replications
        client.cancel_replication(made['id'])
        self.await_state(made['id'], 'cancelled')
        again = client.cancel_replication(made['id'])
        self.assertEqual('cancelled', again['state'])

    @decorators.attr(type='negative')
    @decorators.idempotent_id('239eaaf0-56e4-406b-a409-1285e0fc66ad')
    def test_site_and_credential_in_use_stay(self):
        self.create_replication(self.image_id, self.site_id)
        self.refused(
            exceptions.Conflict,
            'site.in_use',
            self.member.sites.delete_site,
            self.site_id,
        )
        client = self.member.site_credentials
        (used,) = client.list_credentials(site_id=self.site_id)['credentials']
        self.refused(
            exceptions.Conflict,
            'credential.in_use',
            client.delete_credential,
            used['id'],
        )

    @decorators.idempotent_id('bb0e24ae-2891-4514-87c0-5f4a0901784f')
    def test_copies_are_listed_and_shown(self):
        other = self.create_dead_site()
        made = self.create_replication(self.image_id, self.site_id, other)
        client = self.member.copies
        listed = client.list_copies(made['id'])['copies']
        self.assertEqual(
            {self.site_id, other}, {copy['target_site_id'] for copy in listed}
        )
        (one,) = client.list_copies(made['id'], target_site_id=other)['copies']
        shown = client.show_copy(made['id'], one['id'])
        self.assertEqual(other, shown['target_site_id'])
        first = client.list_copies(made['id'], limit=1)
        self.assertEqual(1, len(first['copies']))
        self.assertEqual(1, len(first['links']))

    @decorators.idempotent_id('2fb17f4e-4417-433b-8e06-b0edb3cfc91b')
    def test_one_copy_is_cancelled_and_retried(self):
        other = self.create_dead_site()
        made = self.create_replication(self.image_id, self.site_id, other)
        one, two = made['copies']
        client = self.member.copies
        client.cancel_copy(made['id'], one['id'])

        def is_cancelled(found):
            return found['copies_summary']['cancelled'] == 1

        found = self.await_replication(made['id'], is_cancelled)
        states = {copy['id']: copy['state'] for copy in found['copies']}
        self.assertEqual('cancelled', states[one['id']])
        self.assertIn(states[two['id']], ('queued', 'copying'))
        retried = client.retry_copy(made['id'], one['id'])
        self.assertIn(retried['state'], ('queued', 'copying'))


class ReplicationNegativeTest(base.BaseTest):
    def setUp(self):
        super().setUp()
        self.site = self.create_site()
        self.body = {
            'image_id': data_utils.rand_uuid(),
            'target_site_ids': [self.site['id']],
        }

    def refuse(self, code, **fields):
        self.refused(
            exceptions.BadRequest,
            code,
            self.member.replications.create_replication,
            **{**self.body, **fields},
        )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('5cf56b85-1721-4d83-8ce4-51b9b9258cc0')
    def test_bad_fields_are_refused(self):
        for fields in (
            {'image_id': 'debian-13'},
            {'image_id': None},
            {'image_name': ''},
            {'target_site_ids': []},
            {'target_site_ids': self.site['id']},
            {'target_site_ids': ['north']},
            {'target_site_ids': [self.site['id']] * 2},
            {'options': {'visibility': 'secret'}},
            {'options': {'on_conflict': 'overwrite'}},
            {'options': {'on_difference': 'overwrite'}},
            {'options': {'preserve_id': 'yes'}},
            {'options': {'properties': {'set': {'a': 1}}}},
            {'options': {'properties': {'unset': []}}},
            {'options': {'unknown': 1}},
            {'client_token': ''},
            {'state': 'completed'},
            {'unknown': 1},
        ):
            self.refuse('request.invalid', **fields)

    @decorators.attr(type='negative')
    @decorators.idempotent_id('6bc166d6-e304-45e4-b541-807c3928e250')
    def test_site_without_credential_is_refused(self):
        self.refuse('replication.no_credential')

    @decorators.attr(type='negative')
    @decorators.idempotent_id('2019b159-f3ae-4afb-880c-845f02eb3f0a')
    def test_unknown_and_disabled_sites_are_refused(self):
        self.refuse(
            'replication.unknown_site',
            target_site_ids=[data_utils.rand_uuid()],
        )
        self.refuse(
            'replication.unknown_site', source_site_id=data_utils.rand_uuid()
        )
        self.member.sites.update_site(self.site['id'], enabled=False)
        self.refuse('replication.site_disabled')

    @decorators.attr(type='negative')
    @decorators.idempotent_id('503fb920-fadc-46c8-8f90-0e2aff83c254')
    def test_source_that_is_a_target_is_refused(self):
        self.refuse(
            'replication.source_is_target', source_site_id=self.site['id']
        )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('a9be4324-ca69-4588-9af1-e3c9d52bad4e')
    def test_unknown_credential_is_refused(self):
        self.create_credential(self.site['id'])
        self.refuse(
            'replication.unknown_credential',
            credential_ids=[data_utils.rand_uuid()],
        )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('32fc01f2-055f-496e-8e26-45e756fc64b3')
    def test_unknown_replication_is_not_found(self):
        client = self.member.replications
        for call in (
            client.show_replication,
            client.cancel_replication,
            client.retry_replication,
            client.delete_replication,
            self.member.copies.list_copies,
        ):
            self.refused(
                exceptions.NotFound,
                'replication.not_found',
                call,
                data_utils.rand_uuid(),
            )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('51b66507-eb33-48e6-9af5-cec93167e632')
    def test_bad_queries_are_refused(self):
        for query in ({'state': 'lost'}, {'image_id': 'x'}, {'limit': -1}):
            self.refused(
                exceptions.BadRequest,
                'request.invalid',
                self.member.replications.list_replications,
                **query,
            )
