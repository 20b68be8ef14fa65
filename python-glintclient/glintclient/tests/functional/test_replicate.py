# SPDX-License-Identifier: Apache-2.0

"""openstack image replicate."""

import json

import yaml

from glintclient.tests.functional import base


class TestReplicate(base.TestCase):
    def test_dry_run_prints_the_plan_and_copies_nothing(self) -> None:
        site, image = self.make_site(), self.make_image()
        arguments = ('replicate', image.name, '--to', site, '--dry-run')
        (row,) = self.json(*arguments)
        self.assertEqual(
            (site, 'copy', 4096),
            (row['Target Site'], row['Action'], row['Size']),
        )
        table = self.openstack(*arguments).stdout
        self.assertRegex(table, rf'\| {site} \| copy +\| 4.0 KiB \|')
        one = self.openstack(*arguments, '-f', 'value', '-c', 'Action')
        self.assertEqual('copy\n', one.stdout)
        self.openstack(*arguments, '-f', 'shell', code=1)
        self.assertEqual([], list(self.client.replications(image_id=image.id)))

    def test_any_name_is_that_of_an_image(self) -> None:
        site = self.make_site()
        for name in (
            'Debian 12: 2026-04-17 nightly',
            'in:Ubuntu,24',
            'eq:"quoted" \\ 100% a+b&name=c',
            ' Größe ☃ ',
        ):
            image = self.make_image(name=name)
            (row,) = self.json('replicate', name, '--to', site, '--dry-run')
            self.assertEqual('copy', row['Action'], name)
            older = self.make_image(name=name)
            self.conn.image.update_image(older, is_hidden=True)
            (row,) = self.json('replicate', name, '--to', site, '--dry-run')
            self.assertEqual('copy', row['Action'], name)
            self.conn.image.delete_image(image)
            self.openstack('replicate', name, '--to', site, '--wait')
            (made,) = self.client.replications(image_id=older.id)
            self.assertEqual('completed', made.state)

    def test_wait_writes_plain_lines_where_there_is_no_terminal(self) -> None:
        site, image = self.make_site(), self.make_image()
        done = self.openstack(
            *('replicate', image.name, '--to', site, '--wait', '-f', 'yaml')
        )
        self.assertIn(f'{site}: copied, verified\n', done.stderr)
        self.assertNotIn('\x1b', done.stderr)
        shown = yaml.safe_load(done.stdout)
        self.assertEqual('completed', shown['state'])
        (copy,) = shown['copies']
        self.assertEqual(site, copy['target_site'])
        there = self.connect('west').image.get_image(copy['target_image_id'])
        self.assertEqual((image.name, 4096), (there.name, there.size))

    def test_all_options_reach_the_copy(self) -> None:
        site = self.make_site()
        image = self.make_image()
        self.conn.image.update_image(image, os_distro='debian', hw_x='1')
        (copy,) = self.json(
            *('replicate', image.name, '--to', site, '--from', 'home'),
            *('--name', 'renamed', '--visibility', 'shared', '--preserve-id'),
            *('--property', 'os_version=13', '--remove-property', 'hw_x'),
            *('--member-copy', '--on-conflict', 'rename'),
            *('--on-difference', 'amend', '--wait'),
        )['copies']
        there = self.connect('west').image.get_image(copy['target_image_id'])
        self.assertEqual(image.id, there.id)
        self.assertTrue(there.name.startswith('renamed'), there.name)
        self.assertEqual('shared', there.visibility)
        self.assertEqual('debian', there.os_distro)
        self.assertEqual('13', there.os_version)
        self.assertNotIn('hw_x', there.properties)

    def test_named_credential_is_used(self) -> None:
        site, image = self.make_site(), self.make_image()
        self.client.create_credential(
            site_id=self.client.find_site(site).id,
            name='revoked',
            auth_type='v3applicationcredential',
            auth={
                'application_credential_id': 'x',
                'application_credential_secret': 'x',
            },
            check=False,
        )
        arguments = ('replicate', image.name, '--to', site, '--dry-run')
        for name, action, code in (
            ('mine', 'copy', 0),
            ('revoked', 'blocked', 1),
        ):
            (row,) = self.json(*arguments, '--credential', name, code=code)
            self.assertEqual(action, row['Action'], row)
        error = self.openstack(
            *arguments, '--credential', 'nothing', code=1
        ).stderr
        self.assertIn('no credential nothing for these sites.', error)

    def test_same_client_token_answers_the_first_replication(self) -> None:
        site, image = self.make_site(), self.make_image()
        arguments = (
            *('replicate', image.name, '--to', site),
            *('--client-token', self.unique('word')),
            *('-f', 'value', '-c', 'id'),
        )
        first = self.openstack(*arguments).stdout
        self.assertEqual(first, self.openstack(*arguments).stdout)
        self.client.wait_for_replication(first.strip())
        other = self.make_image()
        error = self.openstack(
            arguments[0], other.name, *arguments[2:], code=1
        ).stderr
        self.assertIn(first.strip(), error)
        self.assertIn(image.id, error)

    def test_several_images_by_names_patterns_and_a_list(self) -> None:
        site, word = self.make_site(), self.unique('set')
        images = [
            self.make_image(name=f'{word}-{number}') for number in range(4)
        ]
        odd = self.make_image(name=f'{word}-[0-9]')
        for words, given, found in (
            ((images[0].name, images[1].id), '', images[:2]),
            ((f'{word}-?',), '', images),
            ((f'{word}-[23]', images[0].name), '', [*images[2:], images[0]]),
            (('-',), f'{images[3].name}\n\n{word}-[12]\n', images[3:0:-1]),
        ):
            rows = self.json(
                *('replicate', *words, '--to', site, '--dry-run'), given=given
            )
            self.assertEqual(
                sorted(image.name for image in found),
                sorted(row['Image'] for row in rows),
            )
        # It exists, so it is no pattern, and the output that of one.
        made = self.json('replicate', odd.name, '--to', site, '--wait')
        self.assertEqual(odd.id, made['image_id'])
        error = self.openstack(
            'replicate', images[0].name, f'{word}-x*', '--to', site, code=1
        ).stderr
        self.assertIn(f'No active image matches {word}-x*', error)
        self.assertEqual(
            [], list(self.client.replications(image_id=images[0].id))
        )

    def test_several_images_are_waited_for_and_listed(self) -> None:
        site, token = self.make_site(), self.unique('word')
        images = [self.make_image() for _ in range(3)]
        arguments = (
            *('replicate', *(image.name for image in images)),
            *('--to', site, '--client-token', token, '--wait'),
        )
        done = self.openstack(*arguments, '-f', 'json')
        rows = json.loads(done.stdout)
        self.assertEqual(
            [(image.id, 'completed', 'copied') for image in images],
            [
                (row['Image ID'], row['State'], row['Copies'][0]['outcome'])
                for row in rows
            ],
        )
        for image in images:
            self.assertIn(
                f'{image.name}: {site}: copied, verified\n', done.stderr
            )
        ids = self.openstack(*arguments, '-f', 'value', '-c', 'ID').stdout
        self.assertEqual([row['ID'] for row in rows], ids.split())
        shown = self.json('replication', 'show', f'{token}-{images[0].id}')
        self.assertEqual(rows[0]['ID'], shown['id'])

    def test_exit_code_is_1_when_one_of_several_fails(self) -> None:
        site, image = self.make_site(), self.make_image()
        other = self.make_image(cloud='west')
        taken = self.make_image(name=other.name)
        done = self.openstack(
            *('replicate', image.name, taken.id, '--to', site),
            *('--on-conflict', 'fail', '--wait', '-f', 'json'),
            code=1,
        )
        self.assertEqual(
            ['completed', 'error'],
            [row['State'] for row in json.loads(done.stdout)],
        )

    def test_exit_code_is_1_when_a_copy_fails(self) -> None:
        site, image = self.make_site(), self.make_image()
        other = self.make_image(cloud='west')
        done = self.openstack(
            *('replicate', image.name, '--name', other.name, '--to', site),
            *('--on-conflict', 'fail', '--wait', '-f', 'json'),
            code=1,
        )
        self.assertIn(f'{site}: error, ', done.stderr)
        self.assertIn('"state": "error"', done.stdout)
        shown = done.stdout.partition('"id": "')[2][:36]
        self.openstack('replication', 'show', '--wait', shown, code=1)
