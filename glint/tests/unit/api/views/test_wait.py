# SPDX-License-Identifier: Apache-2.0

import types

from glint import states
from glint.api.views import wait
from glint.db.queue import waiting
from glint.tests import base


class DetailTest(base.TestCase):
    def test_every_reason_has_a_sentence(self):
        self.assertEqual(set(states.WAITS), set(wait._SENTENCES))

    def test_replications_that_come_before_are_counted(self):
        detail = wait.detail(waiting.Wait(states.TURN, ahead=3))
        self.assertIn('3 queued replications', detail)

    def test_reason_without_words_of_the_site_is_a_sentence(self):
        site = types.SimpleNamespace(health_detail=None)
        credential = types.SimpleNamespace(detail=None)
        for reason in (states.SITE_SILENT, states.CREDENTIAL_REFUSED):
            detail = wait.detail(waiting.Wait(reason, site, credential))
            self.assertTrue(detail.startswith('The copy waits'), detail)
