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

    def test_missing_image_is_found_by_a_part_of_its_name(self) -> None:
        site, image = self.make_site(), self.make_image()
        part = image.name[2:].upper()
        matrix = ('replication', 'matrix', '--search', part)
        for arguments in (
            (*matrix, '--missing', site, '--refresh'),
            (*matrix, '--missing'),
        ):
            (row,) = self.json(*arguments)
            self.assertEqual(image.name, row['Image'])
        self.assertEqual([], self.json(*matrix, '--missing', 'home'))
        found = self.openstack(
            *(*matrix, '--missing', site, '-f', 'value'),
            *('-c', 'Image', '-c', 'home', '-c', site),
        )
        self.assertEqual(f'{image.name} in_sync missing\n', found.stdout)
        self.openstack('replicate', image.name, '--to', site, '--wait')
        self.assertEqual([], self.json(*matrix, '--missing', site))
        found = self.openstack(*matrix, '-f', 'csv', '-c', site)
        self.assertEqual(f'"{site}"\n"in_sync"\n', found.stdout)

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
