# SPDX-License-Identifier: Apache-2.0

"""What people see, and type, at a terminal."""

import io
import signal
from typing import Any

import pexpect

from glintclient.tests.functional import base
from glintclient.tests.functional import glint as glints

_PATIENCE_SECONDS = 120


class TestTerminal(base.TestCase):
    def setUp(self) -> None:
        super().setUp()
        # A process that was started in the background may ignore interrupts,
        # and so would those that it starts.
        signal.signal(signal.SIGINT, signal.default_int_handler)
        self.shown = io.StringIO()

    def test_bar_per_target_moves(self) -> None:
        sites = sorted([self.make_site('west'), self.make_site('east')])
        image = self.make_image(16 * 2**20)
        self.assertEqual(
            0,
            self._end(self._run('replicate', image.id, '--to-all', '--wait')),
        )
        shown = self.shown.getvalue()
        self.assertIn('\x1b[2A', shown)
        for site in sites:
            self.assertRegex(
                shown, rf'\x1b\[K{site} +█{{20}}  copied, verified'
            )

    def test_several_images_move_together(self) -> None:
        site = self.make_site()
        images = [self.make_image(8 * 2**20) for _ in range(2)]
        run = self._run(
            *('replicate', *(image.name for image in images)),
            *('--to', site, '--wait'),
        )
        self.assertEqual(0, self._end(run))
        shown = self.shown.getvalue()
        self.assertIn('\x1b[2A', shown)
        for image in images:
            self.assertRegex(
                shown, rf'{image.name}: {site}  █{{20}}  copied, verified'
            )

    def test_interrupt_leaves_it_running_and_says_how_to_go_on(self) -> None:
        dead = self._dead_site()
        image = self.make_image()
        run = self._run('replicate', image.name, '--to', dead, '--wait')
        run.expect(rf'{dead}  (░{{20}}  )?queued')
        run.sendintr()
        self.assertEqual(130, self._end(run))
        (found,) = self.client.replications(image_id=image.id)
        shown = self.shown.getvalue()
        self.assertIn(f'image replication show --wait {found.id}', shown)
        self.assertIn(f'image replication cancel {found.id}', shown)
        self.assertNotIn('Traceback', shown)
        self.assertFalse(self.client.get_replication(found).is_final)
        again = self._run('replication', 'show', '--wait', found.id)
        again.expect(rf'{dead}  (░{{20}}  )?queued')
        self.openstack('replication', 'cancel', found.id)
        again.expect(rf'{dead}  (░{{20}}  )?cancelled')
        self.assertEqual(1, self._end(again))

    def test_secret_is_asked_for_without_echo(self) -> None:
        west = self.clouds['west']['auth']
        run = self._run(
            *('replication', 'credential', 'create', 'typed'),
            *('--site', self._west(), '--username', west['username']),
            *('--user-domain-name', 'Default'),
            *('--project-name', west['project_name']),
            *('--project-domain-name', 'Default'),
        )
        self._answer(run, 'Password: ', west['password'])
        self.assertEqual(0, self._end(run))
        self.assertRegex(self.shown.getvalue(), r'\| state +\| ok ')

    def test_password_of_another_cloud_is_asked_for_by_its_name(self) -> None:
        password = self.clouds['west']['auth'].pop('password')
        self.write_clouds()
        create = ('replication', 'credential', 'create')
        options = ('--site', self._west(), '--from-cloud', 'west')
        for number, more in enumerate(
            ((), ('--make-application-credential',))
        ):
            run = self._run(*create, f'mine-{number}', *options, *more)
            self._answer(run, 'Password at the cloud west: ', password)
            self.assertEqual(0, self._end(run))
            self.assertRegex(self.shown.getvalue(), r'\| state +\| ok ')

    def test_address_of_another_cloud_needs_no_password(self) -> None:
        del self.clouds['west']['auth']['password']
        self.write_clouds()
        name = self.unique('west')
        run = self._run(
            'replication', 'site', 'create', name, '--from-cloud', 'west'
        )
        self.assertEqual(0, self._end(run))
        self.client.delete_site(self.client.find_site(name), cascade=True)

    def _run(self, *arguments: str) -> Any:
        """Start openstack image with a terminal for all that it says."""
        command, *rest = self.command(*arguments)
        run = pexpect.spawn(
            command,
            rest,
            env=self.environment('home', LC_ALL='C.UTF-8', TERM='xterm'),
            dimensions=(24, 120),
            encoding='utf-8',
            timeout=_PATIENCE_SECONDS,
        )
        run.logfile_read = self.shown
        return run

    def _answer(self, run: Any, prompt: str, secret: str) -> None:
        run.expect(prompt)
        self.assertTrue(run.waitnoecho(), 'The terminal would echo.')
        run.sendline(secret)

    def _end(self, run: Any) -> int:
        """Return the exit code; a secret was never shown."""
        run.expect(pexpect.EOF)
        run.close()
        self.assertNotIn(
            self.lab['clouds'][1]['member']['password'], self.shown.getvalue()
        )
        return int(run.exitstatus)

    def _west(self) -> str:
        """Add the second cloud, without a credential."""
        name = self.unique('west')
        site = self.client.create_site(
            name=name, auth_url=self.clouds['west']['auth']['auth_url']
        )
        self.addCleanup(self.client.delete_site, site, cascade=True)
        return name

    def _dead_site(self) -> str:
        """Add a site at which nothing answers."""
        name = self.unique('dead')
        site = self.client.create_site(
            name=name, auth_url=f'http://127.0.0.1:{glints.free_port()}/v3'
        )
        self.client.create_credential(
            site_id=site.id,
            name='mine',
            auth_type='v3applicationcredential',
            auth={
                'application_credential_id': 'x',
                'application_credential_secret': 'x',
            },
            check=False,
        )
        self.addCleanup(self.client.delete_site, site, cascade=True)
        return name
