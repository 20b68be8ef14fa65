# SPDX-License-Identifier: Apache-2.0

import types

import ddt

from glint.api.views import image_copy
from glint.tests import base

_NAMES = (
    'id target_site_id target_site_name target_image_id phase outcome '
    'attempts next_attempt_at error notes conductor started_at finished_at'
)


@ddt.ddt
class EtaTest(base.TestCase):
    @ddt.data(
        ('copying', 500, 1000, 300, 2),
        ('copying', 1000, 1000, 300, 0),
        ('copying', 1001, 1000, 300, 0),
        ('copying', 0, 1000, 0, None),
        ('copying', 0, 1000, None, None),
        ('copying', 0, None, 300, None),
        ('queued', 500, 1000, 300, None),
        ('completed', 500, 1000, 300, None),
    )
    @ddt.unpack
    def test_eta_is_the_seconds_left(self, state, sent, total, rate, eta):
        row = types.SimpleNamespace(
            **dict.fromkeys(_NAMES.split()),
            state=state,
            bytes_sent=sent,
            bytes_total=total,
            rate=rate,
        )
        view = image_copy.view(row)
        self.assertEqual(eta, view['eta'])
        self.assertEqual([], view['notes'])
