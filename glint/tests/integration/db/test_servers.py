# SPDX-License-Identifier: Apache-2.0

"""What the unit tests prove on SQLite, on MariaDB and PostgreSQL."""

import select
import threading
from typing import Any

import sqlalchemy as sa
import testscenarios

from glint.db import engine
from glint.db import models
from glint.tests.integration import lab as labs
from glint.tests.unit.db import base
from glint.tests.unit.db import test_attempt
from glint.tests.unit.db import test_change
from glint.tests.unit.db import test_clock
from glint.tests.unit.db import test_credential
from glint.tests.unit.db import test_engine
from glint.tests.unit.db import test_image_copy
from glint.tests.unit.db import test_image_listing
from glint.tests.unit.db import test_kept_secret
from glint.tests.unit.db import test_leftover
from glint.tests.unit.db import test_listing
from glint.tests.unit.db import test_locking
from glint.tests.unit.db import test_migration
from glint.tests.unit.db import test_purge
from glint.tests.unit.db import test_quota
from glint.tests.unit.db import test_replication
from glint.tests.unit.db import test_site
from glint.tests.unit.db import test_transitions
from glint.tests.unit.db.queue import test_checking
from glint.tests.unit.db.queue import test_conductor
from glint.tests.unit.db.queue import test_health
from glint.tests.unit.db.queue import test_lease
from glint.tests.unit.db.queue import test_refusal
from glint.tests.unit.db.queue import test_renewal
from glint.tests.unit.db.queue import test_reservation
from glint.tests.unit.db.queue import test_stuck
from glint.tests.unit.db.queue import test_takeover
from glint.tests.unit.db.queue import test_turn
from glint.tests.unit.db.queue import test_waiting
from glint.tests.unit.db.rule import test_execution
from glint.tests.unit.db.rule import test_purge as test_rule_purge
from glint.tests.unit.db.rule import test_replica
from glint.tests.unit.db.rule import test_rule

load_tests = testscenarios.load_tests_apply_scenarios


class OnServer:
    """Each test on an empty database of each server."""

    scenarios = [
        ('mariadb', {'service': 'mariadb'}),
        ('postgresql', {'service': 'postgresql'}),
    ]

    def server(self) -> str:
        lab = labs.load()
        if lab is None:
            self.fail('Set GLINT_LAB to the lab.json of "tools/lab start".')
        return lab.services[self.service]


def await_end(connection: Any) -> None:
    """Wait until the server has ended a session, which says nothing.

    :param connection: of the driver.
    """
    descriptor = (
        connection.fileno()
        if hasattr(connection, 'fileno')
        else connection._sock.fileno()
    )
    ready, _to, _error = select.select([descriptor], [], [], 10)
    assert ready, 'The session goes on.'


class AttemptTestCase(OnServer, test_attempt.AttemptTestCase):
    pass


class ChangeTestCase(OnServer, test_change.ChangeTestCase):
    pass


class CheckingTestCase(OnServer, test_checking.CheckingTest):
    pass


class NextCheckTestCase(OnServer, test_checking.NextCheckTest):
    pass


class ClockTestCase(OnServer, test_clock.ClockTestCase):
    pass


class ConductorTestCase(OnServer, test_conductor.ConductorTestCase):
    pass


class CredentialTestCase(OnServer, test_credential.CredentialTestCase):
    pass


class SecretTestCase(OnServer, test_credential.SecretTestCase):
    pass


class WriterTestCase(OnServer, test_engine.WriterTestCase):
    pass


class HammerTestCase(OnServer, test_engine.HammerTestCase):
    pass


class ForeignKeyTestCase(OnServer, test_engine.ForeignKeyTestCase):
    pass


class BreakerTestCase(OnServer, test_health.BreakerTestCase):
    pass


class ProbeTestCase(OnServer, test_health.ProbeTestCase):
    pass


class GetTestCase(OnServer, test_image_copy.GetTestCase):
    pass


class RecentTestCase(OnServer, test_image_copy.RecentTestCase):
    pass


class CancelTestCase(OnServer, test_image_copy.CancelTestCase):
    pass


class RetryTestCase(OnServer, test_image_copy.RetryTestCase):
    pass


class ReserveTestCase(OnServer, test_reservation.ReserveTestCase):
    pass


class ClaimTestCase(OnServer, test_lease.ClaimTestCase):
    pass


class DueTestCase(OnServer, test_lease.DueTestCase):
    pass


class RenewTestCase(OnServer, test_lease.RenewTestCase):
    pass


class EndingTestCase(OnServer, test_lease.EndingTestCase):
    pass


class LostTestCase(OnServer, test_takeover.LostTestCase):
    pass


class KeptSecretTestCase(OnServer, test_kept_secret.KeptSecretTestCase):
    pass


class LeftoverTestCase(OnServer, test_leftover.LeftoverTestCase):
    pass


class AdoptedTestCase(OnServer, test_leftover.AdoptedTestCase):
    pass


class ListingTestCase(OnServer, test_listing.ListingTestCase):
    pass


class ImageListingTestCase(OnServer, test_image_listing.ListingTestCase):
    pass


class MigrationTestCase(OnServer, test_migration.MigrationTestCase):
    pass


class SyncTestCase(OnServer, test_migration.SyncTestCase):
    pass


class RefusedTestCase(OnServer, test_refusal.RefusedTestCase):
    pass


class ParkTestCase(OnServer, test_refusal.ParkTestCase):
    pass


class ReasonsTestCase(OnServer, test_waiting.ReasonsTestCase):
    pass


class RefusedRetryTestCase(OnServer, test_refusal.RetryTestCase):
    pass


class LateTestCase(OnServer, test_refusal.LateTestCase):
    pass


class PurgeTestCase(OnServer, test_purge.PurgeTestCase):
    pass


class QuotaTestCase(OnServer, test_quota.QuotaTestCase):
    pass


class CreateTestCase(OnServer, test_replication.CreateTestCase):
    pass


class ViewTestCase(OnServer, test_replication.ViewTestCase):
    pass


class DeleteTestCase(OnServer, test_replication.DeleteTestCase):
    pass


class SettleTestCase(OnServer, test_replication.SettleTestCase):
    pass


class SiteTestCase(OnServer, test_site.SiteTestCase):
    pass


class HomeTestCase(OnServer, test_site.HomeTestCase):
    pass


class TransitionTestCase(OnServer, test_transitions.TransitionTestCase):
    pass


class FairnessTestCase(OnServer, test_turn.FairnessTestCase):
    pass


class SizeTestCase(OnServer, test_turn.SizeTestCase):
    pass


class PriorityTestCase(OnServer, test_turn.PriorityTestCase):
    pass


class LimitTestCase(OnServer, test_turn.LimitTestCase):
    pass


class TogetherTestCase(OnServer, test_turn.TogetherTestCase):
    pass


class DeadlockTestCase(OnServer, base.TestCase):
    def test_victim_of_a_deadlock_tries_again(self) -> None:
        sites = [self.add_site(), self.add_site()]
        both = threading.Barrier(2)
        tries: list[str] = []

        @engine.retried
        def write(first: str, second: str) -> None:
            tries.append(first)
            with engine.writer(self.context) as session:
                for site_id in (first, second):
                    session.execute(
                        sa.update(models.Site)
                        .where(models.Site.id == site_id)
                        .values(description=first)
                    )
                    if len(tries) <= 2 and site_id == first:
                        both.wait()

        one, other = (site.id for site in sites)
        done = self.together(
            lambda: write(one, other), lambda: write(other, one)
        )
        self.assertEqual([None, None], done)
        self.assertEqual(3, len(tries))
        rows = self.rows()['sites']
        self.assertEqual(1, len({row['description'] for row in rows}), rows)


class StuckTestCase(OnServer, test_stuck.StuckTestCase):
    pass


class CountTestCase(OnServer, test_stuck.CountTestCase):
    pass


class EvacuateTestCase(OnServer, test_takeover.EvacuateTestCase):
    pass


class RenewalTestCase(OnServer, test_renewal.RenewalTestCase):
    pass


class LockTestCase(OnServer, test_locking.LockTestCase):
    pass


class RuleTestCase(OnServer, test_rule.RuleTestCase):
    pass


class ExecutionTestCase(OnServer, test_execution.ExecutionTestCase):
    pass


class ReplicaTestCase(OnServer, test_replica.ReplicaTestCase):
    pass


class ExecutionPurgeTestCase(OnServer, test_rule_purge.ExecutionPurgeTestCase):
    pass
