# SPDX-License-Identifier: Apache-2.0

"""The form of a credential, and the secrets in it."""

import logging

from django.urls import reverse

from glint_dashboard.tests.unit import base
from glint_dashboard.tests.unit import data

_BASE = 'horizon:project:image_replication:clouds'
_INDEX = reverse(f'{_BASE}:index')
_CREATE = reverse(f'{_BASE}:create_credential')
_CREATE_FOR = reverse(f'{_BASE}:create_credential_for', args=[data.WEST_ID])
_SECRET = 'canary-3f1c9'
_FORM = {
    'site_id': data.WEST_ID,
    'name': 'mine',
    'auth_type': 'v3applicationcredential',
    'application_credential_id': 'abc',
    'application_credential_secret': _SECRET,
}


class CredentialTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.answer_sites()
        self.answer('GET', 'credentials', {'credentials': [], 'links': []})

    def test_form_offers_an_application_credential_first(self) -> None:
        response = self.client.get(_CREATE_FOR)
        types = response.context['form'].fields['auth_type'].choices
        self.assertEqual('v3applicationcredential', types[0][0])
        self.assertContains(response, 'application credential create')
        sites = response.context['form'].fields['site_id'].choices
        self.assertEqual([(data.WEST_ID, 'west')], list(sites))

    def test_application_credential_is_added(self) -> None:
        call = self.answer('POST', 'credentials', data.CREDENTIAL, 201)
        response = self.client.post(_CREATE, _FORM)
        self.assertRedirectsNoFollow(response, _INDEX)
        self.assertEqual(
            {
                'site_id': data.WEST_ID,
                'name': 'mine',
                'auth_type': 'v3applicationcredential',
                'auth': {
                    'application_credential_id': 'abc',
                    'application_credential_secret': _SECRET,
                },
                'shared': False,
            },
            call.last_request.json(),
        )

    def test_password_is_added_with_its_fields_only(self) -> None:
        call = self.answer('POST', 'credentials', data.CREDENTIAL, 201)
        auth = {
            'username': 'demo',
            'user_domain_name': 'Default',
            'password': f' {_SECRET} ',
            'project_name': 'demo',
            'project_domain_name': 'Default',
        }
        self.client.post(_CREATE, _FORM | auth | {'auth_type': 'v3password'})
        self.assertEqual(auth, call.last_request.json()['auth'])

    def test_empty_fields_of_the_type_are_refused(self) -> None:
        form = _FORM | {'auth_type': 'v3password'}
        response = self.client.post(_CREATE, form)
        self.assertFormErrors(response, 5)

    def test_unchecked_credential_is_told(self) -> None:
        unknown = data.CREDENTIAL | {'state': 'unknown'}
        self.answer('POST', 'credentials', unknown, 201)
        response = self.client.post(_CREATE, _FORM, follow=True)
        self.assertIn('could not be checked', self.messages(response)[0])

    def test_refusal_is_shown_and_the_secret_is_nowhere(self) -> None:
        sentence = 'Site west refuses the credential.'
        self.refuse('POST', 'credentials', 400, sentence)
        with self.assertLogs(level=logging.DEBUG) as logs:
            logging.getLogger().debug('At least one line.')
            response = self.client.post(_CREATE, _FORM)
        self.assertContains(response, sentence)
        self.assertNotContains(response, _SECRET)
        self.assertNotIn(_SECRET, ' '.join(logs.output))
        self.assertNotIn(_SECRET, str(dict(self.client.session)))

    def test_reader_may_not(self) -> None:
        self.become(base.READER)
        self.assertEqual(403, self.client.get(_CREATE).status_code)
