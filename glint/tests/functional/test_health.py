# SPDX-License-Identifier: Apache-2.0

"""Sites that do not answer, beside real ones."""

import dataclasses
import time
from typing import Any

from glint.tests import noise
from glint.tests import ports
from glint.tests.functional import base
from glint.tests.functional import faulty
from glint.tests.functional import proxy as proxies


class HealthTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.config(
            group='conductor',
            breaker_failures=2,
            max_attempts=3,
            probe_delay=1,
            max_probe_delay=1,
            retry_delay=0.1,
        )

    def _add_dead(self) -> str:
        """Register a site at a port where nobody listens."""
        site = self.call(
            'POST',
            '/v1/sites',
            201,
            name='dead',
            auth_url=f'http://127.0.0.1:{ports.free_port()}/v3',
        ).json
        self.call(
            'POST',
            '/v1/credentials',
            201,
            site_id=site['id'],
            name='key',
            auth_type='v3applicationcredential',
            auth={
                'application_credential_id': 'x',
                'application_credential_secret': 'y',
            },
            check=False,
        )
        site_id: str = site['id']
        return site_id

    def _replicate(self, *targets: str, **body: Any) -> str:
        made = self.call(
            'POST', '/v1/replications', 202, target_site_ids=targets, **body
        ).json
        replication_id: str = made['id']
        return replication_id

    def _health(self, site_id: str) -> dict[str, Any]:
        site = self.call('GET', f'/v1/sites/{site_id}', 200).json
        health: dict[str, Any] = site['health']
        return health

    def _await_silence(self, site_id: str) -> dict[str, Any]:
        while (health := self._health(site_id))['state'] != 'unreachable':
            time.sleep(0.05)
        return health

    def test_dead_target_is_seen_and_costs_another_nothing(self) -> None:
        west, dead = self.add_site(self.lab.clouds[1]), self._add_dead()
        image = self.make_image(noise.make(16))
        both = self._replicate(west, dead, image_id=image.id)
        health = self._await_silence(dead)
        self.assertIn('dead cannot be reached', health['detail'])
        waiting = self._replicate(dead, image_id=image.id)
        self._assert_waits(waiting)
        path = f'/v1/replications/{both}'

        def done() -> Any:
            found = self.call('GET', path, 200).json['copies']
            copies = {copy['target_site_id']: copy for copy in found}
            return copies if copies[west]['state'] == 'completed' else None

        by_site = self.until(done, 'the copy to the other site')
        self.copied({'copies': [by_site[west]]}, self.lab.clouds[1])
        self.assertEqual(1, by_site[west]['attempts'])
        self.assertEqual(
            ('queued', 'unreachable'),
            (by_site[dead]['state'], by_site[dead]['error']['code']),
        )
        self.call('PUT', f'{path}/cancel', 202)
        self.assertEqual('ok', self._health(west)['state'])
        self.call('PUT', f'/v1/replications/{waiting}/cancel', 202)

    def _assert_waits(self, replication_id: str) -> None:
        """A copy tells which site it waits for, and how long."""
        path = f'/v1/replications/{replication_id}'

        def held() -> Any:
            found = self.call('GET', path, 200).json
            reasons = {wait['reason'] for wait in found['waits_for']}
            return found['copies'] if 'site_silent' in reasons else None

        [copy] = self.until(held, 'silence of the site')
        self.assertEqual(('queued', 0), (copy['state'], copy['attempts']))
        self.assertEqual('unreachable', copy['error']['code'])
        self.assertIn('dead cannot be reached', copy['error']['detail'])
        self.assertIsNotNone(copy['next_attempt_at'])

    def test_retry_has_a_silent_site_asked_at_once(self) -> None:
        self.config(group='conductor', probe_delay=3600, max_probe_delay=3600)
        cloud = self.lab.clouds[1]
        proxy = self.useFixture(proxies.Proxy(cloud.image_url))
        name = self.useFixture(faulty.Region(cloud, proxy.url)).name
        west = self.add_site(
            dataclasses.replace(cloud, name=name, region_name=name)
        )
        image = self.make_image(noise.make(16))
        proxy.refuse()
        replication_id = self._replicate(west, image_id=image.id)
        path = f'/v1/replications/{replication_id}'

        def waits() -> bool:
            found = self.call('GET', path, 200).json['waits_for']
            return bool(found) and found[0]['reason'] == 'site_silent'

        self.until(waits, 'silence of the site')
        proxy.listen()

        def retried() -> bool:
            # The site rests for some seconds after each question.
            self.call('PUT', f'{path}/retry', 202)
            return self._health(west)['state'] == 'ok'

        self.until(retried, 'answer of the site')
        found = self.end_of(replication_id)
        self.assertEqual([1], [copy['attempts'] for copy in found['copies']])

    def test_site_that_comes_back_costs_those_that_waited_nothing(
        self,
    ) -> None:
        cloud = self.lab.clouds[1]
        proxy = self.useFixture(proxies.Proxy(cloud.image_url))
        name = self.useFixture(faulty.Region(cloud, proxy.url)).name
        west = self.add_site(
            dataclasses.replace(cloud, name=name, region_name=name)
        )
        image, other = (self.make_image(noise.make(16)) for _image in 'ab')
        proxy.refuse()
        self._replicate(west, image_id=image.id)
        self._await_silence(west)
        waiting = self._replicate(west, image_id=other.id)
        asked_at = self._health(west)['checked_at']
        # It is asked, in vain.
        self.until(
            lambda: self._health(west)['checked_at'] > asked_at, 'question'
        )
        proxy.listen()
        found = self.end_of(waiting)
        self.assertEqual([1], [copy['attempts'] for copy in found['copies']])
        self.copied(found, cloud)
        self.assertEqual('ok', self._health(west)['state'])

    def test_dead_source_is_seen(self) -> None:
        west, dead = self.add_site(self.lab.clouds[1]), self._add_dead()
        replication = self._replicate(
            west, image_id=self.lab.home.seed_image_id, source_site_id=dead
        )
        self._await_silence(dead)
        self.assertEqual('ok', self._health(west)['state'])
        self.call('PUT', f'/v1/replications/{replication}/cancel', 202)
