# SPDX-License-Identifier: Apache-2.0

"""Images copied between real clouds, by real processes."""

import os
import signal
import time
from typing import Any

from glint.tests import waiting
from glint.tests.integration import base
from glint.tests.integration import stack as stacks

MIB = base.MIB
GIB = 1024 * MIB


class TestCase(base.TestCase):
    """A test with a conductor and two sites to copy to."""

    def setUp(self) -> None:
        super().setUp()
        self.conductor = self.stack.start_conductor()
        self.west = self.add_site(self.lab.clouds[1])
        self.east = self.add_site(self.lab.clouds[2])

    def _image(self, size: int, **fields: Any) -> tuple[str, str]:
        image_id, digest = self.make_image(size, **fields)
        self.addCleanup(self.remove_made, image_id)
        return image_id, digest

    def _assert_there(self, image_id: str, digest: str) -> None:
        """Each target has the image exactly once, active and right."""
        for cloud in self.lab.clouds[1:3]:
            made = self.made_from(cloud, image_id)
            self.assertEqual(['active'], [image.status for image in made])
            self.assertEqual(digest, made[0].os_hash_value)

    def _assert_nothing_left(self, image_id: str) -> None:
        for cloud in self.lab.clouds[1:3]:
            self.assertEqual([], self.made_from(cloud, image_id))
        self.assertEqual([], os.listdir(self.stack.folder / 'spool'))

    def _await_bytes(self, replication_id: str) -> None:
        def sending() -> bool:
            found = self.get(f'/v1/replications/{replication_id}')
            return all(copy['bytes_sent'] for copy in found['copies'])

        waiting.until(sending, 60, 'byte sent')


class Essentials:
    """What is tested on each kind of database."""

    def test_gibibyte_reaches_two_clouds_and_is_read_once(self) -> None:
        image_id, digest = self._image(GIB, min_disk=2, tags=['tagged'])
        begin = time.monotonic()
        replication_id = self.replicate(image_id, self.west, self.east)
        seen = set()

        def finished() -> Any:
            found = self.get(f'/v1/replications/{replication_id}')
            seen.update(copy['phase'] for copy in found['copies'])
            return found if found['state'] == 'completed' else None

        done = waiting.until(finished, 240, 'completed replication')
        seconds = time.monotonic() - begin
        self._assert_there(image_id, digest)
        self.assertEqual(1, self.lab.home.downloads(image_id))
        self.assertEqual(100, done['progress'])
        self.assertEqual(2 * GIB, done['bytes_sent'])
        self.assertIn('sending', seen)
        peak = stacks.memory(self.conductor)
        self.assertLess(peak, 256 * MIB)
        made = self.made_from(self.lab.clouds[1], image_id)[0]
        self.assertEqual((2, ['tagged']), (made.min_disk, made.tags))
        self.addDetail(
            'figures',
            stacks.text(
                f'1 GiB to two clouds in {seconds:.1f} s, peak memory of '
                f'the conductor {peak / MIB:.0f} MiB'
            ),
        )

    def test_cancelled_copies_stop_within_two_seconds(self) -> None:
        image_id, _digest = self._image(GIB)
        replication_id = self.replicate(image_id, self.west, self.east)

        def sending() -> bool:
            found = self.get(f'/v1/replications/{replication_id}')
            return bool(found['bytes_sent'])

        waiting.until(sending, 60, 'byte sent')
        answer = self.glint.put(f'/v1/replications/{replication_id}/cancel')
        self.assertEqual(202, answer.status_code)
        begin = time.monotonic()
        self.await_state(replication_id, 'cancelled', timeout=10)
        self.assertLess(time.monotonic() - begin, 2.5)
        self._assert_nothing_left(image_id)

    def test_copies_of_killed_conductor_are_taken_over(self) -> None:
        image_id, digest = self._image(512 * MIB)
        replication_id = self.replicate(image_id, self.west, self.east)
        self._await_bytes(replication_id)
        self.stack.stop(self.conductor, signal.SIGKILL)
        self.stack.start_conductor('successor')
        done = self.await_state(replication_id, 'completed')
        self.assertEqual(
            ['successor', 'successor'],
            [copy['conductor'] for copy in done['copies']],
        )
        self._assert_there(image_id, digest)

    def test_image_that_many_ask_for_at_once_is_sent_once(self) -> None:
        self.stack.start_conductor('second')
        image_id, digest = self._image(128 * MIB)
        ids = [
            self.replicate(image_id, self.west, self.east)
            for _number in range(4)
        ]
        copies = [
            copy
            for replication_id in ids
            for copy in self.await_state(replication_id, 'completed')['copies']
        ]
        self._assert_there(image_id, digest)
        for site_id in (self.west, self.east):
            self.assertEqual(
                ['adopted'] * 3 + ['copied'],
                sorted(
                    copy['outcome']
                    for copy in copies
                    if copy['target_site_id'] == site_id
                ),
            )
        self.assertEqual({1}, {copy['attempts'] for copy in copies})


class OnMariaDBTest(Essentials, TestCase):
    DATABASE = 'mariadb'


class OnPostgreSQLTest(Essentials, TestCase):
    DATABASE = 'postgresql'


class ReplicationTest(TestCase):
    def test_image_that_is_there_is_adopted(self) -> None:
        image_id, digest = self._image(MIB)
        first = self.replicate(image_id, self.west, self.east)
        self.await_state(first, 'completed')
        second = self.replicate(image_id, self.west, self.east)
        done = self.await_state(second, 'completed')
        self.assertEqual(
            ['adopted', 'adopted'], [c['outcome'] for c in done['copies']]
        )
        self._assert_there(image_id, digest)
        self.assertEqual(1, self.lab.home.downloads(image_id))

    def test_cancelled_replication_can_be_retried(self) -> None:
        image_id, digest = self._image(64 * MIB)
        replication_id = self.replicate(image_id, self.west, self.east)
        self.glint.put(f'/v1/replications/{replication_id}/cancel')
        self.await_state(replication_id, 'cancelled', 'completed')
        self.glint.put(f'/v1/replications/{replication_id}/retry')
        self.await_state(replication_id, 'completed')
        self._assert_there(image_id, digest)

    def test_message_that_nobody_got_costs_nothing(self) -> None:
        # An API of its own, with a broker where nobody listens.
        url = self.stack.start_api(
            'api-without-broker', 'rabbit://nobody:none@127.0.0.1:1/'
        )
        image_id, digest = self._image(MIB)
        glint = stacks.client(self.lab.home.member, url)
        begin = time.monotonic()
        answer = glint.post(
            '/v1/replications',
            json={
                'image_id': image_id,
                'target_site_ids': [self.west, self.east],
            },
        )
        self.assertEqual(202, answer.status_code, answer.text)
        self.assertLess(time.monotonic() - begin, 10)
        self.await_state(answer.json()['id'], 'completed')
        self._assert_there(image_id, digest)

    def test_stalled_target_does_not_slow_the_other(self) -> None:
        image_id, digest = self._image(256 * MIB)
        glance = self.lab.clouds[1].pids['glance']
        replication_id = self.replicate(image_id, self.west, self.east)

        def copies() -> dict[str, Any]:
            found = self.get(f'/v1/replications/{replication_id}')
            return {copy['target_site_id']: copy for copy in found['copies']}

        waiting.until(
            lambda: all(copy['bytes_sent'] for copy in copies().values()),
            60,
            'byte sent',
        )
        os.killpg(os.getpgid(glance), signal.SIGSTOP)
        try:
            waiting.until(
                lambda: copies()[self.east]['state'] == 'completed',
                60,
                'completed copy beside a stalled one',
            )
            self.assertEqual('copying', copies()[self.west]['state'])
        finally:
            os.killpg(os.getpgid(glance), signal.SIGCONT)
        self.await_state(replication_id, 'completed')
        self._assert_there(image_id, digest)

    def test_copies_of_stopped_conductor_are_handed_back(self) -> None:
        image_id, digest = self._image(512 * MIB)
        replication_id = self.replicate(image_id, self.west, self.east)
        self._await_bytes(replication_id)
        self.stack.stop(self.conductor)
        self.await_state(replication_id, 'queued', timeout=2)
        self._assert_nothing_left(image_id)
        self.stack.start_conductor('successor')
        done = self.await_state(replication_id, 'completed')
        self.assertEqual([1, 1], [c['attempts'] for c in done['copies']])
        self._assert_there(image_id, digest)

    def test_missing_image_ends_in_an_error_that_says_so(self) -> None:
        replication_id = self.replicate(
            '00000000-0000-4000-8000-000000000000', self.west
        )
        done = self.await_state(replication_id, 'error', timeout=20)
        error = done['copies'][0]['error']
        self.assertEqual('source_gone', error['code'])
        self.assertEqual(404, error['http_status'])
        self.assertFalse(error['retryable'])

    def test_wrong_password_is_refused_with_the_reason(self) -> None:
        cloud = self.lab.clouds[1]
        body = self.post(
            '/v1/credentials',
            400,
            site_id=self.west,
            name='wrong',
            auth_type='v3password',
            auth={
                'username': cloud.member.username,
                'password': 'canary-wrong-secret',
                'user_domain_name': cloud.member.user_domain_name,
                'project_name': cloud.member.project_name,
                'project_domain_name': cloud.member.project_domain_name,
            },
        )
        error = body['errors'][0]
        self.assertEqual(
            'image-replication.credential.rejected', error['code']
        )
        self.assertIn('HTTP 401', error['detail'])
        self.assertNotIn('canary', str(body))

    def test_no_secret_is_written_anywhere(self) -> None:
        image_id, _digest = self._image(MIB)
        self.await_state(self.replicate(image_id, self.west), 'completed')
        self.get('/v1/credentials')
        self.stack.stop(self.conductor)
        written = self.stack.everything_written()
        self.assertIn('Completed, copied', written)
        for cloud in self.lab.clouds:
            self.assertNotIn(cloud.member.password, written)
        self.assertNotIn(self.lab.glint.password, written)

    def test_strangers_see_nothing(self) -> None:
        stranger = stacks.client(self.lab.home.other, self.url)
        self.assertEqual(
            404, stranger.get(f'/v1/sites/{self.west}').status_code
        )
        sites = stranger.get('/v1/sites').json()['sites']
        self.assertEqual([True], [site['home'] for site in sites])
