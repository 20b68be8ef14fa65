# SPDX-License-Identifier: Apache-2.0

"""What the tests of the API share: the whole application, and its callers.

The token middleware is the real one, with tokens that the tests know; the
messages go over a bus within the process to a conductor that notes them.
"""

import datetime
from typing import Any
import uuid

from keystonemiddleware import fixture as token_fixture
import webtest

from glint import context as glint_context
from glint import policy
from glint.api import app
from glint.api import validation
from glint.db import credential as db_credential
from glint.db import site as db_site
from glint.secrets import api as secrets
from glint.tests import base
from glint.tests import fixtures as glint_fixtures
from glint.tests.unit.api import conductor

#: Everybody who calls in the tests: user, project, roles. Each has a token
#: that is the name.
PERSONAS = {
    'admin': ('the-admin', 'operators', ['admin', 'member', 'reader']),
    'manager': ('the-manager', 'ours', ['manager', 'member', 'reader']),
    'member': ('the-member', 'ours', ['member', 'reader']),
    'colleague': ('the-colleague', 'ours', ['member', 'reader']),
    'reader': ('the-reader', 'ours', ['reader']),
    'service': ('the-service', 'ours', ['service']),
    'roleless': ('the-roleless', 'ours', ['swimmer']),
    'stranger': ('the-stranger', 'theirs', ['member', 'reader']),
    'stranger-manager': ('the-boss', 'theirs', ['manager', 'member']),
}

IMAGE_ID = '6a6b8b90-6b1e-4a7e-9a3f-2f0d6a3d7f11'

PASSWORD = {
    'username': 'alice',
    'user_domain_name': 'Default',
    'password': 'canary-3f9a',
    'project_name': 'demo',
    'project_domain_name': 'Default',
}


class TestCase(base.TestCase):
    """A test with the application at hand."""

    #: Whether the messages to a conductor are answered. Where they need
    #: not be, the test is quicker without.
    conductor_runs = False

    def setUp(self) -> None:
        super().setUp()
        self.useFixture(glint_fixtures.KeyRepository())
        self.useFixture(glint_fixtures.Database())
        bus = self.useFixture(glint_fixtures.RPC())
        self.conductor = conductor.RecordingConductor()
        if self.conductor_runs:
            bus.serve(self.conductor)
        policy.reset()
        self.addCleanup(policy.reset)
        validation.check_responses = True
        self.context = glint_context.for_service()
        self.config(
            group='keystone_authtoken',
            www_authenticate_uri='http://keystone.example.org/v3',
        )
        db_site.ensure_home(
            self.context,
            name='home',
            auth_url='http://keystone.example.org/v3',
            interface='public',
        )
        self._tokens()
        self.app = webtest.TestApp(app.make_app())

    def _tokens(self) -> None:
        tokens = self.useFixture(token_fixture.AuthTokenFixture())
        later = datetime.datetime.now(datetime.UTC) + datetime.timedelta(
            hours=1
        )
        for name, (user, project, roles) in PERSONAS.items():
            tokens.add_token_data(
                token_id=name,
                expires=later,
                user_id=user,
                user_name=user,
                user_domain_id='default',
                user_domain_name='Default',
                project_id=project,
                project_name=project,
                project_domain_id='default',
                project_domain_name='Default',
                role_list=roles,
            )
        self.tokens = tokens

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        persona: str | None = 'member',
        status: int | str = 200,
        headers: dict[str, str] | None = None,
    ) -> webtest.TestResponse:
        """Call the API.

        :param body: sent as JSON unless it is None.
        :param persona: who calls; None is somebody without a token.
        :param status: what the answer must have.
        """
        headers = dict(headers or {})
        if persona is not None:
            headers['X-Auth-Token'] = persona
        name = f'{method.lower()}_json' if body is not None else None
        if name is not None:
            return getattr(self.app, name)(
                path, body, headers=headers, status=status
            )
        return self.app.request(
            path, method=method, headers=headers, status=status
        )

    def refused(
        self,
        status: int,
        code: str,
        method: str,
        path: str,
        body: Any = None,
        **options: Any,
    ) -> str:
        """Make a call that must fail, with a body as it must be.

        :returns: the detail of the error.
        """
        response = self.call(method, path, body, status=status, **options)
        return self.assertError(response, status, code)

    def assertError(
        self, response: webtest.TestResponse, status: int, code: str
    ) -> str:
        self.assertEqual('application/json', response.content_type)
        (error,) = response.json['errors']
        self.assertEqual(f'image-replication.{code}', error['code'])
        self.assertEqual(status, response.status_int)
        self.assertEqual(status, error['status'])
        self.assertEqual([], error['links'])
        self.assertTrue(error['title'])
        self.assertEqual(
            response.headers['X-Openstack-Request-Id'], error['request_id']
        )
        self.assertNotIn('Traceback', response.text)
        return str(error['detail'])

    def add_site(
        self, name: str = 'west', persona: str = 'member', **values: Any
    ) -> dict[str, Any]:
        """Add a site by the API."""
        body = {'auth_url': 'https://west.example.org:5000/v3', **values}
        response = self.call(
            'POST', '/v1/sites', {'name': name, **body}, persona, 201
        )
        return dict(response.json)

    def add_credential(
        self, site_id: str, persona: str = 'member', **values: Any
    ) -> dict[str, Any]:
        """Register a credential by the API, unchecked."""
        body = {
            'site_id': site_id,
            'name': f'key-{uuid.uuid4().hex[:8]}',
            'auth_type': 'v3password',
            'auth': PASSWORD,
            'check': False,
            **values,
        }
        response = self.call('POST', '/v1/credentials', body, persona, 201)
        return dict(response.json)

    def add_home_credential(
        self, persona: str = 'member', shared: bool = False
    ) -> str:
        """Store the trust of a user, as the first replication would."""
        user_id, project_id, _roles = PERSONAS[persona]
        credential_id = db_credential.new_id()
        encrypted = secrets.encrypt(
            self.context, credential_id, {'trust_id': 't1'}
        )
        db_credential.create(
            self.context,
            id=credential_id,
            project_id=project_id,
            user_id=user_id,
            site_id=db_site.HOME_ID,
            name='trust',
            auth_type='trust',
            shared=shared,
            state='ok',
            scheme=encrypted.scheme,
            key_id=encrypted.key_id,
            secret=encrypted.secret,
        )
        return credential_id

    def add_replication(
        self,
        *target_site_ids: str,
        persona: str = 'member',
        **values: Any,
    ) -> dict[str, Any]:
        """Replicate by the API, from home."""
        body = {
            'image_id': IMAGE_ID,
            'target_site_ids': list(target_site_ids),
            **values,
        }
        response = self.call('POST', '/v1/replications', body, persona, 202)
        return dict(response.json)
