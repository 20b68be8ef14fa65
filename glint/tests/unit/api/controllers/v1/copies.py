# SPDX-License-Identifier: Apache-2.0

"""What the tests of copies share."""

from glint.tests.unit.api.controllers.v1 import replications

NOBODY = replications.NOBODY
ERROR = {
    'code': 'quota',
    'detail': 'The project has no room left.',
    'retryable': False,
    'http_status': 413,
}


class TestCase(replications.TestCase):
    def setUp(self):
        super().setUp()
        replication = self.add_replication(self.west, self.east)
        self.replication_id = replication['id']
        self.path = f'/v1/replications/{self.replication_id}/copies'
        self.first, self.second = replication['copies']
        self.copy_path = f'{self.path}/{self.first["id"]}'

    def claim_both(self):
        """Start both copies, as a conductor does."""
        copies = self.claim(self.replication_id)
        return sorted(copies, key=lambda copy: copy.id != self.first['id'])
