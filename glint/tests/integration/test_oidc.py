# SPDX-License-Identifier: Apache-2.0

"""Copies for those who log in at the target by OpenID Connect."""

from typing import Any

from glint.tests.functional import faulty
from glint.tests.integration import oidc

AUTH_TYPE = 'v3oidcclientcredentials'


class OidcTest(faulty.TestCase):
    """A program with a client id of a provider, at a federated Keystone."""

    DEFAULT_TIMEOUT = 300

    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.lab.clouds[1]
        self.federation = self.useFixture(
            oidc.Federation(self.lab, self.cloud)
        )
        self.site_id = self.call(
            'POST',
            '/v1/sites',
            201,
            name='federated',
            auth_url=self.federation.auth_url,
            # Of the provider, which is asked in the name of the site.
            ca_cert=self.federation.ca_cert,
            region_name=self.cloud.region_name,
        ).json['id']

    def register(self, name: str, status: int, **fields: str) -> Any:
        return self.call(
            'POST',
            '/v1/credentials',
            status,
            site_id=self.site_id,
            name=name,
            auth_type=AUTH_TYPE,
            auth={**self.federation.auth, **fields},
        )

    def test_image_arrives_until_the_provider_is_distrusted(self) -> None:
        found = self.federation
        for name, fields in (
            ('token', {'access_token_endpoint': found.token_endpoint}),
            ('discovery', {'discovery_endpoint': found.discovery_endpoint}),
        ):
            answer = self.register(name, 201, **fields)
            self.assertEqual('ok', answer.json['state'])
            self.assertNotIn(found.auth['client_secret'], answer.text)
        image = self.make_random_image(100_000)
        replication = self.end_of(self.start(image.id, self.site_id)['id'])
        self.assert_completed(replication, attempts=1)
        self.assert_copied(image, self.cloud)

        endpoint = {'access_token_endpoint': found.token_endpoint}
        answer = self.register('wrong', 400, client_secret='no', **endpoint)
        self.assertIn('HTTP 401', answer.json['errors'][0]['detail'])
        self.config(group='network', deny=['127.0.0.3/32'])
        endpoint = {
            'access_token_endpoint': found.token_endpoint.replace(
                '127.0.0.1', '127.0.0.3'
            )
        }
        answer = self.register('denied', 400, **endpoint)
        self.assertIn('must not contact', answer.text)

        found.distrust()
        path = f'/v1/credentials/{self._id("token")}/check'
        checked = self.call('POST', path, 200).json
        self.assertEqual('unauthorized', checked['state'])

    def _id(self, name: str) -> str:
        listed = self.call('GET', f'/v1/credentials?name={name}', 200).json
        credential_id: str = listed['credentials'][0]['id']
        return credential_id
