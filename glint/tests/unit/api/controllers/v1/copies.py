# SPDX-License-Identifier: Apache-2.0

"""What the tests of copies share."""

from glint.db.queue import lease
from glint.tests.unit.api import base

NOBODY = '6f1c0e5e-2f0b-4c1e-9d55-0d7c6a3b9e41'
ERROR = {
    'code': 'quota',
    'detail': 'The project has no room left.',
    'retryable': False,
    'http_status': 413,
}


class TestCase(base.TestCase):
    def setUp(self):
        super().setUp()
        self.home_key = self.add_home_credential()
        self.west = self.add_site('west')['id']
        self.east = self.add_site('east')['id']
        self.west_key = self.add_credential(self.west)['id']
        self.east_key = self.add_credential(self.east)['id']
        replication = self.add_replication(self.west, self.east)
        self.replication_id = replication['id']
        self.path = f'/v1/replications/{self.replication_id}/copies'
        self.first, self.second = replication['copies']
        self.copy_path = f'{self.path}/{self.first["id"]}'

    def claim(self):
        """Start both copies, as a conductor does."""
        copies = lease.claim(self.context, self.replication_id, 'c1', 5)
        return sorted(copies, key=lambda copy: copy.id != self.first['id'])
