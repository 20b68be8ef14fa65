# SPDX-License-Identifier: Apache-2.0

"""openstack image replication matrix."""

from glintclient.tests.functional import base


class TestMatrix(base.TestCase):
    def test_image_at_one_site_and_then_at_both(self) -> None:
        site, image = self.make_site(), self.make_image()
        arguments = ('replication', 'matrix', '--name', image.name)
        (row,) = self.json(*arguments, '--refresh')
        self.assertEqual('in_sync', row['home']['state'])
        self.assertEqual('missing', row[site]['state'])
        self.openstack('replicate', image.name, '--to', site, '--wait')
        (row,) = self.json(*arguments, '--refresh')
        self.assertEqual('in_sync', row[site]['state'])
        table = self.openstack(*arguments).stdout
        self.assertRegex(table, rf'\| {image.name} \| 4.0 KiB \| ✓ +\| ✓ +\|')

    def test_terminal_without_unicode(self) -> None:
        image = self.make_image(name='Größe \x1b[2J ☃')
        arguments = ('replication', 'matrix', '--name', image.name)
        table = self.openstack(
            *arguments, '--refresh', PYTHONIOENCODING='ascii'
        ).stdout
        self.assertIn(r'| Gr\xf6\xdfe \x1b[2J \u2603 | 4.0 KiB | yes ', table)
        self.assertTrue(table.isascii())

    def test_image_is_found_by_its_name_at_another_site(self) -> None:
        site = self.make_site()
        image = self.make_image(cloud='west')
        (row,) = self.json(
            *('replicate', image.name, '--from', site, '--to', 'home'),
            '--dry-run',
        )
        self.assertEqual('copy', row['Action'])
        error = self.openstack(
            *('replicate', 'nothing', '--from', site, '--to', 'home'), code=1
        ).stderr
        self.assertIn(f'There is no image nothing at the site {site}', error)
