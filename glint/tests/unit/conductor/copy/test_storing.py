# SPDX-License-Identifier: Apache-2.0

import itertools
from typing import Any

from glint import interrupt as interrupts
from glint import states
from glint.conductor.copy import run as runs
from glint.conductor.copy import storing
from glint.image import failure
from glint.tests.unit.conductor import base

SHOW = '/v2/images/[^/]+'


class SettledTest(base.TestCase):
    """What the record says, one look after the other."""

    def setUp(self) -> None:
        super().setUp()
        self.patch(storing, '_PAUSE', 0.01)
        self.run_, _source = self.claim(self.replicate())
        self.session = self.west.session()
        self.addCleanup(self.session.close)
        self.image_id = self.new_id()
        self.west.add(self.image_id, b'')

    def _show(self, *answers: Any) -> None:
        """Give these states, HTTP statuses or functions, the last for ever."""
        rest = itertools.chain(answers, itertools.repeat(answers[-1]))

        def show(request: Any) -> None:
            answer = next(rest)
            if callable(answer):
                answer = answer()
            if isinstance(answer, int):
                request.reply(answer, {'message': 'no'})
                return
            image = self.west.images[self.image_id]
            facts = {'checksum': None, 'os_hash_value': None}
            request.reply(200, {**image, **facts, 'status': answer})

        self.west.on('GET', SHOW, show)

    def _looks(self) -> int:
        return len(self.west.sent('GET', SHOW))

    def _status(self, size: int | None) -> str | None:
        found = storing.settled(self.run_, self.session, self.image_id, size)
        return found and found['status']

    def test_whole_image_is_waited_for(self) -> None:
        self.patch(storing, 'SETTLE', 5)
        self._show('queued', 'saving', 'saving', 'active')
        self.assertEqual('active', self._status(1))
        self.assertEqual(4, self._looks())
        self.assertEqual(states.VERIFYING, self.run_.phase)

    def test_image_that_is_queued_again_is_not(self) -> None:
        self.patch(storing, 'SETTLE', 60)
        self._show('saving', 'queued')
        self.assertEqual('queued', self._status(1))
        self.assertEqual(2, self._looks())

    def test_image_that_stays_queued_is_waited_for_shortly(self) -> None:
        self.patch(storing, 'SETTLE', 0.1)
        self._show('queued')
        self.assertEqual('queued', self._status(1))

    def test_cut_image_that_is_queued_is_not_waited_for(self) -> None:
        self._show('queued')
        self.assertEqual('queued', self._status(None))
        self.assertEqual(1, self._looks())
        self.assertEqual(states.PREPARING, self.run_.phase)

    def test_cut_image_that_is_saving_is_waited_for_shortly(self) -> None:
        self.patch(storing, 'SETTLE', 0.1)
        self._show('saving')
        self.assertEqual('saving', self._status(None))

    def test_large_image_is_waited_for_longer(self) -> None:
        self.patch(storing, 'GRACE', 0)
        self.patch(storing, 'SETTLE', 0)
        self.patch(storing, 'RATE', 2)
        self._show('saving')
        self.assertEqual('saving', self._status(1))
        self.assertGreater(self._looks(), 3)

    def test_image_that_is_gone_is_not_waited_for(self) -> None:
        self._show('saving', 404)
        self.assertIsNone(self._status(1))

    def test_site_that_is_silent_for_a_while_is_asked_again(
        self,
    ) -> None:
        self._show(504, 'saving', 503, 'active')
        self.assertEqual('active', self._status(1))

    def test_site_that_answers_no_more_is_given_up(self) -> None:
        self.patch(storing, 'GRACE', 0.1)
        self.patch(storing, 'RATE', 0.001)
        self._show('saving', 503)
        error = self.assertRaises(failure.SiteFailure, self._status, 1)
        self.assertEqual(503, error.http_status)

    def test_refusal_ends_it(self) -> None:
        self._show('saving', 403)
        error = self.assertRaises(failure.SiteFailure, self._status, 1)
        self.assertEqual(403, error.http_status)

    def test_cancel_ends_it(self) -> None:
        def cancel() -> str:
            self.run_.interrupt.set(runs.CANCELLED)
            return 'saving'

        self._show('saving', cancel)
        self.assertRaises(interrupts.Interrupted, self._status, 1)
