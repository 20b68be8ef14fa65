# SPDX-License-Identifier: Apache-2.0

import json

from keystoneauth1 import fixture as ksa_fixture
from keystoneauth1 import loading
import requests
from requests_mock.contrib import fixture as mock_fixture

from glint import context as glint_context
from glint import exception
from glint.db import credential as db_credential
from glint.db import listing
from glint.db import replication as db_replication
from glint.db import site as db_site
from glint.order import home
from glint.secrets import api as secrets
from glint.tests import base
from glint.tests import fixtures as glint_fixtures

URL = 'http://keystone.example.org/v3'
TRUSTS = f'{URL}/OS-TRUST/trusts'


class TestCase(base.TestCase):
    """A home Keystone that answers over HTTP, and a user's request."""

    def setUp(self):
        super().setUp()
        self.useFixture(glint_fixtures.KeyRepository())
        self.useFixture(glint_fixtures.Database())
        self.config(group='keystone_authtoken', www_authenticate_uri=URL)
        # Registered by the fixture, so that they are gone afterwards.
        for option in loading.get_auth_plugin_conf_options('v3password'):
            self._config_fixture.register_opt(option, group='service_user')
        self.config(
            group='service_user',
            auth_type='v3password',
            auth_url=URL,
            username='glint',
            password='canary-service',
            user_domain_name='Default',
            project_name='service',
            project_domain_name='Default',
        )
        self.context = glint_context.RequestContext(
            user_id='alice',
            project_id='demo',
            roles=['member', 'reader'],
            auth_token='canary-token',
            overwrite=False,
        )
        db_site.ensure_home(
            self.context, name='home', auth_url=URL, interface='public'
        )
        self.keystone = self.useFixture(mock_fixture.Fixture())
        token = ksa_fixture.V3Token(user_id='glint-id')
        token.set_project_scope()
        self.login = self.keystone.post(
            f'{URL}/auth/tokens', json=token, headers={'X-Subject-Token': 's'}
        )
        self.trusts = self.keystone.post(
            TRUSTS, status_code=201, json={'trust': {'id': 'trust-1'}}
        )

    def credentials(self):
        return db_credential.index(
            self.context, 'demo', 'alice', listing.Page()
        )


class CredentialForHomeTest(TestCase):
    def test_trust_delegates_the_roles_to_the_service_user(self):
        credential = home.credential_for_home(self.context)
        request = self.trusts.last_request
        self.assertEqual('canary-token', request.headers['X-Auth-Token'])
        self.assertEqual(
            {
                'trust': {
                    'trustor_user_id': 'alice',
                    'trustee_user_id': 'glint-id',
                    'project_id': 'demo',
                    'impersonation': True,
                    'allow_redelegation': False,
                    'roles': [{'name': 'member'}, {'name': 'reader'}],
                }
            },
            json.loads(request.body),
        )
        self.assertEqual('trust', credential.auth_type)
        self.assertEqual('trust', credential.name)
        self.assertEqual('ok', credential.state)
        self.assertFalse(credential.shared)
        self.assertEqual(('alice', 'demo'), _owner(credential))
        self.assertEqual('trust-1', home.trust_id_of(credential))
        self.assertNotIn('trust-1', credential.secret)

    def test_second_use_takes_the_first_trust(self):
        first = home.credential_for_home(self.context)
        second = home.credential_for_home(self.context)
        self.assertEqual(first.id, second.id)
        self.assertEqual(1, self.trusts.call_count)

    def test_refused_trust_is_renewed_in_its_place(self):
        first = home.credential_for_home(self.context)
        db_credential.refuse(self.context, first.id, 'No such trust.', False)
        self.keystone.post(
            TRUSTS, status_code=201, json={'trust': {'id': 'trust-2'}}
        )
        second = home.credential_for_home(self.context)
        self.assertEqual(first.id, second.id)
        (credential,) = self.credentials()
        self.assertEqual('ok', credential.state)
        self.assertEqual('trust-2', home.trust_id_of(credential))

    def test_registered_credential_is_used_instead(self):
        credential_id = self._register()
        found = home.credential_for_home(self.context)
        self.assertEqual(credential_id, found.id)
        self.assertEqual(0, self.trusts.call_count)

    def test_race_leaves_one_credential_and_one_trust(self):
        gone = self.keystone.delete(f'{TRUSTS}/trust-2', status_code=204)

        def be_late(_request, _context):
            self._register(name='trust')
            return {'trust': {'id': 'trust-2'}}

        self.keystone.post(TRUSTS, status_code=201, json=be_late)
        found = home.credential_for_home(self.context)
        (credential,) = self.credentials()
        self.assertEqual(credential.id, found.id)
        self.assertEqual(1, gone.call_count)

    def test_missing_keys_leave_no_trust(self):
        self.config(group='secrets', key_repository='/nowhere')
        gone = self.keystone.delete(f'{TRUSTS}/trust-1', status_code=204)
        self.assertRaises(
            exception.SecretsUnavailable,
            home.credential_for_home,
            self.context,
        )
        self.assertEqual(1, gone.call_count)

    def test_borrowed_trust_is_given_back(self):
        gone = self.keystone.delete(f'{TRUSTS}/trust-1', status_code=204)
        with home.borrowed(self.context):
            home.credential_for_home(self.context)
            self.assertEqual(1, len(self.credentials()))
        self.assertEqual([], self.credentials())
        self.assertEqual(1, gone.call_count)

    def test_borrowed_trust_is_given_back_after_an_error(self):
        gone = self.keystone.delete(f'{TRUSTS}/trust-1', status_code=204)

        def fail():
            with home.borrowed(self.context):
                home.credential_for_home(self.context)
                raise exception.ConductorUnavailable()

        self.assertRaises(exception.ConductorUnavailable, fail)
        self.assertEqual(1, gone.call_count)

    def test_what_was_there_before_is_not_given_back(self):
        home.credential_for_home(self.context)
        with home.borrowed(self.context):
            home.credential_for_home(self.context)
        self.assertEqual(1, len(self.credentials()))

    def test_borrowed_trust_that_is_used_meanwhile_stays(self):
        with home.borrowed(self.context):
            found = home.credential_for_home(self.context)
            db_replication.create(
                self.context,
                {db_site.HOME_ID: found.id},
                project_id='demo',
                user_id='alice',
                image_id='i',
                source_site_id=db_site.HOME_ID,
                source_credential_id=found.id,
                options={},
            )
        self.assertEqual(1, len(self.credentials()))

    def _register(self, name='key'):
        credential_id = db_credential.new_id()
        encrypted = secrets.encrypt(
            self.context, credential_id, {'trust_id': 'trust-1'}
        )
        db_credential.create(
            self.context,
            id=credential_id,
            site_id=db_site.HOME_ID,
            project_id='demo',
            user_id='alice',
            name=name,
            auth_type='trust',
            scheme=encrypted.scheme,
            key_id=encrypted.key_id,
            secret=encrypted.secret,
        )
        return credential_id


class RefusalTest(TestCase):
    def _refuse(self, error, **answer):
        self.keystone.post(TRUSTS, **answer)
        raised = self.assertRaises(
            error, home.credential_for_home, self.context
        )
        self.assertEqual([], self.credentials())
        self.assertNotIn('canary', str(raised))
        self.assertNotIn('canary', self.logs.output)
        return str(raised)

    def test_restricted_application_credential_is_refused(self):
        words = self._refuse(
            exception.TrustRefused,
            status_code=403,
            headers={'Content-Type': 'application/json'},
            json={
                'error': {
                    'code': 403,
                    'title': 'Forbidden',
                    'message': 'Delegated tokens cannot manage trusts.',
                }
            },
        )
        self.assertIn('Delegated tokens cannot manage trusts.', words)
        self.assertIn('Register a credential for the home site', words)

    def test_bad_request_is_refused(self):
        self._refuse(exception.TrustRefused, status_code=400)

    def test_expired_token_is_unauthorized(self):
        self._refuse(exception.Unauthorized, status_code=401)

    def test_broken_keystone_is_unavailable(self):
        self._refuse(exception.HomeUnavailable, status_code=503)

    def test_unreachable_keystone_is_unavailable(self):
        self._refuse(
            exception.HomeUnavailable,
            exc=requests.exceptions.ConnectionError,
        )

    def test_nonsense_is_unavailable(self):
        for answer in ({'text': 'hello'}, {'json': {}}, {'json': []}):
            self._refuse(exception.HomeUnavailable, **answer)

    def test_wrong_password_of_glint_is_unavailable(self):
        self.keystone.post(f'{URL}/auth/tokens', status_code=401)
        self._refuse(exception.HomeUnavailable, status_code=201)
        self.assertIn('cannot log in as its service user', self.logs.output)

    def test_missing_service_user_is_unavailable(self):
        self.config(group='service_user', auth_type=None)
        self._refuse(exception.HomeUnavailable, status_code=201)


class DeleteTrustTest(TestCase):
    def test_failure_is_logged_only(self):
        self.keystone.delete(f'{TRUSTS}/t', status_code=404)
        home.delete_trust(self.context, 't')
        self.assertIn('Trust t could not be deleted', self.logs.output)


def _owner(credential):
    return credential.user_id, credential.project_id
