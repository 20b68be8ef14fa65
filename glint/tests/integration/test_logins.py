# SPDX-License-Identifier: Apache-2.0

"""How often several conductors log in with a password that is wrong."""

import uuid

from glint.tests import waiting
from glint.tests.functional import identity
from glint.tests.functional import keystone
from glint.tests.integration import base


class WrongPasswordTest(base.TestCase):
    """Two conductors, and a Keystone that locks after six failures."""

    def setUp(self) -> None:
        super().setUp()
        west = self.lab.clouds[1]
        self.guest = self.useFixture(identity.Guest(west))
        self.keystone = self.useFixture(keystone.Keystone(self.lab, west))
        self.keystone.configure(
            'security_compliance',
            lockout_failure_attempts='6',
            lockout_duration='86400',
        )
        self.keystone.start()
        for name in ('conductor', 'second'):
            self.stack.start_conductor(name)

    def _start(self, image_id: str, site_id: str) -> str | None:
        """Ask for a replication.

        :returns: its id; None if the credential is known to be refused.
        """
        body = {'image_id': image_id, 'target_site_ids': [site_id]}
        answer = self.glint.post('/v1/replications', json=body)
        if answer.status_code == 409:
            return None
        self.assertEqual(202, answer.status_code, answer.text)
        replication_id: str = answer.json()['id']
        return replication_id

    def test_copies_of_two_conductors_cost_two_logins_at_most(self) -> None:
        cloud = self.keystone.cloud
        site = self.post(
            '/v1/sites', 201, name='locking', auth_url=cloud.auth_url
        )
        self.addCleanup(self.delete_site, site['id'])
        self.post(
            '/v1/credentials',
            201,
            site_id=site['id'],
            name='guest',
            auth_type='v3password',
            auth=self.guest.auth,
        )
        cloud.admin.session().patch(
            f'{cloud.auth_url}/users/{self.guest.id}',
            json={'user': {'password': uuid.uuid4().hex}},
        )
        images = [self.make_image(100)[0] for _number in range(12)]
        started = [
            replication_id
            for image in images
            if (replication_id := self._start(image, site['id']))
        ]

        def parked() -> bool:
            return all(
                (copy['error'] or {}).get('code') == 'credential_unauthorized'
                for replication_id in started
                for copy in self.get(f'/v1/replications/{replication_id}')[
                    'copies'
                ]
            )

        waiting.until(parked, 120, 'refusals')
        self.assertTrue(started)
        self.assertIn(self.keystone.refused_logins(), (1, 2))
