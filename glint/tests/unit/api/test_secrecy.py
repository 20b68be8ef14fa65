# SPDX-License-Identifier: Apache-2.0

"""What is secret is in nothing that comes out."""

import json

import sqlalchemy as sa

from glint import states
from glint.db import engine
from glint.tests.unit.api import base

CANARY = 'canary-8c41'

AUTHS = {
    'v3password': {**base.PASSWORD, 'password': CANARY},
    'v3applicationcredential': {
        'application_credential_id': 'ac',
        'application_credential_secret': CANARY,
    },
    'v3oidcclientcredentials': {
        'client_id': 'c',
        'client_secret': CANARY,
        'identity_provider': 'idp',
        'protocol': 'openid',
        'access_token_endpoint': 'https://idp.example.org/token',
        'project_id': 'p',
    },
}


class SecrecyTest(base.TestCase):
    conductor_runs = True

    def setUp(self):
        super().setUp()
        self.site_id = self.add_site()['id']
        self.answers = []

    def _send(self, raw, content_type='application/json', token='member'):
        response = self.app.post(
            '/v1/credentials',
            raw,
            headers={'X-Auth-Token': token, 'Content-Type': content_type},
            status='*',
        )
        self.answers.append(f'{response.headers}{response.text}')
        return response.status_int

    def _bodies(self):
        for auth_type, auth in AUTHS.items():
            yield {
                'site_id': self.site_id,
                'name': auth_type,
                'auth_type': auth_type,
                'auth': auth,
            }

    def test_secret_is_in_no_answer_and_no_log(self):
        for body in self._bodies():
            good = json.dumps(body).encode()
            self.assertEqual(201, self._send(good))
            # The same name again, bad JSON, another type, unknown keys, the
            # secret in the wrong place, no token, no right.
            self.assertEqual(409, self._send(good))
            self.assertEqual(400, self._send(good[:-3]))
            self.assertEqual(400, self._send(good + good))
            self.assertEqual(415, self._send(good, 'text/plain'))
            for change in (
                {'auth': {**body['auth'], 'more': CANARY}},
                {'auth': CANARY},
                {'auth': [CANARY]},
                {'auth_type': CANARY},
                {'site_id': CANARY},
                {'shared': CANARY},
                {'name': [CANARY]},
            ):
                bad = json.dumps({**body, **change}).encode()
                self.assertEqual(400, self._send(bad))
            self.assertEqual(401, self._send(good, token='wrong'))
            self.assertEqual(403, self._send(good, token='reader'))
        self._assert_nowhere()

    def test_secret_that_replaces_another_is_nowhere(self):
        made = self.add_credential(self.site_id)
        path = f'/v1/credentials/{made["id"]}'
        for verdict, status in (('ok', 200), ('unauthorized', 400)):
            self.conductor.verdict = verdict
            for auth in (AUTHS['v3password'], {'password': CANARY}):
                body = {'auth': auth, 'name': 'x'}
                response = self.call('PATCH', path, body, status='*')
                wanted = status if 'username' in auth else 400
                self.assertEqual(wanted, response.status_int)
                self.answers.append(response.text)
        self._assert_nowhere()

    def test_secret_of_a_rejected_credential_is_nowhere(self):
        self.conductor.verdict = states.CREDENTIAL_UNAUTHORIZED
        self.conductor.detail = 'The password is wrong.'
        for body in self._bodies():
            self.assertEqual(400, self._send(json.dumps(body).encode()))
        self._assert_nowhere()

    def _assert_nowhere(self):
        listing = self.call('GET', '/v1/credentials').text
        for text in (*self.answers, listing, self.logs.output, self._rows()):
            self.assertNotIn(CANARY, text)
        while not self.conductor.asked.empty():
            self.assertNotIn(CANARY, str(self.conductor.asked.get()))

    def _rows(self):
        with engine.reader(self.context) as session:
            query = sa.text('SELECT * FROM credentials')
            return str(session.execute(query).all())
