# SPDX-License-Identifier: Apache-2.0

"""Tests of the register of secrets that a key manager keeps."""

from datetime import timedelta

from glint.db import credential as db_credential
from glint.db import kept_secret
from glint.db import models
from glint.tests.unit.db import base

HOUR = timedelta(hours=1)


class KeptSecretTestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.site_id = self.add_site().id

    def register(self, credential_id: str = 'c1', ref: str = 'r1') -> None:
        kept_secret.register(self.context, credential_id, 'barbican', ref)

    def found(self, patience: timedelta = HOUR, limit: int = 9) -> list[str]:
        rows = kept_secret.unreferenced(
            self.context, 'barbican', patience, limit
        )
        return sorted(row.ref for row in rows)

    def test_new_one_is_waited_for(self) -> None:
        self.assertFalse(kept_secret.any_there(self.context))
        self.register()
        self.assertTrue(kept_secret.any_there(self.context))
        self.assertEqual([], self.found())
        self.assertEqual(['r1'], self.found(patience=-HOUR))

    def test_one_that_a_row_names_is_not_found(self) -> None:
        self.register()
        self.add_credential(self.site_id, id='c1', secret='r1')
        self.assertEqual([], self.found(patience=-HOUR))
        kept_secret.abandon(self.context, 'c1', 'r1')
        self.assertEqual([], self.found(patience=-HOUR))

    def test_one_that_only_another_row_names_is_found(self) -> None:
        self.register()
        self.add_credential(self.site_id, id='c2', secret='r1')
        self.assertEqual(['r1'], self.found(patience=-HOUR))

    def test_one_whose_row_is_gone_is_found_at_once(self) -> None:
        self.register('c1', 'r1')
        self.register('c2', 'r2')
        self.add_credential(self.site_id, id='c1', secret='r1')
        self.add_credential(self.site_id, id='c2', secret='r2')
        db_credential.delete(self.context, 'c1')
        self.assertEqual(['r1'], self.found())
        self.delete_site(self.site_id)
        self.assertEqual(['r1', 'r2'], self.found())

    def test_abandoned_one_is_found_at_once(self) -> None:
        self.register('c1', 'r1')
        self.register('c1', 'r2')
        kept_secret.abandon(self.context, 'c1', 'r1')
        self.assertEqual(['r1'], self.found())

    def test_those_of_other_key_managers_are_not_found(self) -> None:
        kept_secret.register(self.context, 'c1', 'vault', 'r1')
        self.assertEqual([], self.found(patience=-HOUR))

    def test_oldest_come_first_and_are_struck(self) -> None:
        for number in range(3):
            self.register(ref=f'r{number}')
        self.assertEqual(['r0'], self.found(-HOUR, limit=1))
        (row,) = kept_secret.unreferenced(self.context, 'barbican', -HOUR, 1)
        kept_secret.remove(self.context, row.id)
        self.assertEqual(['r1', 'r2'], self.found(-HOUR))
        self.assertNotIn('r1', repr(models.KeptSecret(ref='r1')))
