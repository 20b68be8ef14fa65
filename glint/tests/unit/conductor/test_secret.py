# SPDX-License-Identifier: Apache-2.0

"""Tests of the removal of secrets that nobody needs."""

from datetime import timedelta

from oslo_utils import timeutils

from glint import interrupt as interrupts
from glint.conductor import crew
from glint.conductor import secret
from glint.db import credential as db_credential
from glint.db import kept_secret
from glint.db import listing
from glint.db import models
from glint.tests.unit.secrets import test_key_manager as keeper


class SecretTestCase(keeper.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.interrupt = interrupts.Interrupt()
        self.crew = crew.Crew('test', 4)
        self.addCleanup(self.crew.stop)
        for number in range(3):
            stored = self.encrypt(f'c{number}')
            kept_secret.abandon(self.context, f'c{number}', stored.secret)

    def test_secrets_without_a_row_are_deleted(self) -> None:
        secret.sweep(self.context, self.interrupt)
        self.assertEqual({}, self.keeper.contents)

    def test_trial_that_was_left_is_deleted_without_a_key_manager(
        self,
    ) -> None:
        self.keeper.error = OSError('down')
        site_id = self.add_site().id
        real = self.add_credential(site_id)
        trial = self.add_credential(site_id, trial_of=real.id)
        sweep = secret.Sweep()
        for age, left in ((59, 2), (61, 1)):
            self.set_columns(
                models.Credential,
                trial.id,
                created_at=timeutils.utcnow() - timedelta(minutes=age),
            )
            sweep(self.context, self.crew)
            rows = db_credential.index(
                self.context, None, None, listing.Page()
            )
            self.assertEqual(left, len(rows))

    def test_interrupt_ends_it(self) -> None:
        self.interrupt.set('stopping')
        self.assertRaises(
            interrupts.Interrupted, secret.sweep, self.context, self.interrupt
        )
        self.assertEqual(2, len(self.keeper.contents))

    def test_outage_is_logged_and_waited_for(self) -> None:
        self.keeper.error = OSError('down')
        sweep = secret.Sweep()
        for _number in range(3):
            sweep(self.context, self.crew)
        self.assertEqual(
            1, self.logs.output.count('Secrets that nobody needs are left')
        )
        self.assertEqual(3, len(self.keeper.contents))

    def test_what_was_left_is_deleted_after_the_outage(self) -> None:
        self.config(group='conductor', recheck_delay=0.0)
        self.keeper.error = OSError('down')
        sweep = secret.Sweep()
        sweep(self.context, self.crew)
        self.keeper.error = None
        sweep(self.context, self.crew)
        self.assertEqual({}, self.keeper.contents)
