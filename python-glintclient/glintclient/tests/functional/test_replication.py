# SPDX-License-Identifier: Apache-2.0

"""openstack image replication list, show, cancel, retry, delete, copy."""

from glintclient.tests.functional import base


class TestReplication(base.TestCase):
    def test_life_of_a_replication(self) -> None:
        site, image = self.make_site(), self.make_image()
        token = self.unique('word')
        self.openstack(
            *('replicate', image.name, '--to', site, '--wait'),
            *('--client-token', token),
        )
        (row,) = self.json('replication', 'list', '--image', image.name)
        self.assertEqual(
            ('home', [site], 'completed', 100),
            (
                *(row['Source Site'], row['Target Sites']),
                *(row['State'], row['Progress']),
            ),
        )
        for_home = self.json(
            *('replication', 'list', '--image', image.name, '--to', 'home')
        )
        self.assertEqual([], for_home)
        (row,) = self.json(
            *('replication', 'list', '--image', image.id, '--long'),
            *('--from', 'home', '--to', site, '--state', 'completed'),
            *('--limit', '1'),
        )
        self.assertEqual((token, 4096), (row['Client Token'], row['Size']))
        by_name = self.json('replication', 'show', image.name)
        self.assertEqual(by_name, self.json('replication', 'show', token))
        self._copies(image.name, site)
        error = self.openstack('replication', 'cancel', token, code=1).stderr
        self.assertIn('is completed, so it cannot be cancelled.', error)
        self.openstack('replication', 'delete', token)
        gone = self.openstack('replication', 'show', token, code=1).stderr
        self.assertIn(f'image name {token}.', gone)

    def _copies(self, replication: str, site: str) -> None:
        (row,) = self.json('replication', 'copy', 'list', replication)
        self.assertEqual((site, 100), (row['Target Site'], row['Progress']))
        (row,) = self.json(
            'replication', 'copy', 'list', '--long', replication
        )
        self.assertEqual('completed', row['History'][0]['state'])
        shown = self.json('replication', 'copy', 'show', replication, site)
        self.assertEqual('copied', shown['outcome'])
        self.assertEqual(1, shown['history'][0]['number'])
        table = self.openstack(
            'replication', 'copy', 'show', replication, site
        ).stdout
        self.assertRegex(table, r'history +\| 1\. 20.*: completed, 4.0 KiB')

    def test_list_is_sorted_and_of_a_project(self) -> None:
        site = self.make_site()
        images = sorted(
            (self.make_image() for _ in range(2)), key=lambda i: i.name
        )
        for image in images:
            self.openstack('replicate', image.id, '--to', site, '--wait')
        names = [image.name for image in images]
        listed = ('replication', 'list', '-f', 'value', '-c', 'Image Name')
        for options, cloud in (
            (('--sort', 'image_name'), 'home'),
            (
                (
                    *('--sort', 'image_name:asc'),
                    *('--project', self.conn.current_project_id),
                ),
                'home-admin',
            ),
        ):
            shown = self.openstack(*listed, *options, cloud=cloud)
            found = [i for i in shown.stdout.split() if i in names]
            self.assertEqual(names, found)
        self.openstack(*listed, '--sort', 'state:asc,size:desc', code=2)
        table = self.openstack('replication', 'list', '--long').stdout
        self.assertRegex(table, r'\| 20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ ')

    def test_admin_sets_priorities(self) -> None:
        site, image = self.make_site(), self.make_image()
        made = self.json('replicate', image.id, '--to', site, '--wait')
        change = ('replication', 'set', made['id'], '--priority', 'high')
        error = self.openstack(*change, code=1).stderr
        self.assertIn('Your roles do not allow this', error)
        self.openstack(*change, cloud='home-admin')
        found = self.client.get_replication(made['id'])
        self.assertEqual('high', found.priority)
        self.openstack(*change[:-1], 'highest', cloud='home-admin', code=2)

    def test_failed_copy_is_retried_and_all_is_deleted(self) -> None:
        site, image = self.make_site(), self.make_image()
        other = self.make_image(cloud='west')
        made = self.json(
            *('replicate', image.name, '--name', other.name, '--to', site),
            *('--on-conflict', 'fail'),
        )['id']
        self.openstack('replication', 'show', '--wait', made, code=1)
        self.connect('west').image.delete_image(other)
        self.openstack('replication', 'retry', made, '--to', site)
        self.openstack('replication', 'show', '--wait', made)
        error = self.openstack(
            'replication', 'delete', made, 'nothing', code=1
        ).stderr
        self.assertIn('nothing: There is no replication', error)
        self.assertIn('1 of 2 failed.', error)
        self.assertEqual([], list(self.client.replications(image_id=image.id)))

    def test_skipped_copy_is_no_failure(self) -> None:
        site, image = self.make_site(), self.make_image()
        other = self.make_image(cloud='west')
        arguments = (
            *('replicate', image.name, '--name', other.name, '--to', site),
            *('--on-conflict', 'skip'),
        )
        (planned,) = self.json(*arguments, '--dry-run')
        self.assertEqual('skip', planned['Action'])
        done = self.json(*arguments, '--wait')
        self.assertEqual('completed', done['state'])
        (copy,) = done['copies']
        self.assertEqual('skipped', copy['outcome'])
        self.assertEqual(planned['Notes'], copy['notes'])
        self.assertIn(f'another image named {other.name}', copy['notes'][0])

    def test_both_have_the_name_unless_asked_otherwise(self) -> None:
        site, image = self.make_site(), self.make_image()
        other = self.make_image(cloud='west')
        (planned,) = self.json(
            *('replicate', image.name, '--name', other.name, '--to', site),
            '--dry-run',
        )
        self.assertEqual(
            [f'Site {site} has another {other.name}; you will have both.'],
            planned['Notes'],
        )

    def test_several_of_one_image_are_listed(self) -> None:
        site, image = self.make_site(), self.make_image()
        ids = []
        for _ in range(2):
            done = self.json('replicate', image.id, '--to', site, '--wait')
            ids.append(done['id'])
        error = self.openstack(
            'replication', 'show', image.name, code=1
        ).stderr
        self.assertIn(f'2 replications are called {image.name}', error)
        for replication_id in ids:
            self.assertIn(f'  {replication_id} (completed, 20', error)
