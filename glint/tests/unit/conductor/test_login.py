# SPDX-License-Identifier: Apache-2.0

from concurrent import futures
import threading
from typing import Any

from glint import interrupt as interrupts
from glint import states
from glint.conductor import access
from glint.db import credential as db_credential
from glint.image import failure
from glint.tests.unit.conductor import base
from glint.tests.unit.image import cloud

TOKENS = '/v3/auth/tokens'


class GuardTest(base.TestCase):
    """Several sessions with one credential."""

    def setUp(self) -> None:
        super().setUp()
        self.arrived = threading.Semaphore(0)
        self.answer = threading.Event()
        self.running = 0
        self.most = 0
        self.status = 503
        self.west.on('POST', TOKENS, self._hold)
        self.pool = futures.ThreadPoolExecutor()
        self.addCleanup(self.pool.shutdown)
        self.addCleanup(self.answer.set)

    def _hold(self, request: cloud.Request) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        self.arrived.release()
        self.answer.wait(30)
        self.running -= 1
        if self.status == 201:
            self.west._issue(request)
        else:
            request.reply(self.status, {'error': {'message': 'No.'}})

    def _log_in(
        self, interrupt: interrupts.Interrupt | None = None, **options: Any
    ) -> str:
        session = access.open_session(
            self.context,
            self.west_id,
            self.west_credential_id,
            interrupt or interrupts.Interrupt(),
            **options,
        )
        try:
            return session.token()
        finally:
            session.close()

    def _start(self, count: int) -> list[futures.Future[str]]:
        """Let some log in, of which one waits for the answer."""
        started = [self.pool.submit(self._log_in) for _number in range(count)]
        self.assertTrue(self.arrived.acquire(timeout=30))
        return started

    def test_one_logs_in_at_a_time(self) -> None:
        self.status = 201
        started = self._start(4)
        self.answer.set()
        self.assertEqual(4, len({one.result(30) for one in started}))
        self.assertEqual(1, self.most)

    def test_refusal_holds_all_others_back(self) -> None:
        self.status = 401
        started = self._start(4)
        self.answer.set()
        codes = {one.exception(30).code for one in started}  # type: ignore
        self.assertEqual({'unauthorized'}, codes)
        # Those who begin later do not ask, either.
        self.assertRaises(failure.SiteFailure, self._log_in)
        self.assertEqual(1, len(self.west.sent('POST', TOKENS)))
        found = db_credential.get(
            self.context, self.west_credential_id, None, None
        )
        self.assertEqual(
            (states.CREDENTIAL_UNAUTHORIZED, 1),
            (found.state, found.wrong_logins),
        )

    def test_check_tries_a_refused_credential(self) -> None:
        self.status = 401
        self.answer.set()
        self.assertRaises(failure.SiteFailure, self._log_in)
        self.status = 201
        self.assertTrue(self._log_in(although_refused=True))

    def test_silence_is_not_held_against_the_credential(self) -> None:
        self.answer.set()
        self.assertRaises(failure.SiteFailure, self._log_in)
        self.status = 201
        self.assertTrue(self._log_in())

    def test_wait_for_the_turn_can_be_interrupted(self) -> None:
        self._start(1)
        stopping = interrupts.Interrupt()
        waiting = self.pool.submit(self._log_in, stopping)
        stopping.set('stopping')
        self.assertIsInstance(waiting.exception(30), interrupts.Interrupted)
        self.assertEqual(1, len(self.west.sent('POST', TOKENS)))
