# SPDX-License-Identifier: Apache-2.0

from concurrent import futures

from glint.image import failure
from glint.tests import base
from glint.tests.unit.image import cloud

LIST = '/v2/images'


class LoginTest(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.cloud = self.useFixture(cloud.Cloud())
        self.session = self.cloud.session()
        self.addCleanup(self.session.close)

    def _ask(self) -> None:
        cloud.ask(self.session, LIST)

    def test_threads_with_a_refused_token_log_in_once(self) -> None:
        def answer(request: cloud.Request) -> None:
            first = request.headers['X-Auth-Token'] == 'token-1'
            request.reply(401 if first else 200, {'images': []})

        self.cloud.on('GET', LIST, answer)
        self.session.token()
        with futures.ThreadPoolExecutor(8) as pool:
            for asked in [pool.submit(self._ask) for _number in range(8)]:
                asked.result(30)
        self.assertEqual(['token-1', 'token-2'], self.cloud.issued)

    def test_login_that_fails_within_a_call_is_no_failure_of_the_call(
        self,
    ) -> None:
        self.cloud.reply('GET', LIST, 401)
        self.session.token()
        said = 'Unable to validate token because project 1f is disabled'
        self.cloud.reply(
            'POST', '/v3/auth/tokens', 404, {'error': {'message': said}}
        )
        error = self.assertRaises(failure.SiteFailure, self._ask)
        self.assertEqual(
            ('unauthorized', 'authenticate', 404),
            (error.code, error.call, error.http_status),
        )
        self.assertIn('project', error.detail)

    def test_call_that_is_refused_twice_is_named(self) -> None:
        self.cloud.reply('GET', LIST, 401, {'message': 'bad password'})
        error = self.assertRaises(failure.SiteFailure, self._ask)
        self.assertEqual('unauthorized', error.code)
        self.assertIn('GET /v2/images', error.detail)
        self.assertNotIn('password', error.detail)
        self.assertEqual(2, len(self.cloud.issued))
