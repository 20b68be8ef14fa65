# SPDX-License-Identifier: Apache-2.0

"""What becomes of credentials and tokens that real Keystones end."""

import dataclasses
import datetime
from typing import Any
import uuid

from keystoneauth1 import exceptions as ksa_exceptions
from keystoneauth1 import session as ksa_session
from keystoneauth1.identity import v3

from glint import context
from glint.db.queue import health
from glint.tests import noise
from glint.tests import ports
from glint.tests.functional import faulty
from glint.tests.functional import identity


class DisabledTest(identity.TestCase):
    """An operator suspends an account for a while."""

    def setUp(self) -> None:
        super().setUp()
        self._admin = self.cloud.admin.session()
        self._domain = self._make('domain')
        self._project = self._make('project', domain_id=self._domain)
        west = self.cloud
        self.cloud = dataclasses.replace(
            west,
            member=dataclasses.replace(
                west.member, project_id=self._project, project_name=''
            ),
        )
        self.guest = self.useFixture(identity.Guest(self.cloud))

    def _make(self, noun: str, **fields: Any) -> str:
        url = f'{self.cloud.auth_url}/{noun}s'
        body = {noun: {'name': uuid.uuid4().hex, **fields}}
        made: str = self._admin.post(url, json=body).json()[noun]['id']
        self.addCleanup(self._admin.delete, f'{url}/{made}')
        # Keystone deletes no domain that is enabled.
        self.addCleanup(self._enable, noun, made, False)
        return made

    def _enable(self, noun: str, made_id: str, enabled: bool) -> None:
        self._admin.patch(
            f'{self.cloud.auth_url}/{noun}s/{made_id}',
            json={noun: {'enabled': enabled}},
        )

    def _suspend(self, noun: str, made_id: str, auth_type: str) -> str:
        """Disable something, and enable it again while a copy waits.

        :returns: what the copy says meanwhile.
        """
        site_id = self.make_site()
        if auth_type == 'v3password':
            auth = self.guest.auth
        else:
            auth = self.guest.key()
        made = self.make_credential(site_id, auth_type, auth)
        self._enable(noun, made_id, False)
        replication, detail = self.parked(site_id)
        state = self.credential(made['id'])['state']
        self.assertEqual('unauthorized', state)
        self._enable(noun, made_id, True)
        # Tokens of before are refused up to the second of the change.
        self.until(
            lambda: self.check(made['id'])['state'] == 'ok',
            'acceptance of the credential',
        )
        ended = self.end_of(replication['id'])
        self.assertEqual('completed', ended['state'])
        [copy] = ended['copies']
        self.addCleanup(
            self.cloud.admin.glance().images.delete, copy['target_image_id']
        )
        return str(detail)

    def test_disabled_project_is_named(self) -> None:
        detail = self._suspend(
            'project', self._project, 'v3applicationcredential'
        )
        self.assertIn("w has disabled the user's project", detail)
        self.assertIn(self._project, detail)
        self.assertIn('Ask its operator to enable it', detail)

    def test_disabled_project_of_a_password_is_among_the_reasons(self) -> None:
        # Keystone does not tell.
        detail = self._suspend('project', self._project, 'v3password')
        self.assertIn('user, project and domain are enabled', detail)

    def test_disabled_domain_is_named(self) -> None:
        detail = self._suspend(
            'domain', self._domain, 'v3applicationcredential'
        )
        self.assertIn("w has disabled the user's domain", detail)
        self.assertIn(self._domain, detail)
        self.assertEqual(1, detail.count('(HTTP 404)'))

    def test_disabled_user_is_among_the_reasons(self) -> None:
        detail = self._suspend(
            'user', self.guest.id, 'v3applicationcredential'
        )
        self.assertIn('user, project and domain are enabled', detail)


class EndOfRightsTest(identity.TestCase):
    """The remote cloud takes away what the credential stands for."""

    def test_role_that_is_taken_away_parks_until_it_is_back(self) -> None:
        guest = self.useFixture(identity.Guest(self.cloud))
        site_id = self.make_site()
        made = self.make_credential(site_id, 'v3password', guest.auth)
        guest.forbid()
        replication, detail = self.parked(site_id)
        self.assertIn('roles at the site', detail)
        self.assertIn('HTTP 401', detail)
        self.assertEqual('unauthorized', self.check(made['id'])['state'])
        # Nobody asks Keystone again because of the timer alone.
        [copy] = self.copies(replication)
        self.assertEqual('queued', copy['state'])
        guest.permit()
        self.assertEqual('ok', self.check(made['id'])['state'])
        self.copied(self.end_of(replication['id']), self.cloud)

    def test_role_behind_an_application_credential_parks(self) -> None:
        guest = self.useFixture(identity.Guest(self.cloud))
        site_id = self.make_site()
        made = self.make_credential(
            site_id, 'v3applicationcredential', guest.key()
        )
        self.assertEqual('ok', made['state'])
        guest.forbid()
        self.parked(site_id)
        self.assertEqual('unauthorized', self.credential(made['id'])['state'])

    def test_expired_application_credential_parks_and_says_when(self) -> None:
        end = datetime.datetime.now(datetime.UTC)
        end += datetime.timedelta(seconds=5)
        key = self.application_credential(
            self.cloud, expires_at=end.strftime('%Y-%m-%dT%H:%M:%S')
        )
        site_id = self.make_site()
        auth = {
            'application_credential_id': key['id'],
            'application_credential_secret': key['secret'],
        }
        made = self.make_credential(site_id, 'v3applicationcredential', auth)
        self.assertEqual('ok', made['state'])
        self.assertIn('It expires at', made['detail'])
        self.until(lambda: self._refused(auth), 'end of the credential')
        _replication, detail = self.parked(site_id)
        self.assertIn('It expired at', detail)

    def _refused(self, auth: dict[str, str]) -> bool:
        plugin = v3.ApplicationCredential(self.cloud.auth_url, **auth)
        try:
            plugin.get_token(ksa_session.Session())
        except ksa_exceptions.ClientException:
            return True
        return False

    def test_credential_that_ends_far_away_has_no_warning(self) -> None:
        key = self.application_credential(
            self.cloud, expires_at='2099-01-02T03:04:05'
        )
        made = self.make_credential(
            self.make_site(),
            'v3applicationcredential',
            {
                'application_credential_id': key['id'],
                'application_credential_secret': key['secret'],
            },
        )
        self.assertIsNone(made['detail'])

    def test_unused_credential_that_is_revoked_is_found(self) -> None:
        guest = self.useFixture(identity.Guest(self.cloud))
        self.config(group='conductor', check_interval=1)
        made = self.make_credential(self.make_site(), 'v3password', guest.auth)
        self.assertEqual('ok', self.credential(made['id'])['state'])
        guest.forbid()
        found = self.until(
            lambda: next(
                (
                    now
                    for now in [self.credential(made['id'])]
                    if now['state'] != 'ok'
                ),
                None,
            ),
            'check of the credential',
        )
        self.assertEqual('unauthorized', found['state'])
        self.assertIn('HTTP 401', found['detail'])


class TokenTest(identity.TestCase):
    """Tokens that end while they are in use."""

    def test_token_revoked_between_two_requests_is_replaced(self) -> None:
        site_id, proxy = self.add_site_through_proxy(self.cloud)
        image = self.make_random_image(100_000)
        # Glance remembers for a while which tokens are good, so this has to
        # be the first request with it.
        proxy.exchanges.clear()
        proxy.inject(identity.Revoke('GET /v2/.*', self.cloud, times=2))
        replication = self.end_of(self.start(image.id, site_id)['id'])
        self.assert_completed(replication, attempts=1)
        # Several ask at the same time; each asks again with a new token.
        answers = [(item.request, item.status) for item in proxy.exchanges]
        refused = [request for request, status in answers if status == 401]
        self.assertTrue(refused)
        for request in refused:
            self.assertIn((request, 200), answers)
        self.assert_copied(image, self.cloud)

    def test_token_revoked_before_the_data_is_replaced(self) -> None:
        site_id, proxy = self.add_site_through_proxy(self.cloud)
        image = self.make_random_image(100_000)
        proxy.inject(identity.Revoke('PUT /v2/images/[^/]+/file', self.cloud))
        replication = self.end_of(self.start(image.id, site_id)['id'])
        self.assert_completed(replication, attempts=1)
        [first, second] = proxy.find('PUT .*')
        self.assertEqual((401, 204), (first.status, second.status))
        self.assert_copied(image, self.cloud)

    def test_token_of_the_user_may_end_while_the_copy_is_queued(self) -> None:
        site_id = self.add_site(self.cloud)
        listed = self.call('GET', '/v1/credentials', 200).json['credentials']
        [made] = [item for item in listed if item['site_id'] == site_id]
        # Keeps the copy in the queue, until the check shows that it answers.
        self.config(group='conductor', breaker_failures=1)
        health.failed(context.for_service(), site_id, 'Gone.')
        image = self.make_random_image(1000)
        replication = self.start(image.id, site_id)
        session = self.lab.home.member.session()
        session.delete(
            f'{self.lab.home.auth_url}/auth/tokens',
            headers={'X-Subject-Token': self.token},
        )
        self.token = session.get_token()
        self.assertEqual('ok', self.check(made['id'])['state'])
        self.copied(self.end_of(replication['id']), self.cloud)


class HomeTest(identity.TestCase):
    """The trust that stands for the user at the home site."""

    def _trusts(self) -> list[Any]:
        listed = self.call('GET', '/v1/credentials', 200).json['credentials']
        return [item for item in listed if item['auth_type'] == 'trust']

    def test_trust_is_used_again(self) -> None:
        site_id = self.add_site(self.cloud)
        for data in (b'one', b'two'):
            image = self.make_image(data)
            self.copied(self.replicate(image.id, site_id), self.cloud)
            [trust] = self._trusts()
        self.assertEqual('ok', self.check(trust['id'])['state'])

    def test_restricted_application_credential_is_told_what_to_do(
        self,
    ) -> None:
        site_id = self.add_site(self.cloud)
        key = self.application_credential(self.lab.home)
        plugin = v3.ApplicationCredential(
            self.lab.home.auth_url,
            application_credential_id=key['id'],
            application_credential_secret=key['secret'],
        )
        image = self.make_image(noise.make(16))
        self.token = plugin.get_token(ksa_session.Session())
        answer = self.call(
            'POST',
            '/v1/replications',
            400,
            image_id=image.id,
            target_site_ids=[site_id],
        )
        [error] = answer.json['errors']
        self.assertIn('egister a credential', error['detail'])
        self.assertEqual([], self._trusts())
        self.make_credential(
            self._home_id(),
            'v3applicationcredential',
            {
                'application_credential_id': key['id'],
                'application_credential_secret': key['secret'],
            },
        )
        self.copied(self.replicate(image.id, site_id), self.cloud)

    def _home_id(self) -> str:
        sites = self.call('GET', '/v1/sites?home=true', 200).json['sites']
        home_id: str = sites[0]['id']
        return home_id


class CheckTest(identity.TestCase):
    """What a user is told who registers a credential."""

    def _refused(self, site_id: str) -> str:
        guest = self.useFixture(identity.Guest(self.cloud))
        answer = self.make_credential(
            site_id, 'v3password', guest.auth, status=400
        )
        detail: str = answer['errors'][0]['detail']
        self.assertNotIn(guest.password, detail)
        return detail

    def test_wrong_region_is_answered_with_those_there_are(self) -> None:
        detail = self._refused(self.make_site(region_name='Nowhere'))
        self.assertIn('RegionOne (public)', detail)

    def test_region_has_to_be_named_where_there_are_several(self) -> None:
        other = faulty.Region(self.cloud, 'http://127.0.0.1:9')
        other = self.useFixture(other)
        detail = self._refused(self.make_site(region_name=None))
        self.assertIn('in several regions: ', detail)
        for name in ('RegionOne', other.name):
            self.assertIn(name, detail)
        self.assertIn("Set the site's region_name", detail)

    def test_glance_in_place_of_a_keystone_is_called_one(self) -> None:
        glance = self.cloud.image_url
        for number, (url, words) in enumerate(
            (
                (glance, 'is a Glance, not a Keystone'),
                (f'{glance}/v3', 'is a Glance, not a Keystone'),
                (f'{glance}/v2', 'is no Keystone, but a service'),
            )
        ):
            site_id = self.make_site(name=str(number), auth_url=url)
            self.assertIn(words, self._refused(site_id))

    def test_https_where_there_is_no_tls_is_told(self) -> None:
        url = self.cloud.auth_url.replace('http:', 'https:')
        detail = self._refused(self.make_site(auth_url=url))
        self.assertIn('hangs up when TLS begins', detail)
        self.assertIn('correct the URL to http', detail)

    def test_wrong_interface_is_answered_with_those_there_are(self) -> None:
        region = self.useFixture(
            faulty.Region(self.cloud, self.cloud.image_url)
        ).name
        detail = self._refused(
            self.make_site(region_name=region, interface='internal')
        )
        self.assertIn(f'{region} (public)', detail)

    def test_endpoint_at_a_denied_address_is_told(self) -> None:
        port = ports.free_port()
        region = self.useFixture(
            faulty.Region(self.cloud, f'http://127.0.0.2:{port}')
        ).name
        self.config(group='network', deny=['127.0.0.2/32'])
        detail = self._refused(self.make_site(region_name=region))
        self.assertIn('must not contact', detail)

    def test_keystone_at_a_denied_address_is_told(self) -> None:
        self.config(group='network', deny=['127.0.0.2/32'])
        auth_url = self.cloud.auth_url.replace('127.0.0.1', '127.0.0.2')
        detail = self._refused(self.make_site(auth_url=auth_url))
        self.assertIn('must not contact', detail)
