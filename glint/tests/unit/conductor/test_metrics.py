# SPDX-License-Identifier: Apache-2.0

"""Tests of what a conductor counts, as Prometheus reads it."""

import contextlib
import socket
import urllib.request
import uuid

import fixtures
from prometheus_client import parser

from glint.conductor import metrics
from glint.conductor.copy import run as runs
from glint.db import credential as db_credential
from glint.db import engine
from glint.db.queue import lease
from glint.image import failure
from glint.tests import ports
from glint.tests.unit.conductor import base


class TestCase(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        self.useFixture(
            fixtures.MonkeyPatch('glint.conductor.metrics._named', set())
        )
        self.port = ports.free_port()
        self.config(group='metrics', port=self.port)
        self.endpoint = metrics.Endpoint()
        self.endpoint.start()
        self.addCleanup(self.endpoint.stop)

    def scrape(self) -> str:
        """:returns: what Prometheus is answered."""
        url = f'http://127.0.0.1:{self.port}/metrics'
        with urllib.request.urlopen(url, timeout=10) as answer:
            return answer.read().decode()

    def value(self, name: str, **labels: str) -> float:
        """:returns: the value of a metric, 0 where there is none."""
        return sum(
            sample.value
            for family in parser.text_string_to_metric_families(self.scrape())
            for sample in family.samples
            if sample.name == name and sample.labels == labels
        )


class CopyTestCase(TestCase):
    def test_completed_copy_is_counted_with_bytes_and_time(self) -> None:
        labels = {'outcome': 'copied'}
        before = self.value('glint_copy_duration_seconds_count', **labels)
        ended = self.value(
            'glint_copies_ended_total', state='completed', **labels
        )
        self.assertEqual('completed', self.run_copy(self.replicate()).state)
        self.assertEqual(
            len(base.DATA),
            self.value('glint_sent_bytes_total', site=self.west_id),
        )
        self.assertEqual(
            1 + ended,
            self.value(
                'glint_copies_ended_total', state='completed', **labels
            ),
        )
        self.assertEqual(
            1 + before,
            self.value('glint_copy_duration_seconds_count', **labels),
        )

    def test_failure_is_counted_at_the_site_at_fault(self) -> None:
        self.west.reply('POST', '/v2/images', 403, {'message': 'no'})
        before = self.value(
            'glint_copies_ended_total', state='error', outcome=''
        )
        copy = self.run_copy(self.replicate())
        self.assertEqual('error', copy.state)
        self.assertEqual(
            1,
            self.value(
                'glint_copy_failures_total',
                site=self.west_id,
                code=copy.error['code'],
            ),
        )
        self.assertEqual(
            1 + before,
            self.value('glint_copies_ended_total', state='error', outcome=''),
        )

    def test_lost_copy_is_counted(self) -> None:
        before = self.value('glint_leases_lost_total')
        run, source = self.claim(self.replicate())
        run.interrupt.set(runs.LOST)
        base.copier.run_copy(run, source)
        self.assertEqual(1 + before, self.value('glint_leases_lost_total'))

    def test_what_runs_and_what_is_spooled_is_looked_up(self) -> None:
        metrics.watch(lambda: 3, lambda: 4096)
        self.assertEqual(3, self.value('glint_copies_running'))
        self.assertEqual(4096, self.value('glint_spool_bytes'))

    def test_process_is_measured(self) -> None:
        self.assertLess(0, self.value('glint_process_open_fds'))
        self.assertLess(0, self.value('glint_process_resident_memory_bytes'))


class SiteTestCase(TestCase):
    def test_sites_beyond_the_limit_are_one(self) -> None:
        self.config(group='metrics', max_sites=2)
        others = self.value(
            'glint_copy_failures_total', site='other', code='x'
        )
        sites = [str(uuid.uuid4()) for _number in range(5)]
        for site_id in sites * 2:
            cause = failure.SiteFailure('x', 'y')
            cause.site_id = site_id
            metrics.failed(cause)
        self.assertEqual(
            [2, 2, 0, 0, 0],
            [
                self.value('glint_copy_failures_total', site=site_id, code='x')
                for site_id in sites
            ],
        )
        self.assertEqual(
            6 + others,
            self.value('glint_copy_failures_total', site='other', code='x'),
        )


class BacklogTestCase(TestCase):
    def test_copies_in_the_database_are_counted(self) -> None:
        for _number in range(2):
            self.replicate()
        lease.claim(self.context, self.replicate().id, 'c', 1)
        db_credential.refuse(
            self.context, self.west_credential_id, 'No such user.', False
        )
        self.assertEqual(
            [2, 1, 0],
            [
                self.value('glint_copies', state=state)
                for state in ('queued', 'copying', 'cancelling')
            ],
        )
        self.assertEqual(
            [0, 2, 0],
            [
                self.value('glint_copies_stuck', reason=reason)
                for reason in ('conductor_silent', 'parked', 'leftover')
            ],
        )
        self.assertEqual(1, self.value('glint_database_up'))

    def test_database_is_not_asked_each_time(self) -> None:
        self.assertEqual(0, self.value('glint_copies', state='queued'))
        self.replicate()
        self.assertEqual(0, self.value('glint_copies', state='queued'))

    def test_database_that_is_away_costs_no_other_metric(self) -> None:
        self.config(
            group='database',
            connection='mysql+pymysql://glint:canary@127.0.0.1:1/glint',
            max_retries=0,
        )
        self.useFixture(base.glint_fixtures.Engine())
        engine.configure()
        answer = self.scrape()
        self.assertIn('glint_database_up 0.0', answer)
        self.assertNotIn('glint_copies{', answer)
        self.assertIn('glint_copies_running', answer)
        self.assertNotIn('canary', answer)


class EndpointTestCase(base.TestCase):
    def test_nobody_listens_unless_a_port_is_configured(self) -> None:
        endpoint = metrics.Endpoint()
        endpoint.start()
        self.addCleanup(endpoint.stop)
        self.assertIsNone(endpoint._server)

    def test_port_in_use_is_logged_and_costs_no_copies(self) -> None:
        with contextlib.closing(socket.socket()) as taken:
            taken.bind(('127.0.0.1', 0))
            taken.listen()
            self.config(group='metrics', port=taken.getsockname()[1])
            endpoint = metrics.Endpoint()
            endpoint.start()
            endpoint.stop()
        self.assertIn('There are no metrics', self.logs.output)
