# SPDX-License-Identifier: Apache-2.0


"""What Glint needs is gone for a while, and comes back."""

import contextlib
import dataclasses
import os
import pathlib
import resource
import signal
import time
from typing import Any

from glint.tests import waiting
from glint.tests.functional import faults
from glint.tests.functional import faulty
from glint.tests.functional import proxy as proxies
from glint.tests.integration import base
from glint.tests.integration import servers as servers_
from glint.tests.integration import stack as stacks

MIB = base.MIB

_SETTINGS = """
[DEFAULT]
debug = false
default_log_levels = keystoneauth=WARNING, urllib3=WARNING, oslo_messaging=INFO
[database]
retry_interval = 1
[network]
connect_timeout = 3
request_timeout = 5
stall_timeout = 5
[conductor]
max_attempts = 50
max_retry_delay = 4
probe_delay = 1
max_probe_delay = 3
recheck_delay = 1
spool_linger = 0
"""

#: How long what is gone stays so, in seconds: longer than a lease.
_OUTAGE = 12
#: Processor seconds a second that waiting may take; a busy loop takes one,
#: if nobody else wants the processor.
_IDLE = 0.15
#: What each process may write to its log for an outage, in lines.
_LINES = 60


class TestCase(base.TestCase):
    """A test with two sites, the first behind a proxy."""

    def setUp(self) -> None:
        super().setUp()
        self.servers = servers_.Servers.of_lab()
        self.addCleanup(self.servers.start)
        self.conductor = self.stack.start_conductor()
        west, self.east_cloud = self.lab.clouds[1:3]
        self.proxy = self.useFixture(proxies.Proxy(west.image_url))
        region = self.useFixture(faulty.Region(west, self.proxy.url)).name
        self.west_cloud = west
        self.west = self.add_site(
            dataclasses.replace(west, region_name=region)
        )
        self.east = self.add_site(self.east_cloud)

    def settings(self) -> str:
        return _SETTINGS

    def image(self, size: int) -> tuple[str, str]:
        image_id, digest = self.make_image(size)
        self.addCleanup(self.remove_made, image_id)
        return image_id, digest

    def throttle(self) -> faults.Fault:
        """Slow down all that is sent to the west."""
        return self.proxy.inject(
            faults.Throttle(faults.UPLOAD, faults.TO_CLOUD, 100_000)
        )

    def start_slowly(self, image_id: str) -> tuple[str, faults.Fault]:
        """Begin to copy an image to the west, so slowly that it never ends.

        :returns: the replication, and what slows it down.
        """
        slow = self.throttle()
        replication_id = self.replicate(image_id, self.west)
        assert slow.hit.wait(60)
        return replication_id, slow

    def copy(self, replication_id: str) -> dict[str, Any]:
        """Return the only copy of a replication."""
        [copy] = self.get(f'/v1/replications/{replication_id}')['copies']
        return dict(copy)

    def assert_there(self, cloud: Any, image_id: str, digest: str) -> None:
        """The cloud has the image exactly once, active and right."""
        made = self.made_from(cloud, image_id)
        self.assertEqual(['active'], [image.status for image in made])
        self.assertEqual(digest, made[0].os_hash_value)

    def assert_nothing_there(self, cloud: Any, image_id: str) -> None:
        self.assertEqual([], self.made_from(cloud, image_id))

    def health(self) -> tuple[int, str]:
        """Return status and text of ``/healthcheck``."""
        answer = self.glint.get('/healthcheck', authenticated=False)
        return answer.status_code, answer.text

    @contextlib.contextmanager
    def outage(self) -> Any:
        """Something is gone from within the block to its end.

        The block makes it so. It is left to last a while; nobody may be busy
        with that, and nobody may write much of it.
        """
        yield
        names = ['api', 'conductor']
        before = {
            name: (time.monotonic(), self._cpu(name), self._lines(name))
            for name in names
        }
        # The outage itself, which is no wait for anything.
        time.sleep(_OUTAGE)
        for name in names:
            began, cpu, lines = before[name]
            seconds = time.monotonic() - began
            share = (self._cpu(name) - cpu) / seconds
            written = self._lines(name)[len(lines) :]
            self.addDetail(
                f'{name}, while it lasted',
                stacks.text(
                    f'{share:.3f} processor seconds a second, '
                    f'{len(written)} lines\n' + '\n'.join(written)
                ),
            )
            self.assertLess(share, _IDLE, name)
            self.assertLess(len(written), _LINES, name)

    def _cpu(self, name: str) -> float:
        """:returns: the processor seconds that a process has taken."""
        ticks = 0
        for pid in servers_.tree(self.stack.processes[name].pid):
            with contextlib.suppress(OSError):
                text = pathlib.Path(f'/proc/{pid}/stat').read_text()
                fields = text.rpartition(')')[2].split()
                ticks += int(fields[11]) + int(fields[12])
        return ticks / os.sysconf('SC_CLK_TCK')

    def _lines(self, name: str) -> list[str]:
        written = ''
        for path in (
            self.stack.log_file(name),
            self.stack.folder / f'{name}.out',
        ):
            if path.exists():
                written += path.read_text(errors='replace')
        return written.splitlines()


class BrokerTest(TestCase):
    def test_conductor_stops_without_a_broker(self) -> None:
        self.servers.kill('rabbitmq')
        log = self.stack.log_file('conductor')
        waiting.until(
            lambda: 'AMQP server' in log.read_text(), 60, 'lost broker'
        )
        self.stack.stop(self.conductor)
        self.assertIn('Conductor conductor stopped', log.read_text())

    def test_copies_are_made_without_a_broker(self) -> None:
        image_id, digest = self.image(MIB)
        with self.outage():
            self.servers.stop('rabbitmq')
            replication_id = self.replicate(image_id, self.west)
            self.await_state(replication_id, 'completed')
        self.assert_there(self.west_cloud, image_id, digest)
        self.assertEqual(200, self.health()[0])
        self.servers.start()
        # Conductors listen again: this call needs an answer of theirs.
        waiting.until(
            lambda: self._plans(image_id), 60, 'answer of the conductor'
        )

    def _plans(self, image_id: str) -> bool:
        answer = self.glint.post(
            '/v1/replications?dry_run=true',
            json={'image_id': image_id, 'target_site_ids': [self.west]},
        )
        self.assertIn(answer.status_code, (200, 503), answer.text)
        return bool(answer.status_code == 200)


class _DatabaseTest:
    def test_copy_survives_an_outage_of_the_database(self) -> None:
        image_id, digest = self.image(8 * MIB)
        replication_id, slow = self.start_slowly(image_id)
        with self.outage():
            self.servers.kill(self.DATABASE)
        self.assertEqual(503, self.health()[0])
        answer = self.glint.get(f'/v1/replications/{replication_id}')
        self.assertEqual(503, answer.status_code, answer.text)
        self.assertEqual(
            'image-replication.database.unavailable',
            answer.json()['errors'][0]['code'],
        )
        self._assert_requests_flood_no_log(replication_id)
        slow.end()
        self.servers.start()
        waiting.until(lambda: self.health()[0] == 200, 30, 'healthy API')
        self.await_state(replication_id, 'completed')
        self.assert_there(self.west_cloud, image_id, digest)

    def _assert_requests_flood_no_log(self, replication_id: str) -> None:
        seen = len(self._lines('api'))
        for _number in range(20):
            self.health()
            self.glint.get(f'/v1/replications/{replication_id}')
        told = [
            line
            for line in self._lines('api')[seen:]
            if ' WARNING ' in line or ' ERROR ' in line
        ]
        # Two processes, each of which may not have told it yet.
        self.assertLessEqual(len(told), 4, told)

    def test_conductor_starts_without_a_database(self) -> None:
        image_id, digest = self.image(MIB)
        self.stack.stop(self.conductor)
        replication_id = self.replicate(image_id, self.west)
        self.servers.stop(self.DATABASE)
        with self.outage():
            seen = len(self._lines('conductor'))
            self.stack.spawn_conductor('conductor')
            # To load the program takes more than a second of the processor.
            waiting.until(
                lambda: any(
                    'SQL connection failed' in line
                    for line in self._lines('conductor')[seen:]
                ),
                60,
                'conductor that misses its database',
            )
        self.servers.start()
        self.await_state(replication_id, 'completed')
        self.assert_there(self.west_cloud, image_id, digest)


class MariaDBTest(_DatabaseTest, TestCase):
    DATABASE = 'mariadb'


class PostgreSQLTest(_DatabaseTest, TestCase):
    DATABASE = 'postgresql'


class SiteTest(TestCase):
    """A Keystone or a Glance is gone, and then is there again."""

    def test_target_glance(self) -> None:
        image_id, digest = self.image(8 * MIB)
        replication_id, slow = self.start_slowly(image_id)
        other = self.replicate(image_id, self.east)
        with self.outage():
            self.servers.kill('west-glance')
            slow.end()
            # Others do not suffer.
            self.await_state(other, 'completed')
        self._assert_waits(replication_id)
        self.servers.start()
        self.await_state(replication_id, 'completed')
        self.assert_there(self.west_cloud, image_id, digest)
        self.assert_there(self.east_cloud, image_id, digest)

    def test_target_keystone(self) -> None:
        image_id, digest = self.image(MIB)
        with self.outage():
            self.servers.kill('west-keystone')
            replication_id = self.replicate(image_id, self.west)
        self._assert_waits(replication_id)
        self.servers.start()
        self.await_state(replication_id, 'completed')
        self.assert_there(self.west_cloud, image_id, digest)

    def test_source_glance(self) -> None:
        image_id, digest = self.image(MIB)
        with self.outage():
            self.servers.kill('home-glance')
            replication_id = self.replicate(image_id, self.west)
        self._assert_waits(replication_id)
        self.servers.start()
        self.await_state(replication_id, 'completed')
        self.assert_there(self.west_cloud, image_id, digest)

    def test_home_keystone(self) -> None:
        image_id, digest = self.image(8 * MIB)
        replication_id, slow = self.start_slowly(image_id)
        with self.outage():
            self.servers.kill('home-keystone')
        # A token that the API has not seen before.
        answer = self.glint.get(
            '/v1/sites',
            headers={'X-Auth-Token': os.urandom(8).hex()},
            authenticated=False,
        )
        self.assertEqual(503, answer.status_code, answer.text)
        self.assertIn('errors', answer.json())
        self.assertEqual(200, self.health()[0])
        slow.end()
        self.servers.start()
        self.await_state(replication_id, 'completed')
        self.assert_there(self.west_cloud, image_id, digest)

    def _assert_waits(self, replication_id: str) -> None:
        """The copy is still wanted, and says what it waits for."""
        copy = waiting.until(
            lambda: self._waiting(replication_id), 60, 'copy that waits'
        )
        self.assertTrue(copy['error']['retryable'], copy)
        self.assertTrue(copy['error']['detail'], copy)

    def _waiting(self, replication_id: str) -> dict[str, Any] | None:
        copy = self.copy(replication_id)
        self.assertIn(copy['state'], ('queued', 'copying'), copy)
        return copy if copy['error'] else None


class NetworkTest(TestCase):
    def test_packets_that_vanish_in_both_directions(self) -> None:
        image_id, digest = self.image(8 * MIB)
        replication_id, slow = self.start_slowly(image_id)
        with self.outage():
            self.proxy.freeze()
        copy = waiting.until(
            lambda: (c := self.copy(replication_id))['error'] and c,
            60,
            'copy that noticed',
        )
        self.assertTrue(copy['error']['retryable'], copy)
        slow.end()
        self.proxy.thaw()
        self.await_state(replication_id, 'completed')
        self.assert_there(self.west_cloud, image_id, digest)


class DiskTest(TestCase):
    def test_spool_that_gets_full(self) -> None:
        image_id, digest = self.image(48 * MIB)
        # There seems to be room, until there is none.
        self._limit_files(32 * MIB)
        with self.outage():
            replication_id = self.replicate(image_id, self.west, self.east)
        self._assert_noticed(replication_id)
        self._limit_files(resource.RLIM_INFINITY)
        self.await_state(replication_id, 'completed')
        for cloud in (self.west_cloud, self.east_cloud):
            self.assert_there(cloud, image_id, digest)

    def test_spool_that_gets_full_of_what_a_slow_target_left(self) -> None:
        image_id, digest = self.image(48 * MIB)
        self._limit_files(32 * MIB)
        replication_id, slow = self.start_slowly(image_id)
        self._assert_noticed(replication_id)
        slow.end()
        self._limit_files(resource.RLIM_INFINITY)
        self.await_state(replication_id, 'completed')
        self.assert_there(self.west_cloud, image_id, digest)

    def _assert_noticed(self, replication_id: str) -> None:
        """All copies say that the spool is full."""

        def noticed() -> Any:
            found = self.get(f'/v1/replications/{replication_id}')['copies']
            return all(copy['error'] for copy in found) and found

        for copy in waiting.until(noticed, 60, 'copies that noticed'):
            self.assertEqual('spool_failed', copy['error']['code'], copy)
            self.assertTrue(copy['error']['retryable'], copy)
            self.assertIn('spool directory', copy['error']['detail'])

    def _limit_files(self, size: int) -> None:
        for pid in servers_.tree(self.conductor.pid):
            resource.prlimit(
                pid,
                resource.RLIMIT_FSIZE,
                (size, resource.RLIM_INFINITY),
            )


class PauseTest(TestCase):
    """A conductor that sleeps for longer than its lease."""

    def test_it_harms_nothing_when_it_wakes_up(self) -> None:
        image_id, digest = self.image(8 * MIB)
        replication_id, slow = self.start_slowly(image_id)
        self.stack.start_conductor('successor')
        servers_.signal_tree(self.conductor.pid, signal.SIGSTOP)
        self.addCleanup(
            servers_.signal_tree, self.conductor.pid, signal.SIGCONT
        )
        slow.end()
        done = self.await_state(replication_id, 'completed')
        self.assertEqual('successor', done['copies'][0]['conductor'])
        servers_.signal_tree(self.conductor.pid, signal.SIGCONT)
        log = self.stack.log_file('conductor')
        waiting.until(
            lambda: 'was lost to another conductor' in log.read_text(),
            60,
            'conductor that noticed',
        )
        self.assert_there(self.west_cloud, image_id, digest)
