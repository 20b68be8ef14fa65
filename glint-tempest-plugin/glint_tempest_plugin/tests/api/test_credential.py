# SPDX-License-Identifier: Apache-2.0

"""Credentials: registered, tried, shown, listed, changed, deleted."""

import functools

from tempest.lib import decorators
from tempest.lib import exceptions
from tempest.lib.common.utils import data_utils

from glint_tempest_plugin.tests import base


class CredentialTest(base.BaseTest):
    """Credentials that are not tried."""

    def setUp(self):
        super().setUp()
        self.site = self.create_site()

    @decorators.attr(type='smoke')
    @decorators.idempotent_id('d3cd1ac6-c976-49e1-ae89-1da719c836f4')
    def test_registered_credential_is_shown_without_secret(self):
        made = self.create_credential(self.site['id'], shared=True)
        self.assertTrue(
            made.response['location'].endswith(f'/v1/credentials/{made["id"]}')
        )
        self.assertEqual(
            ('unknown', None, True, self.site['id']),
            (
                made['state'],
                made['checked_at'],
                made['shared'],
                made['site_id'],
            ),
        )
        self.assertEqual(self.member.credentials.user_id, made['user_id'])
        client = self.member.site_credentials
        shown = client.show_credential(made['id'])
        self.assertEqual(dict(made), dict(shown))

    @decorators.idempotent_id('127e086f-7ca3-4f40-9bba-194f3b137a0e')
    def test_filters_leave_out_others(self):
        other = self.create_site()
        first = self.create_credential(self.site['id'])
        second = self.create_credential(self.site['id'], shared=True)
        third = self.create_credential(other['id'])
        for query, expected in (
            ({'site_id': self.site['id']}, {first['id'], second['id']}),
            ({'name': third['name']}, {third['id']}),
            ({'site_id': self.site['id'], 'shared': True}, {second['id']}),
            ({'state': 'ok'}, set()),
            ({'auth_type': 'v3password'}, set()),
        ):
            listed = self.member.site_credentials.list_credentials(**query)
            ids = {item['id'] for item in listed['credentials']}
            self.assertEqual(expected, ids, query)

    @decorators.idempotent_id('f30aa099-5d2e-420f-9ba0-c377fc294f1e')
    def test_order_and_pages_are_as_asked_for(self):
        names = ['a', 'b', 'c']
        for name in names:
            self.create_credential(self.site['id'], name=name)
        query = {'site_id': self.site['id'], 'sort_key': 'name'}
        client = self.member.site_credentials
        listed = client.list_credentials(**query, sort_dir='desc', limit=2)[
            'credentials'
        ]
        self.assertEqual(['c', 'b'], [item['name'] for item in listed])
        listed = client.list_credentials(
            **query, sort_dir='desc', marker=listed[-1]['id']
        )['credentials']
        self.assertEqual(['a'], [item['name'] for item in listed])

    @decorators.idempotent_id('5cc7ab5f-a534-4ee7-a51e-02904f1bcc07')
    def test_changed_credential_has_another_name_and_is_shared(self):
        made = self.create_credential(self.site['id'])
        name = data_utils.rand_name('credential')
        client = self.member.site_credentials
        changed = client.update_credential(made['id'], name=name, shared=True)
        self.assertEqual({**made, 'name': name, 'shared': True}, dict(changed))
        shown = client.show_credential(made['id'])
        self.assertEqual(dict(changed), dict(shown))

    @decorators.idempotent_id('111f27ce-0d9a-4752-8d99-b7c331a7836c')
    def test_deleted_credential_is_gone(self):
        made = self.create_credential(self.site['id'])
        client = self.member.site_credentials
        client.delete_credential(made['id'])
        self.assertRaises(
            exceptions.NotFound, client.show_credential, made['id']
        )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('5d0f1b62-7c1e-4a55-9b0e-3a8c52f6d917')
    def test_site_with_credentials_stays_unless_they_are_to_go(self):
        made = self.create_credential(self.site['id'])
        self.refused(
            exceptions.Conflict,
            'site.not_empty',
            self.member.sites.delete_site,
            self.site['id'],
            cascade=False,
        )
        self.member.site_credentials.show_credential(made['id'])

    @decorators.idempotent_id('ca4d57f8-7d54-459e-aab8-70df22b6ce93')
    def test_credentials_go_with_their_site(self):
        made = self.create_credential(self.site['id'])
        self.member.sites.delete_site(self.site['id'])
        self.assertRaises(
            exceptions.NotFound,
            self.member.site_credentials.show_credential,
            made['id'],
        )


class CredentialCheckTest(base.CloudTest):
    """Credentials that are tried at a real cloud."""

    def setUp(self):
        super().setUp()
        self.site = self.create_site(**self.cloud.site())

    @decorators.attr(type='smoke')
    @decorators.idempotent_id('d859c2df-6290-4037-92b7-b8c7e9c62ddd')
    def test_application_credential_is_accepted(self):
        key = self.create_key(self.cloud)
        made = self.create_credential(self.site['id'], **key)
        self.assertEqual('ok', made['state'], made['detail'])
        self.assertIsNotNone(made['checked_at'])
        site = self.member.sites.show_site(self.site['id'])
        self.assertEqual('ok', site['health']['state'])

    @decorators.idempotent_id('0a730a56-aea5-4f86-a84a-f3a096b39338')
    def test_password_is_accepted(self):
        made = self.create_credential(self.site['id'], **self.cloud.password())
        self.assertEqual('ok', made['state'], made['detail'])

    @decorators.attr(type='negative')
    @decorators.idempotent_id('27640d1a-3406-47cb-9adf-ee3824ab60ae')
    def test_wrong_secret_is_refused_with_what_the_site_said(self):
        key = self.create_key(self.cloud)
        key['auth']['application_credential_secret'] = 'wrong'
        detail = self.refused(
            exceptions.BadRequest,
            'credential.rejected',
            self.create_credential,
            self.site['id'],
            **key,
        )
        self.assertIn('401', detail)
        listed = self.member.site_credentials.list_credentials(
            site_id=self.site['id']
        )
        self.assertEqual([], listed['credentials'])

    @decorators.idempotent_id('0c62e5dd-a575-4ba2-8646-644197987cfb')
    def test_revoked_credential_is_found_out(self):
        key = self.create_key(self.cloud)
        made = self.create_credential(self.site['id'], **key)
        self.cloud.delete_key(key['auth']['application_credential_id'])
        client = self.member.site_credentials
        checked = client.check_credential(made['id'])
        self.assertEqual('unauthorized', checked['state'])
        self.assertTrue(checked['detail'])
        listed = client.list_credentials(state='unauthorized')
        self.assertEqual(
            [made['id']], [item['id'] for item in listed['credentials']]
        )

    @decorators.idempotent_id('8cd84416-e063-44d3-8053-c95b0ab64f35')
    def test_secret_is_replaced_when_its_site_takes_the_new_one(self):
        old = self.create_key(self.cloud)
        made = self.create_credential(self.site['id'], **old)
        new = self.create_key(self.cloud)['auth']
        wrong = {**new, 'application_credential_secret': 'wrong'}
        client = self.member.site_credentials
        detail = self.refused(
            exceptions.BadRequest,
            'credential.rejected',
            client.update_credential,
            made['id'],
            auth=wrong,
        )
        self.assertIn('401', detail)
        self.assertEqual('ok', client.check_credential(made['id'])['state'])
        changed = client.update_credential(made['id'], auth=new)
        self.assertEqual((made['id'], 'ok'), (changed['id'], changed['state']))
        self.cloud.delete_key(old['auth']['application_credential_id'])
        self.assertEqual('ok', client.check_credential(made['id'])['state'])

    @decorators.idempotent_id('a3251fde-f614-4b9f-87fd-4e763326257b')
    def test_credential_of_unreachable_site_is_kept_when_asked_for(self):
        site_id = self.create_dead_site()
        fields = self.cloud.password()
        self.refused(
            exceptions.BadRequest,
            'credential.rejected',
            self.create_credential,
            site_id,
            **fields,
        )
        made = self.create_credential(site_id, **fields, check=False)
        self.assertEqual('unknown', made['state'])
        checked = self.member.site_credentials.check_credential(made['id'])
        self.assertEqual('unreachable', checked['state'])
        self.assertTrue(checked['detail'])


class CredentialNegativeTest(base.BaseTest):
    def setUp(self):
        super().setUp()
        self.site = self.create_site()

    @decorators.attr(type='negative')
    @decorators.idempotent_id('2a88a933-3368-47f7-a58e-49b40eec1034')
    def test_bad_fields_are_refused(self):
        key = {'application_credential_id': 'i'}
        user = {'username': 'u', 'user_domain_name': 'd', 'password': 'p'}
        for fields in (
            {'name': ''},
            {'auth_type': 'v3token'},
            {'auth_type': 'trust', 'auth': {}},
            {'auth': key},
            {'auth': {'application_credential_secret': 's'}},
            {'auth': {**key, 'application_credential_secret': ''}},
            {'auth': {**key, 'application_credential_secret': 's', 'x': 1}},
            {'auth_type': 'v3password', 'auth': user},
            {'auth_type': 'v3password', 'auth': {'password': 'p'}},
            {'auth': 'secret'},
            {'shared': 'yes'},
            {'check': 'no'},
            {'state': 'ok'},
            {'unknown': 1},
        ):
            self.refused(
                exceptions.BadRequest,
                'request.invalid',
                self.create_credential,
                self.site['id'],
                **{'check': False, **fields},
            )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('b3681c8b-7334-4ff5-9f2d-ba5d0cc8a42d')
    def test_refusal_does_not_repeat_the_secret(self):
        detail = self.refused(
            exceptions.BadRequest,
            'request.invalid',
            self.create_credential,
            self.site['id'],
            auth={'application_credential_secret': ['canary-7c1d']},
        )
        self.assertNotIn('canary', detail)

    @decorators.attr(type='negative')
    @decorators.idempotent_id('d3d8b822-c483-43bf-9d4a-dd37913872d9')
    def test_unknown_site_is_refused(self):
        self.assertRaises(
            exceptions.BadRequest,
            self.create_credential,
            data_utils.rand_uuid(),
        )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('a5ef62d0-dde0-4f23-9bc0-88ade8a36535')
    def test_name_that_is_taken_is_refused(self):
        made = self.create_credential(self.site['id'])
        self.refused(
            exceptions.Conflict,
            'credential.exists',
            self.create_credential,
            self.site['id'],
            name=made['name'],
        )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('589d4450-e44e-48e6-b55d-f5ba12268a2e')
    def test_unknown_credential_is_not_found(self):
        client = self.member.site_credentials
        for call in (
            client.show_credential,
            client.check_credential,
            client.delete_credential,
            functools.partial(client.update_credential, name='x'),
        ):
            self.refused(
                exceptions.NotFound,
                'credential.not_found',
                call,
                data_utils.rand_uuid(),
            )

    @decorators.attr(type='negative')
    @decorators.idempotent_id('01ed0c62-735c-40cd-b1ec-4489f451c41b')
    def test_bad_changes_are_refused(self):
        made = self.create_credential(self.site['id'])
        for fields in (
            {},
            {'check': False},
            {'name': 'x', 'check': False},
            {'name': ''},
            {'shared': 'yes'},
            {'auth': {'application_credential_id': 'i'}, 'check': False},
            {'auth_type': 'v3password'},
            {'site_id': self.site['id']},
        ):
            self.refused(
                exceptions.BadRequest,
                'request.invalid',
                self.member.site_credentials.update_credential,
                made['id'],
                **fields,
            )
