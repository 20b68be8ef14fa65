# SPDX-License-Identifier: Apache-2.0

"""Tests of what the API asks of the conductors, and of brokers gone bad."""

from collections.abc import Callable
import socket
import subprocess
import sys
import threading
import time
from typing import Any
from unittest import mock

import oslo_messaging

from glint import context
from glint import exception
from glint.conductor import rpcapi
from glint.db import engine
from glint.tests import base
from glint.tests import fixtures as glint_fixtures

#: How long a request may be held up by a broker that is not there.
AT_ONCE = 0.5

#: Fails unless the call is refused; tells how many seconds it took.
CALL = """
import sys
import time
import glint.wsgi
from glint import conf, context, exception, rpc
from glint.conductor import rpcapi
from oslo_messaging import conffixture
conf.CONF([], default_config_files=[], default_config_dirs=[])
conffixture.ConfFixture(conf.CONF, sys.argv[1])
conf.CONF.set_override('conductor_timeout', 1, 'api')
rpc.init()
began = time.monotonic()
try:
    rpcapi.ConductorAPI().check_credential(context.for_service(), 'c')
except exception.ConductorUnavailable:
    print(time.monotonic() - began)
    sys.exit(0)
sys.exit(3)
"""


class Conductor:
    target = oslo_messaging.Target(version='1.0')

    def __init__(self) -> None:
        self.rung = threading.Event()

    @oslo_messaging.expose
    def replicate(self, context: Any, replication_id: str) -> None:
        self.replication_id = replication_id
        self.rung.set()

    @oslo_messaging.expose
    def check_credential(
        self, context: Any, credential_id: str, wait: float
    ) -> bool:
        if credential_id == 'locked':
            raise engine.Busy('a row of credentials', True)
        if credential_id == 'locked elsewhere':
            raise oslo_messaging.RemoteError('Busy', 'a row of credentials')
        return credential_id == 'good'

    @oslo_messaging.expose
    def plan(
        self, context: Any, request: dict[str, Any], wait: float
    ) -> dict[str, Any]:
        if 'fail' in request:
            raise ValueError('canary')
        if 'refuse' in request:
            raise exception.TooManyWaiting
        return {'echo': request}

    @oslo_messaging.expose
    def list_images(
        self, context: Any, keys: list[list[str]], wait: float
    ) -> None:
        self.listed = (keys, wait)
        self.rung.set()


def _messages() -> list[threading.Thread]:
    return [
        thread for thread in threading.enumerate() if thread.name == 'message'
    ]


class TestCase(base.TestCase):
    URL = 'fake:/'

    def setUp(self) -> None:
        super().setUp()
        self.bus = self.useFixture(glint_fixtures.RPC(self.URL))
        self.config(group='api', conductor_timeout=1)
        self.context = context.for_service()
        self.api = rpcapi.ConductorAPI()
        self.addCleanup(self.join)

    def join(self) -> None:
        """Wait for the messages that are on their way."""
        for thread in _messages():
            thread.join(timeout=30)
            self.assertFalse(thread.is_alive())

    def took(self, function: Callable[[], Any]) -> float:
        """:returns: how long a call took, in seconds."""
        start = time.monotonic()
        function()
        return time.monotonic() - start

    def ring(self) -> None:
        self.api.replicate(self.context, 'r1')

    def call(self) -> None:
        self.assertRaises(
            exception.ConductorUnavailable,
            self.api.check_credential,
            self.context,
            'good',
        )


class ConductorTestCase(TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.conductor = Conductor()
        self.bus.serve(self.conductor)

    def test_refusal_is_told_from_silence(self) -> None:
        self.assertRaises(
            exception.TooManyWaiting,
            self.api.plan,
            self.context,
            {'refuse': True},
        )

    def test_locked_row_is_told(self) -> None:
        for credential_id in ('locked', 'locked elsewhere'):
            self.assertRaises(
                exception.DatabaseBusy,
                self.api.check_credential,
                self.context,
                credential_id,
            )

    def test_conductor_learns_of_a_replication(self) -> None:
        self.ring()
        self.assertTrue(self.conductor.rung.wait(10))
        self.assertEqual('r1', self.conductor.replication_id)

    def test_verdict_on_a_credential_comes_back(self) -> None:
        for credential_id, expected in (('good', True), ('bad', False)):
            self.assertEqual(
                expected,
                self.api.check_credential(self.context, credential_id),
            )

    def test_plan_comes_back(self) -> None:
        self.assertEqual(
            {'echo': {'image_id': 'i'}},
            self.api.plan(self.context, {'image_id': 'i'}),
        )

    def test_failed_conductor_is_unavailable(self) -> None:
        error = self.assertRaises(
            exception.ConductorUnavailable,
            self.api.plan,
            self.context,
            {'fail': True},
        )
        self.assertNotIn('canary', str(error))

    def test_listing_is_waited_for(self) -> None:
        self.api.list_images(self.context, [('c1', 'hidden')], 5)
        self.assertEqual(([['c1', 'hidden']], 5), self.conductor.listed)

    def test_listing_without_a_wait_is_only_announced(self) -> None:
        self.api.list_images(self.context, [('c1', 'default')], 0)
        self.assertTrue(self.conductor.rung.wait(10))
        self.assertEqual(([['c1', 'default']], 0), self.conductor.listed)


class NoConductorTestCase(TestCase):
    def test_listing_that_nobody_makes_is_not_waited_for_long(self) -> None:
        self.assertLess(
            self.took(
                lambda: self.assertRaises(
                    exception.ConductorUnavailable,
                    self.api.list_images,
                    self.context,
                    [('c1', 'default')],
                    0.1,
                )
            ),
            10,
        )

    def test_nobody_answers_in_time(self) -> None:
        self.assertLess(self.took(self.call), 5)

    def test_message_waits_for_a_conductor(self) -> None:
        self.ring()
        conductor = Conductor()
        self.bus.serve(conductor)
        self.assertTrue(conductor.rung.wait(10))


class DeadBrokerTestCase(TestCase):
    URL = 'rabbit://127.0.0.1:1/'

    def test_request_goes_on_and_the_log_says_why(self) -> None:
        self.assertLess(self.took(self.ring), AT_ONCE)
        self.join()
        self.assertRegex(
            self.logs.output,
            r'WARNING .*replication r1 .*conductor will find it.*refused',
        )

    def test_call_ends_in_time_and_so_does_the_process(self) -> None:
        # The thread of the call never ends, so it gets its own process.
        done = subprocess.run(
            [sys.executable, '-c', CALL, self.URL],
            check=True,
            capture_output=True,
            timeout=50,
        )
        self.assertLess(float(done.stdout), 10)


class HangingBrokerTestCase(TestCase):
    """The broker takes connections and never says a word."""

    def setUp(self) -> None:
        self.broker = socket.create_server(('127.0.0.1', 0))
        self.URL = f'rabbit://127.0.0.1:{self.broker.getsockname()[1]}/'
        super().setUp()
        # Comes before the wait for the threads, and ends it.
        self.addCleanup(self.broker.close)

    def test_request_goes_on(self) -> None:
        self.assertLess(self.took(self.ring), AT_ONCE)
        self.assertEqual(1, len(_messages()))

    def test_no_more_messages_wait_than_are_permitted(self) -> None:
        with mock.patch.object(
            rpcapi, '_waiting', threading.BoundedSemaphore(2)
        ):
            for _number in range(4):
                self.assertLess(self.took(self.ring), AT_ONCE)
            self.assertEqual(2, len(_messages()))
            self.assertEqual(
                2, self.logs.output.count('too many messages wait')
            )
            self.broker.close()
            self.join()
