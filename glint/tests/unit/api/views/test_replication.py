# SPDX-License-Identifier: Apache-2.0

import types

import ddt

from glint.api.views import replication
from glint.db import summary
from glint.tests import base


def _view(state, size, counts, sent=0, total=None):
    row = types.SimpleNamespace(
        id='r',
        image_id='i',
        image_name=None,
        source_site_id='s',
        source_site_name='home',
        state=state,
        priority=1,
        size=size,
        options={},
        client_token=None,
        user_id='u',
        project_id='p',
        created_at=None,
        updated_at=None,
        started_at=None,
        finished_at=None,
    )
    return replication.view(row, summary.Summary(counts, sent, total), ())


@ddt.ddt
class ProgressTest(base.TestCase):
    @ddt.data(
        # Nothing is known yet.
        (('queued', None, {'queued': 2}), (None, 0)),
        # The size is known, no copy has begun.
        (('queued', 100, {'queued': 2}), (200, 0)),
        # One of two is half sent.
        (('copying', 100, {'queued': 1, 'copying': 1}, 50, 100), (200, 25)),
        # All bytes are there, but not verified.
        (('copying', 100, {'copying': 1}, 100, 100), (100, 99)),
        (('completed', 100, {'completed': 1}, 100, 100), (100, 100)),
        # Found there already: no byte was sent.
        (('completed', 100, {'completed': 1}, 0, 0), (100, 100)),
        (('completed', None, {'completed': 1}), (None, 100)),
        # An empty image.
        (('copying', 0, {'copying': 1}, 0, 0), (0, 0)),
        (('error', 100, {'completed': 1, 'error': 1}, 100, 100), (200, 50)),
    )
    @ddt.unpack
    def test_progress_is_that_of_all_copies(self, given, expected):
        view = _view(*given)
        self.assertEqual(expected, (view['bytes_total'], view['progress']))

    def test_summary_counts_every_state(self):
        summary = _view('copying', None, {'queued': 1, 'error': 2})[
            'copies_summary'
        ]
        self.assertEqual(
            {
                'total': 3,
                'queued': 1,
                'copying': 0,
                'cancelling': 0,
                'completed': 0,
                'error': 2,
                'cancelled': 0,
            },
            summary,
        )
