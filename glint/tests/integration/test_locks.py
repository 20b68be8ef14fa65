# SPDX-License-Identifier: Apache-2.0

"""Rows that stay locked: by a process that froze, or by a stranger."""

from collections.abc import Callable
import contextlib
import signal
import subprocess
import threading
import time
from typing import Any

import sqlalchemy as sa

from glint.tests import waiting
from glint.tests.integration import gate as gates
from glint.tests.integration import servers as servers_
from glint.tests.integration import stack as stacks
from glint.tests.integration import test_outages

MIB = test_outages.MIB

_LEASE = 6
#: How long a call may take, whoever holds a lock; in seconds.
_BOUND = 5.0

#: What a transaction sends, by what it is for.
_CONDUCTOR = {
    'claim': r'served_at=.*INSERT INTO attempts',
    'renew': r'bytes_sent=\(?CASE',
    'reserve': r'UPDATE sites SET .*made_image_ids=',
    'release': r'UPDATE attempts SET',
}
_API = {
    'create': r'INSERT INTO copies',
    'cancel': r"UPDATE copies SET [^;]*'cancelling'",
    'update': r'UPDATE sites SET [^;]*description=',
    'delete': r'DELETE FROM sites',
}


class TestCase(test_outages.TestCase):
    """A test with a conductor, an API, and others behind a gate."""

    DEFAULT_TIMEOUT = 600

    def setUp(self) -> None:
        super().setUp()
        self.gate = self.useFixture(gates.Gate(self.stack.database))

    @contextlib.contextmanager
    def behind_gate(self) -> Any:
        """Let what is started within the block reach the database so."""
        direct = self.stack.database
        self.stack.database = self.gate.url
        try:
            yield
        finally:
            self.stack.database = direct

    @contextlib.contextmanager
    def frozen(self, process: subprocess.Popen[bytes]) -> Any:
        """Keep a process, once it is caught, from doing anything."""
        self.assertTrue(self.gate.caught.wait(60), 'Nothing was caught.')
        servers_.signal_tree(process.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            self.gate.open()
            servers_.signal_tree(process.pid, signal.SIGCONT)

    def ask(self, method: str, path: str, **body: Any) -> Any:
        """Call the API, which answers in time whoever holds a lock."""
        began = time.monotonic()
        answer = self.glint.request(
            path, method, json=body or None, connect_retries=0
        )
        seconds = time.monotonic() - began
        self.assertLess(seconds, _BOUND, f'{method} {path} {answer.text}')
        self.assertIn(answer.status_code, (*range(200, 210), 409, 503))
        if answer.status_code == 503:
            [error] = answer.json()['errors']
            self.assertEqual('image-replication.database.busy', error['code'])
            self.assertTrue(answer.headers['Retry-After'])
        return answer

    def ask_all(self, image_id: str, running: str) -> None:
        """Make all kinds of calls about one site, each of which is bounded.

        :param running: a replication that goes on.
        """
        site = f'/v1/sites/{self.west}'
        self.ask('GET', site)
        self.ask('PATCH', site, description='anew')
        self.ask('DELETE', f'{site}?cascade=true')
        made = self.ask(
            'POST',
            '/v1/replications',
            image_id=image_id,
            target_site_ids=[self.west],
        )
        if made.status_code == 202:
            path = f'/v1/replications/{made.json()["id"]}'
            self.ask('PUT', f'{path}/cancel')
        self.ask('PUT', f'/v1/replications/{running}/retry')
        self.assertEqual(200, self.health()[0])

    def log(self, name: str) -> str:
        return self.stack.log_file(name).read_text()

    def assert_made_once(self, image_id: str, digest: str) -> None:
        for cloud in (self.west_cloud, self.east_cloud):
            self.assert_there(cloud, image_id, digest)


class _FrozenTest:
    def test_conductor_that_freezes_in_a_transaction_is_succeeded(
        self,
    ) -> None:
        self.stack.stop(self.conductor)
        with self.behind_gate():
            self.doomed = self.stack.start_conductor('doomed')
        for name, pattern in _CONDUCTOR.items():
            self._freeze_conductor(name, pattern)

    def _freeze_conductor(self, name: str, pattern: str) -> None:
        image_id, digest = self.image(MIB)
        slow = self.throttle() if name == 'renew' else None
        self.gate.close(pattern)
        replication_id = self.replicate(image_id, self.west, self.east)
        with self.frozen(self.doomed):
            held = self._held(replication_id)
            if slow is not None:
                slow.end()
            self.ask_all(image_id, replication_id)
            if name == 'reserve':
                said = self.stack.manage('conductor', 'evacuate', 'doomed')
                self.assertIn('2 copies queued again', said)
            successor = self.stack.start_conductor('successor')
            self._await_takeover(name, replication_id, held)
            self.await_state(replication_id, 'completed')
            written = len(self.log('doomed'))
        self.assert_made_once(image_id, digest)
        # When it goes on, it finds out that what it had is another one's.
        waiting.until(
            lambda: len(self.log('doomed')) > written,
            30,
            'conductor that goes on',
        )
        self.assert_made_once(image_id, digest)
        self.stack.stop(successor)

    def _held(self, replication_id: str) -> set[str]:
        """Return the copies that are not at their targets yet.

        The one to the east may be, if it took less than a heartbeat.
        """
        copies = self.get(f'/v1/replications/{replication_id}')['copies']
        held = {c['id'] for c in copies if c['state'] != 'completed'}
        self.assertTrue(held)
        return held

    def _await_takeover(
        self, name: str, replication_id: str, held: set[str]
    ) -> None:
        began = time.monotonic()
        path = f'/v1/replications/{replication_id}'
        waiting.until(
            lambda: all(
                copy['conductor'] == 'successor'
                for copy in self.get(path)['copies']
                if copy['id'] in held
            ),
            3 * _LEASE,
            f'successor of the one that froze at {name}',
        )
        seconds = time.monotonic() - began
        self.addDetail(f'frozen at {name}', stacks.text(f'{seconds:.1f} s'))

    def test_api_that_freezes_in_a_transaction_holds_up_nothing(self) -> None:
        with self.behind_gate():
            url = self.stack.start_api('doomed')
        running, digest = self.image(8 * MIB)
        slowly, slow = self.start_slowly(running)
        image_id, _digest = self.image(MIB)
        other = self.add_site(self.east_cloud)
        calls: dict[str, Callable[[], Any]] = {
            'create': lambda: self.post_at(
                url, image_id, [self.west, self.east]
            ),
            'cancel': lambda: self.glint.put(
                f'{url}/v1/replications/{slowly}/cancel'
            ),
            'update': lambda: self.glint.patch(
                f'{url}/v1/sites/{self.west}', json={'description': 'x'}
            ),
            'delete': lambda: self.glint.delete(
                f'{url}/v1/sites/{other}?cascade=true'
            ),
        }
        for name, pattern in _API.items():
            self.gate.close(pattern)
            caller = threading.Thread(target=calls[name], daemon=True)
            caller.start()
            with self.frozen(self.stack.processes['doomed']):
                began = time.monotonic()
                while time.monotonic() < began + _LEASE / 2:
                    self.ask_all(image_id, slowly)
                # What the other one had locked is free by now.
                self.assertEqual(
                    200,
                    self.ask(
                        'PATCH', f'/v1/sites/{self.west}', description=name
                    ).status_code,
                )
            caller.join(30)
            self.assertFalse(caller.is_alive())
        slow.end()
        self.await_state(slowly, 'completed')
        self.assert_there(self.west_cloud, running, digest)
        self.assertEqual(1, self.copy(slowly)['attempts'])

    def post_at(self, url: str, image_id: str, sites: list[str]) -> Any:
        return self.glint.post(
            f'{url}/v1/replications',
            json={'image_id': image_id, 'target_site_ids': sites},
        )


class _StrangerTest:
    def test_locked_row_costs_no_lease(self) -> None:
        second = self.stack.start_conductor('second')
        for table in (
            'sites',
            'projects',
            'replications',
            'copies',
            'credentials',
        ):
            self._lock_row(table)
        self.assertIsNone(second.poll())
        for name in ('conductor', 'second'):
            self.assertNotIn('lost', self.log(name))
            self.assertNotIn('Traceback', self.log(name))

    def _lock_row(self, table: str) -> None:
        image_id, digest = self.image(8 * MIB)
        small_id, small_digest = self.image(MIB)
        slow = self.throttle()
        ran = self.replicate(image_id, self.west, self.east)
        assert slow.hit.wait(60)
        [copy] = [
            copy
            for copy in self.get(f'/v1/replications/{ran}')['copies']
            if copy['target_site_id'] == self.west
        ]
        [[copy_credential]] = self.stack.rows(
            f"SELECT credential_id FROM copies WHERE id = '{copy['id']}'"
        )
        with self._stranger(table, ran, copy['id']):
            began = time.monotonic()
            self.ask_all(small_id, ran)
            self.ask('POST', f'/v1/credentials/{copy_credential}/check')
            # To the site that nobody has locked, if the project may.
            asked = self.ask(
                'POST',
                '/v1/replications',
                image_id=small_id,
                target_site_ids=[self.east],
            )
            if table == 'copies':
                beside = asked.json()['id']
                self.await_state(beside, 'completed', timeout=_LEASE)
            # It wants to end while the row is locked.
            slow.end()
            while time.monotonic() < began + 2 * _LEASE:
                self.ask('GET', f'/v1/replications/{ran}')
                self.ask('PATCH', f'/v1/sites/{self.west}', description='y')
                time.sleep(0.5)
        done = self.await_state(ran, 'completed')
        self.assertEqual([1, 1], [c['attempts'] for c in done['copies']])
        self.assert_made_once(image_id, digest)
        if asked.status_code == 202:
            self.await_state(asked.json()['id'], 'completed')
            self.assert_there(self.east_cloud, small_id, small_digest)
        else:
            self.assertEqual('projects', table)

    @contextlib.contextmanager
    def _stranger(self, table: str, replication_id: str, copy_id: str) -> Any:
        """Lock a row of what is copied to the west, as nobody may."""
        row_id = {
            'sites': f"'{self.west}'",
            'projects': f"'{self.lab.home.member.project_id}'",
            'replications': f"'{replication_id}'",
            'copies': f"'{copy_id}'",
            'credentials': (
                f"(SELECT credential_id FROM copies WHERE id = '{copy_id}')"
            ),
        }[table]
        with self.stack.engine().connect() as connection:
            for name in self.LIMITS:
                connection.execute(sa.text(f'SET SESSION {name} = 0'))
            connection.execute(
                sa.text(
                    f'SELECT id FROM {table} WHERE id = {row_id} FOR UPDATE'
                )
            )
            yield
            connection.rollback()


class MariaDBFrozenTest(_FrozenTest, TestCase):
    DATABASE = 'mariadb'


class PostgreSQLFrozenTest(_FrozenTest, TestCase):
    DATABASE = 'postgresql'


class MariaDBStrangerTest(_StrangerTest, TestCase):
    DATABASE = 'mariadb'
    LIMITS = ('idle_transaction_timeout',)


class PostgreSQLStrangerTest(_StrangerTest, TestCase):
    DATABASE = 'postgresql'
    LIMITS = ('idle_in_transaction_session_timeout',)
