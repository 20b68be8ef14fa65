# SPDX-License-Identifier: Apache-2.0

"""openstack image replication rule."""

import contextlib
from typing import Any

import openstack
import yaml

from glintclient.tests.functional import base

_ONLY_ANSWERED = ('id', 'generation', 'created_at', 'updated_at')


class TestRule(base.TestCase):
    """Has a site, and an image that the rules of the test select."""

    def setUp(self) -> None:
        super().setUp()
        self.site = self.make_site()
        self.west = self.connect('west').image
        self.word = self.unique('ubuntu')
        self.image = self.make_image(
            name=f'{self.word}-1', os_distro='ubuntu', os_version='24.04'
        )
        self.make_image()

    def _rule(self, *arguments: str, **options: Any) -> Any:
        return self.json('replication', 'rule', *arguments, **options)

    def _do(self, *arguments: str, **options: Any) -> Any:
        return self.openstack('replication', 'rule', *arguments, **options)

    def _make(self, *arguments: str) -> str:
        """Make a rule of the images of the test.

        :returns: its name.
        """
        name = self.unique('rule')
        self._rule(
            *('create', name, '--to', self.site),
            *('--name-glob', f'{self.word}-*', *arguments),
        )
        self.addCleanup(self._delete, name)
        return name

    def _delete(self, name: str) -> None:
        with contextlib.suppress(openstack.exceptions.NotFoundException):
            self.client.delete_rule(self.client.find_rule(name))

    def _replica(self, rule: str) -> Any:
        """Find the only image that a rule keeps at the site."""
        (row,) = self._rule('replica', 'list', rule)
        return self.west.get_image(row['Target Image ID'])

    def test_images_are_where_the_rule_wants_them(self) -> None:
        rule = self._make()
        plan = self._do('run', rule, '--dry-run', '-f', 'json')
        (row,) = yaml.safe_load(plan.stdout)
        self.assertEqual(
            (self.image.name, self.site, 'copy', 4096),
            (row['Image'], row['Target Site'], row['Action'], row['Size']),
        )
        self.assertIn('1 copy; 4.0 KiB to copy.', plan.stderr)
        self.assertEqual([], self._rule('replica', 'list', rule))

        made = self._rule('run', rule, '--wait')
        self.assertEqual('completed', made['state'])
        self.assertEqual(self.image.name, self._replica(rule).name)

    def test_what_was_changed_at_a_site_is_restored(self) -> None:
        rule = self._make()
        self._do('run', rule, '--wait')
        there = self._replica(rule)
        self.west.update_image(there, os_version='22.04')
        (row,) = self._rule('run', rule, '--dry-run')
        self.assertEqual('amend', row['Action'])
        self.assertEqual({'os_version': ['22.04', '24.04']}, row['Changes'])
        self._do('run', rule, '--wait')
        self.assertEqual('24.04', self.west.get_image(there).os_version)
        done = self._do('run', rule, '--dry-run')
        self.assertIn('There is nothing to do.', done.stderr)

    def test_conflict_is_told_by_the_exit_code(self) -> None:
        self.make_image(name=self.image.name, cloud='west')
        rule = self._make()
        (row,) = self._rule('run', rule, '--dry-run', code=1)
        self.assertEqual('conflict', row['Action'])
        self._do('run', rule, '--wait')
        (row,) = self._rule('replica', 'list', rule, '--state', 'conflict')
        self.assertEqual(self.image.name, row['Image Name'])

    def test_rule_that_is_shown_is_made_again(self) -> None:
        rule = self._make(
            *('--tag', 'blessed', '--property', 'os_distro=ubuntu'),
            *('--newest', '3', '--family', 'os_version', '--disable'),
            *('--cron', '0 3 * * *', '--timezone', 'Europe/Zurich'),
            *('--on-removed', 'hide', '--grace', '2d'),
        )
        first = self._rule('show', rule)
        path = self.folder / 'rule.yaml'
        path.write_text(self._do('show', rule, '-f', 'yaml').stdout)
        self._do('delete', rule)
        again = self._rule('create', '--file', str(path))
        for shown in (first, again):
            for key in _ONLY_ANSWERED:
                shown.pop(key)
        self.assertEqual(first, again)

    def test_rule_is_changed(self) -> None:
        rule = self._make('--tag', 'blessed')
        self._do('set', rule, '--every', '6h', '--newest', '3')
        shown = self._rule('show', rule)
        self.assertEqual(21600, shown['trigger']['every'])
        self.assertEqual(['blessed'], shown['select']['tags']['all'])
        self.assertEqual(3, shown['select']['newest']['count'])
        self._do('disable', rule)
        self.assertEqual('disabled', self._rule('show', rule)['state'])
        self.assertIn('is disabled', self._do('run', rule, code=1).stderr)
        self._do('enable', rule)
        self._do('takeover', rule)
        (row,) = [i for i in self._rule('list') if i['Name'] == rule]
        self.assertEqual(('home', [self.site]), _sites(row))
        self._do('delete', rule)
        self._do('show', rule, code=1)

    def test_executions_are_listed(self) -> None:
        rule = self._make()
        made = self._rule('run', rule, '--wait')
        (row,) = self._rule('execution', 'list', rule)
        self.assertEqual(
            (made['id'], 'completed', {'copy': 1}),
            (row['ID'], row['State'], row['Items']),
        )
        shown = self._rule('execution', 'show', rule, made['id'])
        (item,) = shown['items']
        self.assertEqual(
            (self.image.id, self.site, 'copy', 'done'),
            (
                *(item['source_image_id'], item['target_site']),
                *(item['action'], item['state']),
            ),
        )
        self._do('execution', 'cancel', rule, made['id'], code=1)

    def test_what_goes_beyond_the_rule_is_approved(self) -> None:
        # With no image left, a rule takes nothing away.
        self.make_image(name=f'{self.word}-2')
        rule = self._make()
        path = self.folder / 'rule.yaml'
        path.write_text('on_removed: {action: hide, max_count: 0}')
        self._do('set', rule, '--file', str(path))
        self._do('run', rule, '--wait')
        (there,) = self.west.images(name=self.image.name)
        self.conn.image.delete_image(self.image)

        done = self._do('run', rule, '--wait', '-f', 'yaml', code=1)
        made = yaml.safe_load(done.stdout)
        self.assertEqual('needs_approval', made['state'])
        approve = f'execution approve {made["rule_id"]} {made["id"]}'
        self.assertIn(approve, done.stderr)
        self.assertFalse(self.west.get_image(there).is_hidden)
        self._do(*approve.split(), code=1)
        self._do(*approve.split(), cloud='home-admin')
        self.client.wait_for_execution(made['id'], made['rule_id'])
        self.assertTrue(self.west.get_image(there).is_hidden)


def _sites(row: dict[str, Any]) -> tuple[str, list[str]]:
    return row['Source Site'], row['Target Sites']
