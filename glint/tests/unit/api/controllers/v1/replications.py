# SPDX-License-Identifier: Apache-2.0

"""What the tests of replications share."""

from glint.db.queue import lease
from glint.tests.unit.api import base

NOBODY = '6f1c0e5e-2f0b-4c1e-9d55-0d7c6a3b9e41'


class TestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.home_key = self.add_home_credential()
        self.west = self.add_site('west')['id']
        self.east = self.add_site('east')['id']
        self.west_key = self.add_credential(self.west)['id']
        self.east_key = self.add_credential(self.east)['id']
        self.body = {
            'image_id': base.IMAGE_ID,
            'target_site_ids': [self.west, self.east],
        }

    def claim(self, replication_id, limit=5):
        """Start copies, as a conductor does."""
        return lease.claim(self.context, replication_id, 'c1', limit)
