# SPDX-License-Identifier: Apache-2.0

"""Tests of which images a rule is about."""

from typing import Any

import ddt

from glint.rule import selection
from glint.tests import base
from glint.tests.unit.rule import world

UBUNTU = {'os_distro': 'ubuntu', 'architecture': 'x86_64'}


def _dated(key: str, day: int, **fields: Any) -> dict[str, Any]:
    return world.image(
        key, created_at=f'2026-11-{day:02d}T00:00:00Z', **fields
    )


@ddt.ddt
class SelectionTest(base.TestCase):
    @ddt.named_data(
        ('nothing_said', {}, {}, True),
        ('name', {'names': ['image-?']}, {}, True),
        ('other_name', {'names': ['ubuntu-*']}, {}, False),
        ('name_is_no_part', {'names': ['image']}, {}, False),
        ('name_has_case', {'names': ['Image-1']}, {}, False),
        ('class_of_characters', {'names': ['image-[12]']}, {}, True),
        ('last_match_excludes', {'names': ['*', '!image-*']}, {}, False),
        ('last_match_selects', {'names': ['!image-*', 'image-1']}, {}, True),
        ('exclusions_alone', {'names': ['!*-daily*']}, {}, True),
        ('excluded', {'names': ['!image*']}, {}, False),
        ('no_name', {'names': ['*']}, {'name': None}, True),
        ('no_name_alike', {'names': ['a*']}, {'name': None}, False),
        ('all_tags', {'tags': {'all': ['a']}}, {'tags': ['a', 'b']}, True),
        ('a_tag_lacks', {'tags': {'all': ['a', 'c']}}, {'tags': ['a']}, False),
        ('any_tag', {'tags': {'any': ['a', 'c']}}, {'tags': ['a']}, True),
        ('any_of_none', {'tags': {'any': []}}, {}, True),
        ('no_such_tag', {'tags': {'any': ['c']}}, {'tags': ['a']}, False),
        ('barred_tag', {'tags': {'none': ['a']}}, {'tags': ['a']}, False),
        (
            'property',
            {'properties': {'os_distro': ['debian', 'ubuntu']}},
            UBUNTU,
            True,
        ),
        ('property_lacks', {'properties': {'os_distro': ['x']}}, {}, False),
        ('other_value', {'properties': {'os_distro': ['x']}}, UBUNTU, False),
        (
            'a_field_is_no_property',
            {'properties': {'size': ['10']}},
            {},
            False,
        ),
        ('visibility', {'visibility': ['public', 'shared']}, {}, True),
        ('other_visibility', {'visibility': ['private']}, {}, False),
        ('own', {'owner': 'own'}, {}, True),
        ('of_another', {'owner': 'own'}, {'owner': 'q'}, False),
        ('of_anybody', {}, {'owner': 'q'}, True),
        ('format', {'disk_formats': ['raw']}, {}, True),
        ('other_format', {'disk_formats': ['qcow2']}, {}, False),
        ('as_large_as_may_be', {'max_size': 10}, {}, True),
        ('too_large', {'max_size': 9}, {}, False),
        ('size_unknown', {'max_size': 9}, {'size': None}, True),
        ('hidden', {'hidden': False}, {'os_hidden': True}, False),
        ('hidden_wanted', {'hidden': True}, {'os_hidden': True}, True),
        ('hidden_or_not', {}, {'os_hidden': True}, True),
        ('copy', {'copies': False}, {'glint_replication_id': 'r'}, False),
        ('copy_wanted', {'copies': True}, {'glint_replication_id': 'r'}, True),
        ('no_copy', {'copies': False}, {}, True),
    )
    @ddt.unpack
    def test_selected(
        self, select: Any, fields: dict[str, Any], expected: bool
    ) -> None:
        image = world.image(**fields)
        found = selection.selected(select, [image], 'p')
        self.assertEqual([image] if expected else [], found)

    def _newest(self, count: int, *images: Any, family: Any = ()) -> list[str]:
        select = {'newest': {'count': count, 'family': family}}
        return [i['id'] for i in selection.selected(select, images, 'p')]

    def test_newest(self) -> None:
        images = [_dated(str(day), day) for day in (3, 1, 4, 2)]
        self.assertEqual(['s4', 's3'], self._newest(2, *images))

    def test_newest_of_each_family(self) -> None:
        images = [
            _dated('1', 1, os_distro='debian'),
            _dated('2', 2, os_distro='ubuntu'),
            _dated('3', 3, os_distro='ubuntu'),
            _dated('4', 4),
        ]
        self.assertEqual(
            ['s4', 's3', 's1'],
            self._newest(1, *images, family=['os_distro']),
        )

    def test_newest_that_is_deactivated_does_not_count(self) -> None:
        images = [
            _dated('1', 1),
            _dated('2', 2),
            _dated('3', 3, status='deactivated'),
        ]
        self.assertEqual(['s3', 's2'], self._newest(1, *images))

    def test_newest_without_data_does_not_count(self) -> None:
        images = [_dated('1', 1), _dated('2', 2, status='saving')]
        self.assertEqual(['s2', 's1'], self._newest(1, *images))

    def test_newest_that_is_hidden_does_not_count(self) -> None:
        images = [_dated('1', 1), _dated('2', 2, os_hidden=True)]
        self.assertEqual(['s2', 's1'], self._newest(1, *images))

    def test_newest_of_those_that_match(self) -> None:
        images = [_dated('1', 1), _dated('2', 2, name='other')]
        select = {'names': ['image-*'], 'newest': {'count': 1}}
        self.assertEqual(
            ['s1'],
            [i['id'] for i in selection.selected(select, images, 'p')],
        )
