# SPDX-License-Identifier: Apache-2.0


import ddt
import requests_mock

from glint import states
from glint.db import credential as db_credential
from glint.db import listing
from glint.db import site as db_site
from glint.secrets import api as secrets
from glint.tests.unit.api import base

NOBODY = '6f1c0e5e-2f0b-4c1e-9d55-0d7c6a3b9e41'

APPLICATION_CREDENTIAL = {
    'application_credential_id': 'ac',
    'application_credential_secret': 'canary-ac',
}
NAMED_APPLICATION_CREDENTIAL = {
    'application_credential_name': 'ac',
    'application_credential_secret': 'canary-ac',
    'username': 'alice',
    'user_domain_id': 'default',
}
OIDC = {
    'client_id': 'c',
    'client_secret': 'canary-oidc',
    'identity_provider': 'idp',
    'protocol': 'openid',
    'discovery_endpoint': 'https://idp.example.org/.well-known',
    'project_id': 'p',
}


class TestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.site_id = self.add_site()['id']
        self.body = {
            'site_id': self.site_id,
            'name': 'key',
            'auth_type': 'v3password',
            'auth': base.PASSWORD,
        }

    def stored(self):
        """Read the rows of the site in the database."""
        return db_credential.choose(
            self.context, self.site_id, 'ours', 'the-member'
        )


@ddt.ddt
class CreateTest(TestCase):
    conductor_runs = True

    def test_checked_credential_is_kept_encrypted(self):
        response = self.call('POST', '/v1/credentials', self.body, status=201)
        credential = response.json
        self.assertEqual(
            f'http://localhost/v1/credentials/{credential["id"]}',
            response.location,
        )
        self.assertEqual(
            {
                'id': credential['id'],
                'site_id': self.site_id,
                'name': 'key',
                'auth_type': 'v3password',
                'shared': False,
                'state': 'ok',
                'checked_at': credential['checked_at'],
                'detail': None,
                'expires_at': None,
                'user_id': 'the-member',
                'project_id': 'ours',
                'created_at': credential['created_at'],
            },
            credential,
        )
        self.assertIsNotNone(credential['checked_at'])
        self.assertEqual(
            ('check_credential', credential['id']), self.conductor.next_call()
        )
        row = self.stored()
        self.assertNotIn('canary', row.secret)
        self.assertEqual(
            base.PASSWORD,
            secrets.decrypt(
                row.id, secrets.Encrypted(row.scheme, row.key_id, row.secret)
            ),
        )

    def test_rejected_credential_returns_400_and_is_not_kept(self):
        for verdict in ('unauthorized', 'unreachable'):
            self.conductor.verdict = verdict
            self.conductor.detail = 'The west says no.'
            detail = self.refused(
                400,
                'credential.rejected',
                'POST',
                '/v1/credentials',
                self.body,
            )
            self.assertIn('The west says no.', detail)
            self.assertIsNone(self.stored())

    def test_unchecked_credential_is_kept_whatever_the_site_says(self):
        self.conductor.verdict = 'unauthorized'
        credential = self.add_credential(self.site_id)
        self.assertEqual('unknown', credential['state'])
        self.assertIsNone(credential['checked_at'])
        self.assertTrue(self.conductor.asked.empty())

    @ddt.data(
        ('v3applicationcredential', APPLICATION_CREDENTIAL),
        ('v3applicationcredential', NAMED_APPLICATION_CREDENTIAL),
        ('v3oidcclientcredentials', OIDC),
        ('v3password', {'user_id': 'u', 'password': 'x', 'project_id': 'p'}),
        (
            'v3password',
            {
                'username': 'u',
                'user_domain_id': 'd',
                'password': 'x',
                'project_name': 'p',
                'project_domain_id': 'd',
            },
        ),
    )
    @ddt.unpack
    def test_good_auth_is_taken(self, auth_type, auth):
        self.add_credential(self.site_id, auth_type=auth_type, auth=auth)

    @ddt.data(
        ('v3password', {}),
        ('v3password', APPLICATION_CREDENTIAL),
        ('v3password', {**base.PASSWORD, 'auth_url': 'https://evil'}),
        ('v3password', {**base.PASSWORD, 'password': ''}),
        ('v3password', {**base.PASSWORD, 'password': 1}),
        ('v3password', {'user_id': 'u', 'password': 'x'}),
        ('v3password', {'user_id': 'u', 'project_id': 'p'}),
        ('v3password', {'username': 'u', 'password': 'x', 'project_id': 'p'}),
        ('v3applicationcredential', {}),
        ('v3applicationcredential', base.PASSWORD),
        ('v3applicationcredential', {'application_credential_id': 'ac'}),
        (
            'v3applicationcredential',
            {
                'application_credential_name': 'ac',
                'application_credential_secret': 'x',
            },
        ),
        (
            'v3oidcclientcredentials',
            {**OIDC, 'discovery_endpoint': 'file:///etc/passwd'},
        ),
        (
            'v3oidcclientcredentials',
            {k: v for k, v in OIDC.items() if k != 'discovery_endpoint'},
        ),
        ('trust', {'trust_id': 't'}),
        ('v3token', {'token': 't'}),
        ('password', base.PASSWORD),
        (None, base.PASSWORD),
    )
    @ddt.unpack
    def test_bad_auth_returns_400(self, auth_type, auth):
        body = {**self.body, 'auth_type': auth_type, 'auth': auth}
        self.refused(400, 'request.invalid', 'POST', '/v1/credentials', body)

    @ddt.data(
        {'site_id': None},
        {'site_id': 'west'},
        {'name': ''},
        {'shared': 'yes'},
        {'check': None},
        {'id': NOBODY},
        {'user_id': 'the-colleague'},
        {'state': 'ok'},
    )
    def test_bad_field_returns_400(self, change):
        body = {**self.body, **change}
        self.refused(400, 'request.invalid', 'POST', '/v1/credentials', body)

    def test_unknown_site_returns_400(self):
        theirs = self.add_site(persona='stranger')['id']
        for site_id in (NOBODY, theirs):
            self.refused(
                400,
                'replication.unknown_site',
                'POST',
                '/v1/credentials',
                {**self.body, 'site_id': site_id},
            )

    def test_disabled_site_returns_400(self):
        path = f'/v1/sites/{self.site_id}'
        self.call('PATCH', path, {'enabled': False})
        self.refused(
            400,
            'replication.site_disabled',
            'POST',
            '/v1/credentials',
            self.body,
        )

    def test_name_in_use_for_the_site_returns_409(self):
        self.call('POST', '/v1/credentials', self.body, status=201)
        self.refused(
            409, 'credential.exists', 'POST', '/v1/credentials', self.body
        )
        self.call(
            'POST', '/v1/credentials', self.body, 'colleague', status=201
        )
        self.call(
            'POST',
            '/v1/credentials',
            {**self.body, 'site_id': db_site.HOME_ID},
            status=201,
        )

    def test_no_keys_return_503(self):
        self.config(group='secrets', key_repository='/nowhere')
        self.refused(
            503, 'secrets.unavailable', 'POST', '/v1/credentials', self.body
        )
        self.assertIsNone(self.stored())


@ddt.ddt
class ViewTest(TestCase):
    """Who sees which credentials: the user's own and the shared ones."""

    def setUp(self):
        super().setUp()
        self.own = self.add_credential(self.site_id, name='own')
        self.private = self.add_credential(
            self.site_id, 'colleague', name='private'
        )
        self.shared = self.add_credential(
            self.site_id, 'colleague', name='shared', shared=True
        )

    def _names(self, query='', persona='member'):
        response = self.call(
            'GET', f'/v1/credentials?{query}', persona=persona
        )
        return [row['name'] for row in response.json['credentials']]

    def test_own_and_shared_are_listed(self):
        self.assertEqual(['shared', 'own'], self._names())
        self.assertEqual(
            ['shared', 'private'], self._names(persona='colleague')
        )
        self.assertEqual([], self._names(persona='stranger'))

    @ddt.data(
        ('name=own', ['own']),
        ('shared=true', ['shared']),
        ('state=unknown&sort_key=name&sort_dir=asc', ['own', 'shared']),
        ('state=ok', []),
        ('auth_type=v3password&user_id=the-colleague', ['shared']),
        ('auth_type=trust', []),
        (f'site_id={NOBODY}', []),
        ('limit=1', ['shared']),
    )
    @ddt.unpack
    def test_filters_and_order(self, query, names):
        self.assertEqual(names, self._names(query))

    @ddt.data('user_id=', 'state=good', 'auth_type=x', 'all_projects=1')
    def test_bad_query_returns_400(self, query):
        self.refused(400, 'request.invalid', 'GET', f'/v1/credentials?{query}')

    def test_shared_one_is_shown_in_the_project(self):
        path = f'/v1/credentials/{self.shared["id"]}'
        self.assertEqual(self.shared, self.call('GET', path).json)
        self.refused(
            404, 'credential.not_found', 'GET', path, persona='stranger'
        )

    def test_private_one_is_404_to_all_but_its_user_and_admin(self):
        path = f'/v1/credentials/{self.private["id"]}'
        for persona in ('member', 'manager', 'reader', 'stranger'):
            for method, sub in (
                ('GET', ''),
                ('DELETE', ''),
                ('POST', '/check'),
            ):
                self.refused(
                    404,
                    'credential.not_found',
                    method,
                    path + sub,
                    persona=persona,
                )
        for persona in ('colleague', 'admin'):
            self.assertEqual(
                self.private, self.call('GET', path, persona=persona).json
            )


NEW = {**base.PASSWORD, 'password': 'canary-new'}


class UpdateTestCase(TestCase):
    def setUp(self):
        super().setUp()
        self.credential = self.add_credential(self.site_id, name='key')
        self.path = f'/v1/credentials/{self.credential["id"]}'

    def auth(self):
        """Read what is stored to authenticate with."""
        row = self.stored()
        return secrets.decrypt(
            row.id, secrets.Encrypted(row.scheme, row.key_id, row.secret)
        )

    def refuse(self):
        """Have the site refuse the credential, more than once."""
        for _number in range(2):
            db_credential.refuse(
                self.context, self.credential['id'], 'No.', counted=True
            )


@ddt.ddt
class UpdateTest(UpdateTestCase):
    conductor_runs = True

    def test_name_and_sharing_are_changed(self):
        changed = self.call(
            'PATCH', self.path, {'name': 'other', 'shared': True}
        ).json
        self.assertEqual(
            self.credential | {'name': 'other', 'shared': True}, changed
        )
        self.call('GET', self.path, persona='colleague')
        self.call('PATCH', self.path, {'shared': False})
        self.call('GET', self.path, persona='colleague', status=404)
        self.assertEqual(base.PASSWORD, self.auth())
        self.assertTrue(self.conductor.asked.empty())

    def test_secret_is_replaced_after_the_site_has_taken_it(self):
        self.refuse()
        seen = []
        self.conductor.on_question = lambda: seen.append(
            (
                self.auth()['password'],
                self.call('GET', '/v1/credentials').json['credentials'],
            )
        )
        self.conductor.detail = 'It expires soon.'
        changed = self.call('PATCH', self.path, {'auth': NEW}).json
        # Meanwhile the old one is there, and nothing else.
        [(password, [listed])] = seen
        self.assertEqual('canary-3f9a', password)
        self.assertEqual(self.credential['id'], listed['id'])
        self.assertEqual(
            ('ok', 'It expires soon.', self.credential['id']),
            (changed['state'], changed['detail'], changed['id']),
        )
        self.assertIsNotNone(changed['checked_at'])
        self.assertEqual(NEW, self.auth())
        row = self.stored()
        self.assertEqual((None, 0), (row.refused_at, row.wrong_logins))
        _call, tried = self.conductor.next_call()
        self.assertNotEqual(self.credential['id'], tried)
        self.refused(
            404, 'credential.not_found', 'GET', f'/v1/credentials/{tried}'
        )

    def test_rejected_secret_changes_nothing(self):
        before = self.call('GET', self.path).json
        self.conductor.verdict = states.CREDENTIAL_UNAUTHORIZED
        self.conductor.detail = 'The west says no.'
        detail = self.refused(
            400,
            'credential.rejected',
            'PATCH',
            self.path,
            {'auth': NEW, 'name': 'other'},
        )
        self.assertIn('The west says no.', detail)
        self.assertEqual(before, self.call('GET', self.path).json)
        self.assertEqual(base.PASSWORD, self.auth())
        rows = db_credential.index(self.context, None, None, listing.Page())
        self.assertEqual([before['id']], [row.id for row in rows])

    def test_unchecked_secret_replaces_what_was_known(self):
        self.refuse()
        self.conductor.verdict = states.CREDENTIAL_UNAUTHORIZED
        changed = self.call(
            'PATCH', self.path, {'auth': NEW, 'check': False}
        ).json
        self.assertEqual(
            ('unknown', 'Not checked at its site yet.', None),
            (changed['state'], changed['detail'], changed['checked_at']),
        )
        self.assertEqual(NEW, self.auth())
        self.assertIsNone(self.stored().refused_at)

    def test_secret_of_another_request_is_not_replaced(self):
        newest = {**NEW, 'password': 'canary-newest'}
        self.conductor.on_question = lambda: self.call(
            'PATCH', self.path, {'auth': newest, 'check': False}
        )
        self.refused(
            409, 'credential.changed', 'PATCH', self.path, {'auth': NEW}
        )
        self.assertEqual(newest, self.auth())

    @ddt.data(
        ({}, 'the body needs name, or shared, or auth.'),
        ({'check': True}, 'the body needs name, or shared, or auth.'),
        ({'name': 'x', 'check': True}, 'the body has check without auth.'),
        ({'name': ''}, 'name is shorter than 1 characters.'),
        ({'shared': None}, 'shared is not of the type boolean.'),
        ({'auth': {}}, 'auth lacks password.'),
        ({'auth': APPLICATION_CREDENTIAL}, 'auth lacks password.'),
        (
            {'auth': {**NEW, 'password': ''}},
            'auth.password is shorter than 1 characters.',
        ),
        ({'auth_type': 'v3password'}, 'has keys that are not known'),
        ({'site_id': NOBODY}, 'has keys that are not known: site_id.'),
    )
    @ddt.unpack
    def test_bad_body_returns_400(self, body, reason):
        detail = self.refused(400, 'request.invalid', 'PATCH', self.path, body)
        self.assertIn(reason, detail)
        self.assertEqual(base.PASSWORD, self.auth())

    def test_name_in_use_for_the_site_returns_409(self):
        self.add_credential(self.site_id, name='taken')
        self.refused(
            409, 'credential.exists', 'PATCH', self.path, {'name': 'taken'}
        )
        self.call('PATCH', self.path, {'name': 'key'})

    def test_one_of_somebody_else_is_theirs_to_change(self):
        self.call('PATCH', self.path, {'shared': True})
        for persona in ('colleague', 'manager', 'admin'):
            self.refused(
                403,
                'request.forbidden',
                'PATCH',
                self.path,
                {'auth': NEW},
                persona=persona,
            )

    def test_trust_is_not_changed(self):
        path = f'/v1/credentials/{self.add_home_credential()}'
        for body in ({'name': 'x'}, {'auth': NEW}):
            self.refused(409, 'credential.trust_fixed', 'PATCH', path, body)

    def test_secret_of_running_copies_is_replaced(self):
        self.add_home_credential()
        self.add_replication(self.site_id)
        self.call('PATCH', self.path, {'auth': NEW})
        self.assertEqual(NEW, self.auth())


class UpdateWithoutConductorTest(UpdateTestCase):
    def test_nothing_is_replaced(self):
        self.config(group='api', conductor_timeout=1)
        self.refused(
            503, 'conductor.unavailable', 'PATCH', self.path, {'auth': NEW}
        )
        self.assertEqual(base.PASSWORD, self.auth())
        self.call('PATCH', self.path, {'auth': NEW, 'check': False})
        self.assertEqual(NEW, self.auth())


class CheckTest(TestCase):
    conductor_runs = True

    def setUp(self):
        super().setUp()
        self.credential = self.add_credential(self.site_id, shared=True)
        self.path = f'/v1/credentials/{self.credential["id"]}/check'

    def test_answer_says_what_was_found(self):
        self.conductor.verdict = states.CREDENTIAL_UNAUTHORIZED
        self.conductor.detail = 'The west says no.'
        credential = self.call('POST', self.path).json
        self.assertEqual('unauthorized', credential['state'])
        self.assertEqual('The west says no.', credential['detail'])
        self.assertIsNotNone(credential['checked_at'])

    def test_member_may_check_a_shared_one(self):
        self.call('POST', self.path, persona='colleague')

    def test_reader_gets_403(self):
        self.refused(
            403, 'request.forbidden', 'POST', self.path, persona='reader'
        )

    def test_unknown_credential_returns_404(self):
        self.refused(
            404,
            'credential.not_found',
            'POST',
            f'/v1/credentials/{NOBODY}/check',
        )


class WithoutConductorTest(TestCase):
    def setUp(self):
        super().setUp()
        self.config(group='api', conductor_timeout=1)

    def test_create_keeps_it_unchecked(self):
        credential = self.call(
            'POST', '/v1/credentials', self.body, status=201
        ).json
        self.assertEqual('unknown', credential['state'])
        self.assertEqual('Not checked at its site yet.', credential['detail'])

    def test_check_returns_503(self):
        credential = self.add_credential(self.site_id)
        self.refused(
            503,
            'conductor.unavailable',
            'POST',
            f'/v1/credentials/{credential["id"]}/check',
        )


class DeleteTest(TestCase):
    def setUp(self):
        super().setUp()
        self.credential = self.add_credential(self.site_id, shared=True)
        self.path = f'/v1/credentials/{self.credential["id"]}'

    def test_credential_is_gone(self):
        self.call('DELETE', self.path, status=204)
        self.refused(404, 'credential.not_found', 'GET', self.path)
        self.refused(404, 'credential.not_found', 'DELETE', self.path)

    def test_shared_one_of_others_is_the_managers_to_delete(self):
        for persona in ('colleague', 'reader'):
            self.refused(
                403, 'request.forbidden', 'DELETE', self.path, persona=persona
            )
        self.call('DELETE', self.path, persona='manager', status=204)

    def test_stranger_gets_404(self):
        for persona in ('stranger', 'stranger-manager'):
            self.refused(
                404,
                'credential.not_found',
                'DELETE',
                self.path,
                persona=persona,
            )

    def test_credential_of_active_copies_returns_409(self):
        home_id = self.add_home_credential()
        self.add_replication(self.site_id)
        for path in (self.path, f'/v1/credentials/{home_id}'):
            self.refused(409, 'credential.in_use', 'DELETE', path)

    def test_trust_is_deleted_at_home_as_well(self):
        path = f'/v1/credentials/{self.add_home_credential()}'
        with requests_mock.Mocker() as keystone:
            gone = keystone.delete(
                'http://keystone.example.org/v3/OS-TRUST/trusts/t1',
                status_code=204,
            )
            self.call('DELETE', path, status=204)
        self.assertEqual(1, gone.call_count)
        self.assertEqual('member', gone.last_request.headers['X-Auth-Token'])

    def test_trust_that_stays_at_home_does_not_matter(self):
        path = f'/v1/credentials/{self.add_home_credential()}'
        with requests_mock.Mocker() as keystone:
            keystone.delete(requests_mock.ANY, status_code=403)
            self.call('DELETE', path, status=204)
        self.refused(404, 'credential.not_found', 'GET', path)
