# SPDX-License-Identifier: Apache-2.0

"""wait_for_replication."""

from typing import Any

from openstack import exceptions
import requests

from glintclient.tests.unit import base

SHOWN = base.sample('replication-show-response')
URL = f'{base.V1}/replications/x'


def state(name: str, **copy: Any) -> dict[str, Any]:
    copies = [SHOWN['copies'][0] | {'state': name, **copy}]
    return {'json': SHOWN | {'state': name, 'copies': copies}}


class TestWait(base.TestCase):
    def _wait(self, **options: Any) -> Any:
        return self.client.wait_for_replication('x', interval=0, **options)

    def test_callback_sees_each_step_up_to_the_end(self) -> None:
        self.server.get(
            URL, [state('queued'), state('copying'), state('completed')]
        )
        seen: list[str] = []
        found = self._wait(callback=lambda item: seen.append(item.state))
        self.assertEqual('completed', found.state)
        self.assertEqual(['queued', 'copying', 'completed'], seen)

    def test_failed_copy_is_a_failure_with_its_reason(self) -> None:
        error = {
            'code': 'quota',
            'detail': 'The site is full.',
            'retryable': False,
            'http_status': 413,
        }
        self.server.get(URL, [state('error', error=error)])
        failure = self.assertRaises(exceptions.ResourceFailure, self._wait)
        self.assertIn('error, The site is full.', str(failure))
        self.assertEqual('error', failure.extra_data.state)

    def test_time_is_up(self) -> None:
        self.server.get(URL, [state('queued')])
        self.assertRaises(
            exceptions.ResourceTimeout,
            self.client.wait_for_replication,
            'x',
            interval=1,
            wait=0.5,
        )

    def test_service_that_comes_back(self) -> None:
        self.server.get(
            URL,
            [
                {'exc': requests.exceptions.ConnectionError},
                {'status_code': 503, 'text': 'Not now.'},
                state('completed'),
            ],
        )
        self.assertEqual('completed', self._wait().state)

    def test_refusal_ends_it(self) -> None:
        self.refuse(
            'GET', '/replications/x', 404, 'replication.not_found', 'None.'
        )
        self.assertRaises(exceptions.NotFoundException, self._wait)
