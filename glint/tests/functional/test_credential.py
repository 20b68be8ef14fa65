# SPDX-License-Identifier: Apache-2.0

"""Ways to authenticate at real Keystones."""

import time
from typing import Any

from glint import context
from glint.db import credential as db_credential
from glint.db.queue import health
from glint.order import home
from glint.tests import noise
from glint.tests.functional import base
from glint.tests.integration import lab as labs


class CredentialTest(base.TestCase):
    def test_application_credential_is_checked_and_its_end_shown(self) -> None:
        cloud = self.lab.clouds[1]
        site = self.call(
            'POST',
            '/v1/sites',
            201,
            name='w',
            auth_url=cloud.auth_url,
            region_name=cloud.region_name,
        ).json
        key = self.application_credential(
            cloud, expires_at='2099-01-02T03:04:05'
        )
        made = self.call(
            'POST',
            '/v1/credentials',
            201,
            site_id=site['id'],
            name='key',
            auth_type='v3applicationcredential',
            auth={
                'application_credential_id': key['id'],
                'application_credential_secret': key['secret'],
            },
        )
        self.assertEqual('ok', made.json['state'])
        self.assertTrue(made.json['expires_at'].startswith('2099-01-02T03'))
        self.assertNotIn(key['secret'], made.text)
        health = self.call('GET', f'/v1/sites/{site["id"]}', 200).json[
            'health'
        ]
        self.assertEqual('ok', health['state'])

    def test_wrong_secret_is_refused_with_the_reason(self) -> None:
        cloud = self.lab.clouds[1]
        site = self.call(
            'POST',
            '/v1/sites',
            201,
            name='w',
            auth_url=cloud.auth_url,
            region_name=cloud.region_name,
        ).json
        key = self.application_credential(cloud)
        answer = self.call(
            'POST',
            '/v1/credentials',
            400,
            site_id=site['id'],
            name='key',
            auth_type='v3applicationcredential',
            auth={
                'application_credential_id': key['id'],
                'application_credential_secret': 'canary',
            },
        )
        self.assertIn('HTTP 401', answer.json['errors'][0]['detail'])
        self.assertNotIn('canary', answer.text)
        listed = self.call('GET', '/v1/credentials', 200).json
        self.assertEqual([], listed['credentials'])

    def test_wrong_region_is_refused_with_the_reason(self) -> None:
        cloud = self.lab.clouds[1]
        site = self.call(
            'POST',
            '/v1/sites',
            201,
            name='w',
            auth_url=cloud.auth_url,
            region_name='Nowhere',
        ).json
        key = self.application_credential(cloud)
        answer = self.call(
            'POST',
            '/v1/credentials',
            400,
            site_id=site['id'],
            name='key',
            auth_type='v3applicationcredential',
            auth={
                'application_credential_id': key['id'],
                'application_credential_secret': key['secret'],
            },
        )
        self.assertIn('region_name', answer.json['errors'][0]['detail'])

    def test_home_needs_no_credential(self) -> None:
        west = self.add_site(self.lab.clouds[1])
        image = self.make_image(noise.make(16))
        self.copied(self.replicate(image.id, west), self.lab.clouds[1])
        listed = self.call('GET', '/v1/credentials', 200).json['credentials']
        kinds = sorted(item['auth_type'] for item in listed)
        self.assertEqual(['trust', 'v3applicationcredential'], kinds)
        key = next(i for i in listed if i['auth_type'] == 'trust')
        trust_id = home.trust_id_of(
            db_credential.get(context.for_service(), key['id'], None, None)
        )
        self.assertIn(trust_id, self._trusts())
        self.call('DELETE', f'/v1/credentials/{key["id"]}', 204)
        self.assertNotIn(trust_id, self._trusts())

    def _trusts(self) -> list[str]:
        """Return the trusts of the member, also those of other tests."""
        session = self.lab.home.member.session()
        answer = session.get(
            f'{self.lab.home.auth_url}/OS-TRUST/trusts',
            params={'trustor_user_id': session.get_user_id()},
        )
        return [item['id'] for item in answer.json()['trusts']]

    def test_revoked_credential_parks_the_copy_until_another_one(
        self,
    ) -> None:
        cloud = self.lab.clouds[1]
        west = self.add_site(cloud)
        self._revoke(cloud)
        image = self.make_image(noise.make(16))
        replication = self.call(
            'POST',
            '/v1/replications',
            202,
            image_id=image.id,
            target_site_ids=[west],
        ).json
        path = f'/v1/replications/{replication["id"]}'
        [copy] = replication['copies']
        copy_path = f'{path}/copies/{copy["id"]}'
        while not (copy := self.call('GET', copy_path, 200).json)['error']:
            time.sleep(0.05)
        self.assertEqual(('queued', 0), (copy['state'], copy['attempts']))
        self.assertEqual('credential_unauthorized', copy['error']['code'])
        self.assertIn('Could not find', copy['error']['detail'])
        self.assertIn('register another', copy['error']['detail'])
        [old] = self._credentials(west)
        self.assertEqual('unauthorized', old['state'])
        self.register(west, cloud, 'another')
        self.call('PUT', f'{path}/retry', 202)
        self.copied(self.end_of(replication['id']), cloud)
        history = self.call('GET', copy_path, 200).json['history']
        self.assertEqual(
            [('error', 'credential_unauthorized'), ('completed', None)],
            [
                (item['state'], (item['error'] or {}).get('code'))
                for item in history
            ],
        )

    def test_another_secret_lets_the_copies_of_a_revoked_one_go(self) -> None:
        cloud = self.lab.clouds[1]
        west = self.add_site(cloud)
        self._revoke(cloud)
        image = self.make_image(noise.make(16))
        wanted = {'image_id': image.id, 'target_site_ids': [west]}
        replication = self.call('POST', '/v1/replications', 202, **wanted).json
        path = f'/v1/replications/{replication["id"]}'
        while not self.call('GET', path, 200).json['copies'][0]['error']:
            time.sleep(0.05)
        [old] = self._credentials(west)
        path = f'/v1/credentials/{old["id"]}'
        key = self.application_credential(cloud)
        auth = {
            'application_credential_id': key['id'],
            'application_credential_secret': 'wrong',
        }
        self.call('PATCH', path, 400, auth=auth)
        self.assertEqual([old], self._credentials(west))
        auth['application_credential_secret'] = key['secret']
        changed = self.call('PATCH', path, 200, auth=auth)
        self.assertEqual(
            (old['id'], 'ok', None),
            (
                changed.json['id'],
                changed.json['state'],
                changed.json['detail'],
            ),
        )
        self.assertNotIn(key['secret'], changed.text)
        self.copied(self.end_of(replication['id']), cloud)

    def _credentials(self, site_id: str) -> list[dict[str, Any]]:
        listed = self.call('GET', '/v1/credentials', 200).json['credentials']
        return [item for item in listed if item['site_id'] == site_id]

    def _revoke(self, cloud: labs.Cloud) -> None:
        session = cloud.member.session()
        url = f'{cloud.auth_url}/users/{session.get_user_id()}'
        url += '/application_credentials'
        for key in session.get(url).json()['application_credentials']:
            if self.id() in key['name']:
                session.delete(f'{url}/{key["id"]}')

    def test_check_lets_the_copies_of_a_refused_credential_go(self) -> None:
        cloud = self.lab.clouds[1]
        west = self.add_site(cloud)
        [credential] = self._credentials(west)
        image = self.make_image(noise.make(16))
        # Keeps the copy in the queue until the site has refused it.
        self.config(group='conductor', breaker_failures=1)
        service = context.for_service()
        health.failed(service, west, 'Gone.')
        wanted = {'image_id': image.id, 'target_site_ids': [west]}
        replication = self.call('POST', '/v1/replications', 202, **wanted).json
        db_credential.refuse(service, credential['id'], 'No role.', False)
        health.answered(service, west)
        path = f'/v1/replications/{replication["id"]}'
        [copy] = self.call('GET', path, 200).json['copies']
        self.assertEqual(
            ('queued', 'credential_unauthorized'),
            (copy['state'], copy['error']['code']),
        )
        self.call('POST', '/v1/replications', 409, **wanted)
        self.call('POST', f'/v1/credentials/{credential["id"]}/check', 200)
        self.copied(self.end_of(replication['id']), cloud)
