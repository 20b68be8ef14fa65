# SPDX-License-Identifier: Apache-2.0

import types
from typing import Any

import ddt
from osc_lib import exceptions

from glintclient.osc.v1 import image_name
from glintclient.tests.unit import base
from glintclient.v1 import site

HOME = site.Site(id='h', name='home', home=True)
WEST = site.Site(id='w', name='west', home=False)


class _Glance:
    """Knows images, and takes a value of a filter as Glance does."""

    def __init__(self, *images: dict[str, Any]) -> None:
        self._images = images

    def images(
        self, name: str = '', is_hidden: bool = False, status: str = ''
    ) -> list[Any]:
        if status:
            return [
                types.SimpleNamespace(**image)
                for image in self._images
                if image['status'] == status and not image.get('hidden')
            ]
        operator, _colon, value = name.partition(':')
        assert operator == 'eq'
        return [
            types.SimpleNamespace(size=1, created_at='2026', **image)
            for image in self._images
            # As some databases compare.
            if image['name'].lower() == value.lower()
            and image.get('hidden', False) == is_hidden
        ]


def _image(number: int, name: str, **fields: Any) -> dict[str, Any]:
    return {'id': str(number), 'name': name, 'status': 'active', **fields}


@ddt.ddt
class TestAtHome(base.TestCase):
    def _find(self, name: str, *images: dict[str, Any]) -> str:
        connection = types.SimpleNamespace(image=_Glance(*images))
        manager = types.SimpleNamespace(sdk_connection=connection)
        found = image_name.Images(manager, HOME).find(name)
        self.assertEqual(name, found.name)
        return found.id

    @ddt.data('Debian 12: nightly', 'in:a,b', 'eq:plain', 'neq:x', ':', 'a')
    def test_name_means_what_it_says(self, name: str) -> None:
        self.assertEqual('1', self._find(name, _image(1, name)))

    def test_name_of_other_case_is_another(self) -> None:
        images = _image(1, 'Debian'), _image(2, 'debian')
        self.assertEqual('2', self._find('debian', *images))

    def test_hidden_image_is_found_where_no_other_is(self) -> None:
        hidden = _image(1, 'a', hidden=True)
        self.assertEqual('1', self._find('a', hidden))
        self.assertEqual('2', self._find('a', hidden, _image(2, 'a')))

    def test_namesakes_are_told_apart(self) -> None:
        error = self.assertRaises(
            exceptions.CommandError,
            self._find,
            'a',
            _image(1, 'a'),
            _image(2, 'a', status='queued'),
        )
        self.assertIn('  1 (1 B, active, 2026)\n', str(error))
        self.assertIn('  2 (1 B, queued, 2026)', str(error))


class TestElsewhere(base.TestCase):
    def _images(self, *hidden: bool) -> image_name.Images:
        self.listed = self.server.get(
            f'{base.V1}/images',
            json={
                'images': [
                    {
                        'id': str(number),
                        'size': 1,
                        'presence': [
                            {
                                'site_id': 'w',
                                'image_id': str(number),
                                'name': 'a',
                                'os_hidden': is_hidden,
                                'status': 'active',
                                'updated_at': '2026',
                            }
                        ],
                    }
                    for number, is_hidden in enumerate(hidden)
                ],
                'links': [],
                'sites': [],
            },
        )
        manager = types.SimpleNamespace(image_replication=self.client)
        return image_name.Images(manager, WEST)

    def _find(self, *hidden: bool) -> str:
        found = self._images(*hidden).find('a')
        self.assertEqual('a', found.name)
        return found.id

    def test_pattern_takes_what_is_not_hidden(self) -> None:
        images = self._images(True, False, False)
        self.assertEqual(
            [('1', 'a'), ('2', 'a')],
            [(image.id, image.name) for image in images.matching('[a-c]')],
        )
        self.assertEqual([], images.matching('b*'))
        # The list of all images takes long, so it is asked for once.
        self.assertEqual(1, self.listed.call_count)

    def test_hidden_image_is_found_where_no_other_is(self) -> None:
        self.assertEqual('0', self._find(True))
        self.assertEqual(['true'], self.last_query()['hidden'])
        self.assertEqual('1', self._find(True, False))

    def test_namesakes_are_told_apart(self) -> None:
        error = self.assertRaises(
            exceptions.CommandError, self._find, False, False
        )
        self.assertIn('  0 (1 B, active, 2026)\n', str(error))
