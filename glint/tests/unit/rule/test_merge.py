# SPDX-License-Identifier: Apache-2.0

"""Tests of how metadata follow."""

from typing import Any

import ddt

from glint.rule import merge
from glint.tests import base
from glint.tests.unit.rule import world

ALL = world.FOLLOW


@ddt.ddt
class MergeTest(base.TestCase):
    # What Glint wrote, what the source and the target have; what the target
    # is given, and what Glint then knows that it wrote.
    @ddt.named_data(
        ('same', 'a', 'a', 'a', None, 'a'),
        ('changed_at_the_source', 'a', 'b', 'a', ('a', 'b'), 'b'),
        ('gone_at_the_source', 'a', None, 'a', ('a', None), None),
        ('new_at_the_source', None, 'a', None, (None, 'a'), 'a'),
        ('changed_at_the_target', 'a', 'a', 'b', ('b', 'a'), 'a'),
        ('gone_at_the_target', 'a', 'a', None, (None, 'a'), 'a'),
        ('gone_at_both', 'a', None, None, None, None),
        ('changed_at_both', 'a', 'b', 'c', ('c', 'b'), 'b'),
        ('changed_at_both_alike', 'a', 'b', 'b', None, 'b'),
        ('new_at_both', None, 'a', 'b', ('b', 'a'), 'a'),
        ('gone_here_changed_there', 'a', None, 'b', ('b', None), None),
    )
    @ddt.unpack
    def test_property_is_restored(
        self, base: Any, right: Any, here: Any, change: Any, written: Any
    ) -> None:
        found = self.merge(base, right, here, restore=True)
        self.assertEqual(change, found.changes.get('os_version'))
        self.assertEqual(written, found.written.get('os_version'))

    @ddt.named_data(
        ('changed_at_the_source', 'a', 'b', 'a', ('a', 'b'), None),
        ('gone_at_the_source', 'a', None, 'a', ('a', None), None),
        ('changed_at_the_target', 'a', 'a', 'b', None, ('a', 'b')),
        ('gone_at_the_target', 'a', 'a', None, None, ('a', None)),
        ('changed_at_both', 'a', 'b', 'c', None, ('b', 'c')),
        ('new_at_both', None, 'a', 'b', None, ('a', 'b')),
        ('gone_here_changed_there', 'a', None, 'b', None, (None, 'b')),
    )
    @ddt.unpack
    def test_property_is_reported(
        self, base: Any, right: Any, here: Any, change: Any, drift: Any
    ) -> None:
        found = self.merge(base, right, here, restore=False)
        self.assertEqual(change, found.changes.get('os_version'))
        self.assertEqual(drift, found.drift.get('os_version'))

    def test_reported_drift_is_reported_again(self) -> None:
        found = self.merge('a', 'b', 'c', restore=False)
        again = merge.merge(
            found.written,
            {'os_version': 'b'},
            world.made(os_version='c'),
            ['properties'],
            restore=False,
        )
        self.assertEqual({'os_version': ('b', 'c')}, again.drift)

    @ddt.named_data(
        ('own_tag_stays', 'a', 'a', 'ax', None),
        ('new_tag', 'a', 'ab', 'ax', 'abx'),
        ('tag_went', 'ab', 'a', 'abx', 'ax'),
        ('tag_is_put_back', 'ab', 'ab', 'a', 'ab'),
        ('last_tag_went', 'a', '', 'a', ''),
    )
    @ddt.unpack
    def test_tags(self, base: str, right: str, here: str, new: Any) -> None:
        found = merge.merge(
            {'tags': [*base]},
            {'tags': [*right]},
            world.made(tags=[*here]),
            ['tags'],
        )
        change = None if new is None else (sorted(here), [*new])
        self.assertEqual(change, found.changes.get('tags'))
        self.assertEqual([*right], found.written['tags'])

    def test_tag_that_went_at_the_target_is_reported(self) -> None:
        found = merge.merge(
            {'tags': ['a', 'b']},
            {'tags': ['a', 'b', 'c']},
            world.made(tags=['a']),
            ['tags'],
            restore=False,
        )
        self.assertEqual({'tags': (['a'], ['a', 'c'])}, found.changes)
        self.assertEqual({'tags': (['a', 'b', 'c'], ['a'])}, found.drift)

    def test_target_keeps_its_own_properties(self) -> None:
        found = merge.merge({}, {}, world.made(site_note='x'), ALL)
        self.assertEqual({}, found.changes)

    def test_what_the_target_refuses_is_not_tried_again(self) -> None:
        found = merge.merge(
            {}, {'os_admin': 'x'}, world.made(), ALL, refused=['os_admin']
        )
        self.assertEqual({}, found.changes)

    def test_numbers_are_compared_as_what_they_are(self) -> None:
        found = merge.merge(
            {'min_disk': 1}, {'min_disk': 2}, {'min_disk': 1}, ALL
        )
        self.assertEqual({'min_disk': (1, 2)}, found.changes)

    def test_wanted_obeys_the_options(self) -> None:
        source = world.image(a='1', b='2', base_image_ref='x')
        options = {
            'image_name': 'new',
            'visibility': 'private',
            'properties': {'set': {'c': '3'}, 'remove': ['b']},
        }
        found = merge.wanted(source, options, ALL)
        self.assertEqual(
            {
                'name': 'new',
                'visibility': 'private',
                'tags': [],
                'os_hidden': False,
                'protected': False,
                'a': '1',
                'c': '3',
                'min_disk': 0,
                'min_ram': 0,
            },
            found,
        )

    def test_wanted_has_only_what_follows(self) -> None:
        source = world.image(a='1', visibility=None)
        self.assertEqual(
            {'name': 'image-1'},
            merge.wanted(source, {}, ['name', 'visibility']),
        )

    def test_what_does_not_follow_any_more_is_left(self) -> None:
        source = world.image(name='new')
        right = merge.wanted(source, {}, ['tags'])
        found = merge.merge(
            {'name': 'image-1', 'os_version': '13', 'tags': []},
            right,
            world.made(os_version='13'),
            ['tags'],
        )
        self.assertEqual({}, found.changes)
        self.assertEqual({}, found.drift)

    @ddt.named_data(
        ('private', {'visibility': ('public', 'private')}, True),
        ('public', {'visibility': ('private', 'public')}, False),
        ('hidden', {'os_hidden': (False, True)}, True),
        ('shown', {'os_hidden': (True, False)}, False),
        ('named', {'name': ('a', 'b')}, False),
    )
    @ddt.unpack
    def test_narrows(self, changes: Any, expected: bool) -> None:
        self.assertIs(expected, merge.narrows(changes))

    def merge(
        self, base: Any, right: Any, here: Any, *, restore: bool
    ) -> merge.Merge:
        """Merge one property; None says that it is not there."""
        fields = {} if here is None else {'os_version': here}
        return merge.merge(
            {} if base is None else {'os_version': base},
            {} if right is None else {'os_version': right},
            world.made(**fields),
            ALL,
            restore=restore,
        )
