# SPDX-License-Identifier: Apache-2.0

"""How replications and copies look in tables."""

from oslotest import base

from glintclient.osc.v1 import replication_view
from glintclient.tests.unit import base as unit
from glintclient.v1 import image_copy as _image_copy
from glintclient.v1 import replication as _replication

_WAIT = unit.sample('replication-create-response')['copies'][0]['waits_for'][0]


class TestWaits(base.BaseTestCase):
    def setUp(self) -> None:
        super().setUp()
        self.sample = unit.sample('replication-create-response')

    def test_replication_tells_why_its_copies_wait(self) -> None:
        made = _replication.Replication(**self.sample)
        shown = replication_view.detail(made)['copies']
        self.assertEqual(
            f'cern: queued, {_WAIT["detail"]}', shown.human_readable()
        )
        self.assertEqual([_WAIT], shown.machine_readable()[0]['waits_for'])

    def test_skipped_copy_names_no_image(self) -> None:
        note = 'Site cern has another image named debian-13.'
        skipped = {
            'state': 'completed',
            'outcome': 'skipped',
            'waits_for': [],
            'notes': [note],
        }
        copies = [self.sample['copies'][0] | skipped]
        made = _replication.Replication(**self.sample | {'copies': copies})
        shown = replication_view.detail(made)['copies']
        self.assertEqual(f'cern: skipped, {note}', shown.human_readable())

    def test_copy_tells_each_reason_in_a_line(self) -> None:
        other = _WAIT | {'reason': 'backoff', 'detail': 'Later.'}
        copy = _image_copy.ImageCopy(
            **self.sample['copies'][0] | {'waits_for': [_WAIT, other]}
        )
        shown = replication_view.copy_detail(copy)['waits_for']
        self.assertEqual(f'{_WAIT["detail"]}\nLater.', shown.human_readable())
        self.assertEqual([_WAIT, other], shown.machine_readable())
