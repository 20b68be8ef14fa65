# SPDX-License-Identifier: Apache-2.0

"""A real Keystone that locks an account after six wrong passwords."""

import uuid

from keystoneauth1 import session as ksa_session
from keystoneauth1.identity import v3

from glint import context
from glint.db.queue import health
from glint.tests.functional import identity
from glint.tests.functional import keystone


class LockOutTest(identity.TestCase):
    def setUp(self) -> None:
        super().setUp()
        west = self.cloud
        self.guest = self.useFixture(identity.Guest(west))
        self.keystone = self.useFixture(keystone.Keystone(self.lab, west))
        self.keystone.configure(
            'security_compliance',
            lockout_failure_attempts='6',
            lockout_duration='86400',
        )
        self.keystone.start()
        self.cloud = self.keystone.cloud
        self.site_id = self.make_site()
        made = self.make_credential(
            self.site_id, 'v3password', self.guest.auth
        )
        self.credential_id = made['id']

    def _set_password(self, password: str) -> None:
        self.cloud.admin.session().patch(
            f'{self.cloud.auth_url}/users/{self.guest.id}',
            json={'user': {'password': password}},
        )

    def _log_in(self, password: str) -> None:
        auth = {**self.guest.auth, 'password': password}
        plugin = v3.Password(self.cloud.auth_url, **auth)
        plugin.get_token(ksa_session.Session())

    def _parked(self, replications: list[dict[str, str]]) -> bool:
        return all(
            (copy['error'] or {}).get('code') == 'credential_unauthorized'
            for replication in replications
            for copy in self.copies(replication)
        )

    def test_copies_after_a_change_of_password_cost_one_wrong_login(
        self,
    ) -> None:
        # Keeps the copies in the queue until the password is changed.
        self.config(group='conductor', breaker_failures=1)
        service = context.for_service()
        health.failed(service, self.site_id, 'Gone.')
        images = [self.make_random_image(100) for _number in range(8)]
        replications = [self.start(image.id, self.site_id) for image in images]
        changed = uuid.uuid4().hex
        self._set_password(changed)
        health.answered(service, self.site_id)
        self.until(lambda: self._parked(replications), 'refusals')
        # Neither a list nor a plan tries it again.
        self.call('GET', '/v1/images?refresh=true', 200)
        [plan] = self.call(
            'POST',
            '/v1/replications?dry_run=true',
            200,
            image_id=images[0].id,
            target_site_ids=[self.site_id],
        ).json['targets']
        self.assertEqual('blocked', plan['action'])
        self.assertEqual(1, self.keystone.refused_logins())
        # The user is not locked out.
        self._log_in(changed)
        self._set_password(self.guest.password)
        self.assertEqual('ok', self.check(self.credential_id)['state'])
        for replication in replications:
            self.copied(self.end_of(replication['id']), self.lab.clouds[1])
