# SPDX-License-Identifier: Apache-2.0

"""Crowds of clients that keep the API waiting, and others beside them."""

from collections.abc import Callable
from concurrent import futures
import contextlib
import json
import socket
import time
from typing import Any

from glint.tests import waiting
from glint.tests.integration import base
from glint.tests.integration import crowd
from glint.tests.integration import stack as stacks
from glint.tests.unit.api import certificates

#: How long anybody else may have to wait, in seconds.
QUICK = 2.0
#: More than all threads of the API.
MANY = 24
ELSEWHERE = 'https://keystone.example.org/v3'


class TestCase(base.TestCase):
    """An API as operators run it, with a conductor.

    :ivar other: a client of another project.
    """

    def setUp(self) -> None:
        super().setUp()
        self.serve()
        self.other = stacks.client(self.lab.home.other, self.url)
        self.token = self.lab.home.member.session().get_token()
        # The first requests wait until the application is loaded.
        for _number in range(2 * stacks.PROCESSES):
            self.get('/v1/sites')
            self.other.get('/v1/sites')

    def settings(self) -> str:
        return '[api]\nconductor_timeout = 6\n[quota]\nsites = -1\n'

    def serve(self) -> None:
        """Start what the test needs besides the API."""
        self.stack.start_conductor()

    def assertQuick(self) -> None:
        """See that others are answered, each time they ask."""
        for _round in range(3):
            for path in ('/v1/sites', '/healthcheck'):
                begin = time.monotonic()
                answer = self.other.get(path)
                took = time.monotonic() - begin
                self.assertEqual(200, answer.status_code, answer.text)
                self.assertLess(took, QUICK, path)

    def black_hole(self) -> tuple[crowd.BlackHole, str]:
        """Register a site that never answers.

        :returns: the site and its id.
        """
        hole = self.useFixture(crowd.BlackHole())
        site = self.post('/v1/sites', 201, name='hole', auth_url=hole.url)
        return hole, site['id']

    def credential(self, site_id: str, number: int) -> dict[str, Any]:
        return {
            'site_id': site_id,
            'name': f'key-{number}',
            'auth_type': 'v3password',
            'auth': {
                'username': 'u',
                'password': 'canary',
                'user_domain_name': 'Default',
                'project_name': 'p',
                'project_domain_name': 'Default',
            },
        }

    def lines(self, count: int = MANY) -> list[socket.socket]:
        made = []
        for _number in range(count):
            line = crowd.connect(self.url)
            self.addCleanup(line.close)
            made.append(line)
        return made

    def post_head(self, length: int, path: str = '/v1/sites') -> bytes:
        return crowd.head(
            'POST',
            path,
            f'X-Auth-Token: {self.token}',
            'Content-Type: application/json',
            f'Content-Length: {length}',
        )

    def assertQuickBeside(self, lines: list[socket.socket]) -> None:
        """See that others are answered while bytes drip."""
        with crowd.Dripping(lines).going_on() as drip:
            for count in (1, 3):
                waiting.until(lambda c=count: drip.bytes >= c, 30, 'byte')
                self.assertQuick()


class WaitTest(TestCase):
    """Requests that wait for a site, by way of a conductor."""

    def _ask(self, number: int, ask: Callable[[int], Any]) -> Any:
        begin = time.monotonic()
        answer = ask(number)
        return answer, time.monotonic() - begin

    def _beside(self, hole: crowd.BlackHole, ask: Callable[[int], Any]) -> Any:
        """See that others are answered while many ask the same.

        :returns: the answers, and those of them that came at once.
        """
        with futures.ThreadPoolExecutor(MANY) as pool:
            asking = [
                pool.submit(self._ask, number, ask) for number in range(MANY)
            ]
            hole.await_caller()
            self.assertQuick()
            asked = [done.result(60) for done in asking]
        refused = [answer for answer, _took in asked if _is_busy(answer)]
        for answer in refused:
            self.assertEqual('5', answer.headers['Retry-After'])
        for answer, took in asked:
            self.assertTrue(_is_busy(answer) or took > 5, answer.text)
        self.assertGreaterEqual(len(refused), MANY - 2 * stacks.PROCESSES)
        self.assertLess(len(refused), MANY)
        return [answer for answer, _took in asked if not _is_busy(answer)]

    def test_site_that_never_answers_stops_no_api(self) -> None:
        hole, site_id = self.black_hole()
        waited = self._beside(
            hole,
            lambda number: self.glint.post(
                '/v1/credentials', json=self.credential(site_id, number)
            ),
        )
        for answer in waited:
            self.assertEqual(400, answer.status_code, answer.text)
            self.assertIn('too long', answer.text)
        self.assertEqual([], self.get('/v1/credentials')['credentials'])

    def _hole_with_credential(self) -> tuple[crowd.BlackHole, str, str]:
        hole, site_id = self.black_hole()
        body = self.credential(site_id, 1) | {'check': False}
        made = self.post('/v1/credentials', 201, **body)
        return hole, site_id, made['id']

    def test_plans_for_such_a_site_stop_no_api(self) -> None:
        hole, site_id, _credential_id = self._hole_with_credential()
        image_id, _digest = self.make_image(1024)
        plan = {'image_id': image_id, 'target_site_ids': [site_id]}
        waited = self._beside(
            hole,
            lambda _number: self.glint.post(
                '/v1/replications?dry_run=true', json=plan
            ),
        )
        for answer in waited:
            [target] = answer.json()['targets']
            self.assertEqual('blocked', target['action'])
            self.assertIn('too long', target['reasons'][0])

    def test_listings_of_such_a_site_stop_no_api(self) -> None:
        hole, _site_id, _credential_id = self._hole_with_credential()
        waited = self._beside(
            hole, lambda _number: self.glint.get('/v1/images?refresh=true')
        )
        for answer in waited:
            self.assertEqual(200, answer.status_code, answer.text)

    def test_clients_that_hang_up_stop_no_api(self) -> None:
        hole, _site_id, credential_id = self._hole_with_credential()
        request = self.post_head(0, f'/v1/credentials/{credential_id}/check')

        def hang_up(_number: int) -> None:
            with contextlib.closing(crowd.connect(self.url)) as line:
                line.sendall(request)
                line.settimeout(1)
                with contextlib.suppress(TimeoutError):
                    line.recv(1)

        with futures.ThreadPoolExecutor(70) as pool:
            gone = pool.map(hang_up, range(70))
            hole.await_caller()
            self.assertQuick()
            list(gone)
        self.assertQuick()


class DripTest(TestCase):
    """Clients that send a byte a second, or take what they asked for late."""

    def serve(self) -> None:
        """Nothing here needs a conductor."""

    def test_heads_that_drip_in_stop_no_api(self) -> None:
        lines = self.lines()
        for line in lines:
            line.sendall(b'GET /v1/sites HTTP/1.1\r\nX-Filler: ')
        self.assertQuickBeside(lines)

    def test_bodies_that_drip_in_without_a_token_stop_no_api(self) -> None:
        lines = self.lines()
        for line in lines:
            line.sendall(
                crowd.head('POST', '/v1/sites', 'Content-Length: 1000')
            )
        self.assertQuickBeside(lines)

    def test_bodies_that_drip_in_stop_no_api(self) -> None:
        lines = self.lines()
        for line in lines:
            line.sendall(self.post_head(1000) + b'{"name": "')
        self.assertQuickBeside(lines)

    def test_clients_that_read_nothing_stop_no_api(self) -> None:
        authority, _key = certificates.make()
        # An answer of five megabytes, which no buffer takes.
        for number in range(90):
            self.post(
                '/v1/sites',
                201,
                name=f'site-{number}',
                ca_cert=authority * (60_000 // len(authority)),
                auth_url='https://k.example.org/v3',
            )
        # As many as there are threads, all of which begin to answer.
        lines = self.lines(8)
        for line in lines:
            line.sendall(
                crowd.head('GET', '/v1/sites', f'X-Auth-Token: {self.token}')
            )
        for line in lines:
            self.assertEqual(b'H', line.recv(1))
        self.assertQuick()


class SlowBodyTest(TestCase):
    """What becomes of a body that drips in."""

    def serve(self) -> None:
        """Nothing here needs a conductor."""

    def test_body_that_takes_too_long_is_refused(self) -> None:
        [line] = lines = self.lines(1)
        line.sendall(self.post_head(1000) + b'{"name": "')
        with crowd.Dripping(lines).going_on():
            self.assertEqual(b'HTTP/1.1 400', line.recv(12))

    def test_bodies_that_follow_their_heads_are_read(self) -> None:
        # Most clients send a head and its body one after the other, so that
        # of many requests at once the bodies are on their way for a moment.
        bodies = [
            json.dumps({'name': f's{number}', 'auth_url': ELSEWHERE}).encode()
            for number in range(MANY)
        ]
        lines = self.lines()
        for line, body in zip(lines, bodies, strict=True):
            line.sendall(self.post_head(len(body)))
        for line, body in zip(lines, bodies, strict=True):
            line.sendall(body)
        answers = [line.recv(4096) for line in lines]
        for answer in answers:
            self.assertTrue(answer.startswith(b'HTTP/1.1 201'), answer)


class StandaloneTest(DripTest, WaitTest):
    """The same in one process with the conductor, without uWSGI."""

    def serve(self) -> None:
        self.url = self.stack.start_standalone()
        self.glint = stacks.client(self.lab.home.member, self.url)


def _is_busy(answer: Any) -> bool:
    return bool(
        answer.status_code == 503 and 'too_many_waiting' in answer.text
    )
