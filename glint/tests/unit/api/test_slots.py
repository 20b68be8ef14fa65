# SPDX-License-Identifier: Apache-2.0

"""Tests of the requests that wait, and of those that do not."""

from concurrent import futures
import threading
from typing import Any

from glint.api import server
from glint.api import slots
from glint.tests.unit.api import base


class TestCase(base.TestCase):
    """A process with four threads, and a conductor that does not answer."""

    conductor_runs = True

    def setUp(self) -> None:
        super().setUp()
        self.config(group='api', threads=4)
        slots.prepare()
        self.site_id = self.add_site()['id']
        self.add_home_credential()
        self.credential_id = self.add_credential(self.site_id)['id']
        self._begun = threading.Semaphore(0)
        self._answer = threading.Event()
        self._pool = futures.ThreadPoolExecutor(8)
        self.addCleanup(self._pool.shutdown)
        self.addCleanup(self._answer.set)
        self.conductor.on_question = self._hold

    def _hold(self) -> None:
        self._begun.release()
        self._answer.wait(60)

    def check(self, persona: str = 'member', **options: Any) -> Any:
        path = f'/v1/credentials/{self.credential_id}/check'
        return self.call('POST', path, persona=persona, **options)

    def create(self, persona: str = 'member', **options: Any) -> Any:
        body = {
            'site_id': self.site_id,
            'name': 'new',
            'auth_type': 'v3password',
            'auth': base.PASSWORD,
        }
        return self.call(
            'POST', '/v1/credentials', body, persona=persona, **options
        )

    def dry_run(self, **options: Any) -> Any:
        body = {'image_id': base.IMAGE_ID, 'target_site_ids': [self.site_id]}
        return self.call(
            'POST', '/v1/replications?dry_run=true', body, **options
        )

    def refresh(self, **options: Any) -> Any:
        return self.call('GET', '/v1/images?refresh=true', **options)

    def wait(self, function: Any) -> futures.Future[Any]:
        """Have a call wait for the conductor.

        :returns: its answer.
        """
        waiting = self._pool.submit(function)
        self.assertTrue(self._begun.acquire(timeout=10))
        return waiting

    def answer(self) -> None:
        self.conductor.on_question = lambda: None
        self._answer.set()


class ShareTest(TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.waiting = [self.wait(self.check), self.wait(self.dry_run)]

    def test_project_that_waits_is_refused_more_at_once(self) -> None:
        for call in (self.check, self.create, self.dry_run, self.refresh):
            response = call(status=503)
            self.assertError(response, 503, 'request.too_many_waiting')
            self.assertEqual('5', response.headers['Retry-After'])
        self.answer()
        for done in self.waiting:
            self.assertEqual(200, done.result(10).status_int)
        self.check()
        self.create(status=201)

    def test_refused_credential_is_not_stored(self) -> None:
        self.create(status=503)
        found = self.call('GET', '/v1/credentials').json['credentials']
        self.assertNotIn('new', [item['name'] for item in found])

    def test_what_waits_for_nobody_is_answered(self) -> None:
        for path in ('/v1/sites', '/v1/credentials', '/v1/replications'):
            self.call('GET', path)
        self.call('GET', '/healthcheck', persona=None, status='*')
        self.add_credential(self.site_id)
        self.add_replication(self.site_id)
        sites = self.call('GET', '/v1/images').json['sites']
        details = [site['detail'] for site in sites]
        self.assertIn('still being asked', details[0])

    def test_another_project_has_a_slot_left(self) -> None:
        self.add_home_credential('stranger')
        done = self.wait(lambda: self.refresh(persona='stranger'))
        self.answer()
        self.assertEqual(200, done.result(10).status_int)

    def test_one_thread_is_left_for_what_does_not_wait(self) -> None:
        self.add_home_credential('stranger')
        self.wait(lambda: self.refresh(persona='stranger'))
        self.refresh(persona='stranger', status=503)
        self.call('GET', '/v1/sites', persona='stranger')


class ServerTest(base.TestCase):
    def test_other_servers_tell_nothing(self) -> None:
        self.assertIsNone(server.threads())
        self.assertFalse(server.leaves_bodies())
        self.assertTrue(server.has_arrived(100))
        with server.cut_after(0.001):
            pass

    def test_process_with_one_thread_is_warned_of(self) -> None:
        self.config(group='api', threads=1)
        slots.prepare()
        self.assertIn('has one thread', self.logs.output)
        with slots.slot('p'):
            pass
