# SPDX-License-Identifier: Apache-2.0

import datetime
import types

from glint import states
from glint.api.views import wait
from glint.db.queue import waiting
from glint.tests import base

_AT = datetime.datetime(2026, 11, 30, 12)


class DetailTest(base.TestCase):
    def test_every_reason_has_a_sentence(self):
        self.assertEqual(set(states.WAITS), set(wait._SENTENCES))

    def test_replications_that_come_before_are_counted(self):
        detail = wait.detail(waiting.Wait(states.TURN, ahead=3))
        self.assertIn('3 queued replications', detail)

    def test_replications_that_were_not_counted_are_not_told(self):
        detail = wait.detail(waiting.Wait(states.TURN))
        self.assertEqual('The copy waits for its turn.', detail)

    def test_reason_without_words_of_the_site_is_a_sentence(self):
        site = types.SimpleNamespace(health_detail=None, name='west')
        credential = types.SimpleNamespace(detail=None)
        for reason in (states.SITE_SILENT, states.CREDENTIAL_REFUSED):
            detail = wait.detail(
                waiting.Wait(reason, site, credential, until=_AT)
            )
            self.assertTrue(detail.startswith('The copy waits'), detail)
            self.assertIn('again by itself at 2026-11-30 12:00:00 UTC', detail)

    def test_credential_that_only_its_user_checks_names_no_time(self):
        credential = types.SimpleNamespace(detail=None)
        detail = wait.detail(
            waiting.Wait(states.CREDENTIAL_REFUSED, None, credential)
        )
        self.assertNotIn('by itself', detail)
